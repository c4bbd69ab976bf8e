// Takes screenshots of the main views. Some are in the README, compressed by
// `pngquant --strip 32`: node screenshots.mjs FOLDER

import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { launch, listen, open, start, WHSEC } from "./common.mjs";

const [folder] = process.argv.slice(2);
const browser = await launch();
const take = (page, name) => page.screenshot({ path: join(folder, `${name}.png`) });

async function deliver(to, path, id, signed, sent = signed) {
  const now = new Date();
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now / 1000)),
    "webhook-signature": new Webhook(WHSEC).sign(id, now, signed),
  };
  await fetch(to + path, { method: "POST", headers, body: sent });
}

const receiver = await listen(["--scheme", "standard-webhooks"], WHSEC);
const body = (total) => `{"type":"invoice.paid","data":{"id":"inv_8fK2","total":${total}}}`;
await deliver(receiver.receiver, "/hooks/billing", "msg_35hQx2LrVn9YtKc4", body("10.50"));
await deliver(receiver.receiver, "/hooks/billing", "msg_35hQxD81kUq0aZt7", body("99.00"));
await fetch(`${receiver.receiver}/hooks/billing`, { method: "POST", body: "{}" });
await deliver(receiver.receiver, "/hooks/billing", "msg_35hQxFm2Wb6NcRe5", body("10.50"), JSON.stringify(JSON.parse(body("10.50"))));
for (const [name, colorScheme, viewport] of [
  ["inspector", "light", { width: 1200, height: 760 }],
  ["inspector-dark", "dark", { width: 1200, height: 760 }],
  ["inspector-narrow", "light", { width: 390, height: 760 }],
]) {
  const page = await open(browser, receiver.inspector, { colorScheme, viewport });
  const row = page.locator(".row", { hasText: "body-json-rewritten" });
  await row.waitFor();
  if (name === "inspector-narrow") await take(page, `${name}-list`);
  await row.click();
  await page.locator(".cause").waitFor();
  await take(page, name);
}
receiver.stop();

const playground = await start(["playground"], { announced: { url: /playground on (\S+)/ } });
for (const [name, colorScheme, viewport] of [
  ["playground", "light", { width: 1200, height: 760 }],
  ["playground-dark", "dark", { width: 1200, height: 760 }],
  ["playground-narrow", "dark", { width: 390, height: 760 }],
]) {
  const page = await open(browser, playground.url, { colorScheme, viewport });
  await page.locator("[data-state=ready]").waitFor();
  await page.getByRole("button", { name: "Tampered example" }).click();
  await page.locator(".cause").waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await take(page, name);
}
const page = await open(browser, playground.url, { viewport: { width: 1200, height: 760 } });
await page.locator("[data-state=ready]").waitFor();
await page.getByRole("button", { name: "Sign a body" }).click();
await page.locator("#sign-body").fill('{"id":7}');
await page.locator("#scheme").selectOption("stripe");
await page.locator(".secret .text").fill("whsec_an_example_of_stripe");
await page.getByRole("button", { name: "Sign", exact: true }).click();
await page.locator(".headers").waitFor();
await take(page, "playground-sign");
playground.stop();
await browser.close();
