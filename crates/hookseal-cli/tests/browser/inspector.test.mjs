// Tests the inspector of `hookseal listen --ui` in a real browser.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { Webhook } from "standardwebhooks";
import { accessibilityFaults, folder, hookseal, launch, listen, made, MARKUP, open, PAMINGA, WHSEC } from "./common.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const STANDARD = ["--scheme", "standard-webhooks"];
const BODY = '{"type":"order.paid","data":{"id":7,"total":10.50}}';
// The body after a framework has parsed and serialized it.
const CHANGED = JSON.stringify(JSON.parse(BODY), null, 1);

/** Signs with the sender's own library, and delivers. */
async function deliver(to, id, signed = BODY, sent = signed) {
  const now = new Date();
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now / 1000)),
    "webhook-signature": new Webhook(WHSEC).sign(id, now, signed),
  };
  return (await fetch(`${to}/hooks`, { method: "POST", headers, body: sent })).status;
}

/** A service on this machine, which keeps what it gets. */
async function service() {
  const got = [];
  const server = http.createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    got.push({ url: request.url, headers: request.headers, body: Buffer.concat(pieces) });
    response.writeHead(202).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { got, url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

const row = (page, verdict) => page.locator(`.row[data-verdict=${verdict}]`);

test("a genuine and a tampered request are shown, explained, saved, sent again and copied", async (t) => {
  const local = await service();
  const receiver = await listen([...STANDARD, "--forward", local.url], WHSEC);
  t.after(() => [receiver, local].forEach((it) => it.stop()));
  const page = await open(browser, receiver.inspector, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByText("No requests yet").waitFor();
  assert.equal(await deliver(receiver.receiver, "msg_1"), 202);
  assert.equal(await deliver(receiver.receiver, "msg_2", BODY, CHANGED), 401);

  // Both appear, without a reload.
  await row(page, "verified").waitFor();
  await page.locator(".row", { hasText: "body-json-rewritten" }).waitFor();
  assert.equal(await page.locator(".row").count(), 2);
  assert.match(await row(page, "verified").innerText(), /POST \/hooks[^]*standard-webhooks[^]*(now|\d+ s ago)[^]*51 B, [\d.]+ (µs|ms|s)/);

  // The cause, and what to do.
  await row(page, "refused").click();
  const cause = page.locator(".cause");
  await cause.waitFor();
  assert.match(await cause.innerText(), /Proven cause[^]*with secret 1[^]*parsed and written again[^]*body-json-rewritten[^]*To do: verify the raw bytes/);

  // The signed message, part by part, in the order in which it is hashed.
  const parts = page.locator(".signed tbody tr");
  assert.deepEqual(await parts.evaluateAll((rows) => rows.map((row) => row.dataset.part)), ["message id", "text", "timestamp", "text", "body"]);
  assert.match(await parts.nth(0).innerText(), /webhook-id\s+msg_2\s+5/);
  assert.match(await page.locator(".signatures").innerText(), /v1,[A-Za-z0-9+/]{43}=\s+v1, and base64 of HMAC-SHA-256: 32 bytes/);
  const marked = page.locator(".headers tr[data-purpose]");
  assert.deepEqual((await marked.evaluateAll((rows) => rows.map((row) => row.dataset.purpose))).sort(), ["message id", "signature", "timestamp"]);

  // The body, as text and as bytes.
  const panel = page.locator("[role=tabpanel]");
  assert.match(await panel.innerText(), /"total": 10.5\n/);
  await page.getByRole("tab", { name: "Bytes" }).click();
  assert.match(await panel.innerText(), /^000000 {2}7b 0a 20 22 74 79 70 65/);

  // A saved request can be read by the command.
  const saved = async (verdict) => {
    await row(page, verdict).click();
    await page.locator(`.inspection[data-verdict=${verdict}]`).waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save" }).click()]);
    assert.match(download.suggestedFilename(), /^\d+-\d+\.http$/);
    const file = join(folder(), download.suggestedFilename());
    await download.saveAs(file);
    return hookseal(["verify", ...STANDARD, file], { secret: WHSEC });
  };
  assert.equal((await saved("verified")).status, 0);
  const refused = await saved("refused");
  assert.equal(refused.status, 1);
  assert.match(refused.stdout, /signature does not match/);

  // If it is sent again, the service gets the same bytes.
  assert.equal(local.got.length, 1);
  await page.getByRole("button", { name: "Send again" }).click();
  await page.getByText("The service answered 202").waitFor();
  assert.equal(local.got.length, 2);
  assert.equal(local.got[1].body.toString(), CHANGED);
  assert.equal(local.got[1].headers["webhook-id"], "msg_2");

  // A shell sends the copied command, and the request is verified again.
  await row(page, "verified").click();
  await page.locator(".inspection[data-verdict=verified]").waitFor();
  await page.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByText("Copied").waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  // Not synchronously: it is forwarded to a service in this process.
  await promisify(execFile)("sh", ["-c", `${command} --noproxy '*' --silent --fail`]);
  await page.waitForFunction(() => document.querySelectorAll(".row[data-verdict=verified]").length === 2);
  assert.equal(local.got.length, 3);
  assert.equal(local.got[2].body.toString(), BODY);

  // Nothing was sent elsewhere, and the secret is nowhere.
  assert.deepEqual(page.foreign(), []);
  assert.deepEqual(page.wrong, []);
  assert.equal((await page.content()).includes(WHSEC), false);
  assert.equal(receiver.output.includes(WHSEC), false);
});

test("hostile requests are shown as text, and nothing of them is executed", async (t) => {
  const receiver = await listen(["--save", folder()], PAMINGA);
  t.after(() => receiver.stop());
  const page = await open(browser, receiver.inspector);
  const { hostname, port } = new URL(receiver.receiver);
  const hostile = [
    { path: `/${encodeURIComponent("<b>")}?a=${MARKUP.replaceAll(" ", "%20")}`, headers: { "x-paminga-signature": MARKUP, "x-markup": MARKUP, "content-type": MARKUP, host: MARKUP } },
    { path: "/form", headers: { "content-type": "application/x-www-form-urlencoded", "x-hub-signature-256": `sha256=${MARKUP}` }, body: `a=${encodeURIComponent(MARKUP)}` },
    { path: "/json", headers: { "webhook-id": MARKUP, "webhook-timestamp": MARKUP, "webhook-signature": `v1,${MARKUP}` }, body: JSON.stringify({ [MARKUP]: [MARKUP, "\u202egnp.exe\u0007"] }) },
    { path: "/bytes", headers: { "x-latin": "caf\u00e9" }, body: Buffer.from([0xff, 0xfe, 0x3c, 0x62, 0x3e]) },
  ];
  for (const { path, headers, body = MARKUP } of hostile) {
    await new Promise((resolve, reject) => {
      const request = http.request({ hostname, port, path, method: "POST", headers }, (response) => response.resume().on("end", resolve));
      request.on("error", reject).end(body);
    });
  }
  await page.waitForFunction((count) => document.querySelectorAll(".row").length === count, hostile.length);
  for (const place of hostile.keys()) {
    await page.locator(".row").nth(place).click();
    await page.locator("#detail:not([aria-busy]) > .inspection").waitFor();
    for (const tab of await page.getByRole("tab").all()) await tab.click();
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    assert.deepEqual(await made(page), { pwned: undefined, elements: [] });
  }
  // It is shown as text; control characters are shown by name.
  await page.locator(".row", { hasText: "/json" }).click();
  await page.locator(".request-line", { hasText: "/json" }).waitFor();
  assert.match(await page.locator("[role=tabpanel]").innerText(), /<script>globalThis\.pwned = 1<\/script>[^]*U\+202Egnp\.exe/);
  await page.locator(".row", { hasText: "/bytes" }).click();
  await page.locator(".request-line", { hasText: "/bytes" }).waitFor();
  assert.match(await page.locator("[role=tabpanel]").innerText(), /000000 {2}ff fe 3c 62 3e/);
  assert.deepEqual(page.wrong, []);
  assert.deepEqual(page.foreign(), []);
  // The page cannot be made to do it either.
  const violation = await page.evaluate(() => {
    try {
      document.body.innerHTML = "<p>markup</p>";
      return "made";
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(violation, "TypeError");
});

test("a scheme whose name is markup is no scheme", () => {
  const { stdout } = hookseal(["schemes", "paminga", "--toml"]);
  const file = join(folder(), "<img src=x onerror=alert(1)>.toml");
  writeFileSync(file, stdout.replace('"paminga"', JSON.stringify(MARKUP)));
  const { status, stderr } = hookseal(["listen", "--port", "0", "--ui", "--scheme-file", file], { secret: PAMINGA });
  assert.equal(status, 2, stderr);
  assert.match(stderr, /name/);
});

test("thousands of requests stay few elements, and the oldest are dropped", async (t) => {
  const receiver = await listen(["--scheme", "paminga"], PAMINGA);
  t.after(() => receiver.stop());
  const page = await open(browser, receiver.inspector);
  const { hostname, port } = new URL(receiver.receiver);
  const [signed] = JSON.parse(hookseal(["sign", "--json", "--scheme", "paminga", "-"], { secret: PAMINGA, input: "{}" }).stdout);
  await page.evaluate(() => {
    globalThis.longest = 0;
    let last = performance.now();
    const measure = (now) => {
      globalThis.longest = Math.max(globalThis.longest, now - last);
      last = now;
      requestAnimationFrame(measure);
    };
    requestAnimationFrame(measure);
  });
  const all = 5200;
  let next = 0;
  const post = (number) =>
    new Promise((resolve, reject) => {
      const headers = { [signed[0]]: signed[1], "x-number": `n${number}.` };
      const request = http.request({ hostname, port, path: `/${number}`, method: "POST", headers, agent: false }, (response) => response.resume().on("end", () => resolve(response.statusCode)));
      request.on("error", reject).end("{}");
    });
  const send = async () => {
    while (next < all) {
      const number = ++next;
      let status;
      // While too many connections are open, repeat the request as a sender does.
      do status = await post(number);
      while (status === 503);
      assert.equal(status, 204);
    }
  };
  await Promise.all(Array.from({ length: 12 }, send));
  await page.getByText("5,200 requests, the oldest 200 dropped: the last 5,000 are kept").waitFor();
  const rows = () => page.locator(".row").count();
  assert.ok((await rows()) < 60, `${await rows()} rows`);
  const first = page.locator(".row").first();
  assert.equal(await first.getAttribute("aria-setsize"), "5000");

  // A click works while other requests arrive: the row stays the same element.
  const third = page.locator("#request-5198");
  await third.hover();
  await page.mouse.down();
  await post(++next);
  await page.locator("#request-5201").waitFor();
  await third.hover();
  await page.mouse.up();
  await page.locator("#detail:not([aria-busy]) .request-line", { hasText: "/5" }).waitFor();
  assert.equal(await third.getAttribute("aria-selected"), "true");

  // To the oldest of them, by keyboard.
  await page.locator("#rows").focus();
  await page.keyboard.press("End");
  const last = page.locator("#request-202");
  await last.waitFor();
  assert.equal(await last.getAttribute("aria-selected"), "true");
  assert.equal(await last.getAttribute("aria-posinset"), "5000");
  assert.ok((await rows()) < 60);
  await page.locator(".inspection").waitFor();

  // The search finds text in headers.
  await page.locator("#search").fill("n4321.");
  await page.waitForFunction(() => document.querySelectorAll(".row").length === 1);
  assert.match(await page.locator(".row").innerText(), /POST \/4321/);
  assert.deepEqual(page.wrong, []);
  t.diagnostic(`the longest frame took ${Math.round(await page.evaluate(() => globalThis.longest))} ms`);
});

test("requests are filtered, searched for and paused", async (t) => {
  const receiver = await listen([], WHSEC);
  t.after(() => receiver.stop());
  const page = await open(browser, receiver.inspector);
  const count = (number) => page.waitForFunction((number) => document.querySelectorAll(".row").length === number, number);
  await deliver(receiver.receiver, "msg_1");
  await fetch(`${receiver.receiver}/other`, { method: "POST", body: "a needle in a body" });
  await fetch(`${receiver.receiver}/github`, { method: "POST", headers: { "x-hub-signature-256": `sha256=${"0".repeat(64)}` }, body: "{}" });
  await count(3);
  await page.locator("#verdict").selectOption("verified");
  await count(1);
  await page.locator("#verdict").selectOption("unknown");
  await count(2);
  await page.locator("#verdict").selectOption("");
  await page.locator("#scheme").selectOption("standard-webhooks");
  await count(1);
  await page.locator("#scheme").selectOption("");
  await page.locator("#search").fill("needle");
  await count(1);
  assert.match(await page.locator(".row").innerText(), /\/other/);
  // Requests that arrive during a search are searched too.
  await fetch(`${receiver.receiver}/another`, { method: "POST", body: "one more needle" });
  await count(2);
  await page.locator("#search").fill("");
  await count(4);

  await page.getByRole("button", { name: "Pause" }).click();
  await fetch(`${receiver.receiver}/late`, { method: "POST", body: "late" });
  await page.getByText("Paused: 1 more").waitFor();
  assert.equal(await page.locator(".row").count(), 4);
  await page.getByRole("button", { name: "Pause" }).click();
  await count(5);

  // Without a verdict, the page says what a request looks like.
  await page.locator(".row", { hasText: "/github" }).click();
  await page.getByText(/It has the headers of .*github/).waitFor();
  assert.deepEqual(page.wrong, []);
});

test("everything can be done by keyboard", async (t) => {
  const receiver = await listen(STANDARD, WHSEC);
  t.after(() => receiver.stop());
  const page = await open(browser, receiver.inspector);
  for (const id of ["msg_1", "msg_2", "msg_3"]) await deliver(receiver.receiver, id);
  await page.locator("#request-3").waitFor();
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search");
  // From the search through the filters and the pause button to the list.
  for (let place = 0; place < 4; place++) await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "rows");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator("#rows").getAttribute("aria-activedescendant"), "request-2");
  await page.locator(".signed", { hasText: "msg_2" }).waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "detail");
  await page.getByRole("tab", { selected: true }).focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.getByRole("tab", { selected: true }).innerText(), "Text");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "rows");
  assert.equal(await page.locator(".inspection").count(), 0);
});

test("axe finds nothing wrong, in light and dark, wide and narrow", async (t) => {
  const receiver = await listen(STANDARD, WHSEC);
  t.after(() => receiver.stop());
  await deliver(receiver.receiver, "msg_1");
  await deliver(receiver.receiver, "msg_2", BODY, CHANGED);
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const page = await open(browser, receiver.inspector, { colorScheme, viewport: { width, height: 800 } });
      await page.locator(".row", { hasText: "body-json-rewritten" }).waitFor();
      assert.deepEqual(await accessibilityFaults(page), [], `list, ${colorScheme}, ${width}`);
      for (const verdict of ["verified", "refused"]) {
        await row(page, verdict).click();
        await page.locator(`.inspection[data-verdict=${verdict}]`).waitFor();
        assert.deepEqual(await accessibilityFaults(page), [], `${verdict}, ${colorScheme}, ${width}`);
        // Nothing is cut off at the side.
        const isCut = await page.evaluate(() => document.querySelector("#detail").scrollWidth > document.querySelector("#detail").clientWidth);
        assert.equal(isCut, false, `${verdict}, ${width}`);
        if (width < 500) await page.getByRole("button", { name: "Back to the list" }).click();
      }
      await page.context().close();
    }
  }
});

test("without the token a page gets nothing", async (t) => {
  const receiver = await listen(STANDARD, WHSEC);
  t.after(() => receiver.stop());
  await deliver(receiver.receiver, "msg_secret");
  const [address] = receiver.inspector.split("#");
  const none = await open(browser, address);
  await none.getByText("Open the URL that the command printed").waitFor();
  const wrong = await open(browser, `${address}#token=000000000000000000000000`);
  await wrong.getByText("open the URL that the command printed").waitFor();
  for (const page of [none, wrong]) {
    assert.equal(await page.locator(".row").count(), 0);
    assert.equal((await page.content()).includes("msg_secret"), false);
  }
  // Another site gets nothing either, although the browser is on this machine.
  const other = http.createServer((request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<title>other</title>"));
  await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => other.close());
  const page = await open(browser, `http://127.0.0.1:${other.address().port}/`);
  const token = receiver.inspector.split("token=")[1];
  const answer = await page.evaluate(
    async ([address, token]) => {
      try {
        const answer = await fetch(`${address}api/requests/1`, { headers: { authorization: `Bearer ${token}` } });
        return answer.status;
      } catch (error) {
        return error.name;
      }
    },
    [address, token],
  );
  assert.equal(answer, "TypeError");
});

test("the page says that the command has ended", async (t) => {
  const receiver = await listen([...STANDARD, "--count", "1"], WHSEC);
  t.after(() => receiver.stop());
  const page = await open(browser, receiver.inspector);
  await page.getByText("No requests yet").waitFor();
  await deliver(receiver.receiver, "msg_1");
  await page.getByText(/The command (has ended|does not answer)/).waitFor();
});

