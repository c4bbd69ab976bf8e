// Tests the playground in a real browser: from its files, without a server, and served.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { accessibilityFaults, folder, hookseal, launch, listen, made, MARKUP, open, PAMINGA, ROOT, start, WHSEC } from "./common.mjs";

let browser;
let files;
before(async () => {
  browser = await launch();
  files = folder();
  execFileSync(join(ROOT, "crates/hookseal-playground/copy"), [files]);
  // A module other than the one in the repository.
  if (process.env.HOOKSEAL_MODULE) copyFileSync(process.env.HOOKSEAL_MODULE, join(files, "module.js"));
});
after(() => browser.close());

async function playground(options) {
  const page = await open(browser, `file://${files}/index.html`, options);
  await page.locator("[data-state=ready]").waitFor();
  return page;
}

const json = (path) => JSON.parse(readFileSync(join(ROOT, path), "utf8"));

/** What is checked, in the words of the command line. */
function captures() {
  const listed = json("examples/requests/captures.json").map(({ file, options, secret }) => ({ file: `examples/requests/${file}`, options, secret }));
  const events = ["function-url-no-body", "http-api-repeated-header", "http-api-unsigned", "http-api", "load-balancer", "rest-api-base64", "rest-api-repeated-header", "rest-api-tampered", "rest-api"];
  const ofFunctions = events.map((name) => ({ file: `examples/events/${name}.json`, options: ["--scheme", "paminga"], secret: PAMINGA }));
  const schemeOf = (name) => {
    if (/^(01|03|06|07|08|09|27)/.test(name)) return ["--scheme", "standard-webhooks"];
    if (name.startsWith("11")) return ["--scheme", "hubpay"];
    if (name.startsWith("12")) return ["--scheme", "hubpay", "--header-name", "x-hub-signature"];
    return ["--scheme", "pakk"];
  };
  const reports = Object.entries(json("tests/reports/requests.json")).map(([name, report]) => {
    const options = schemeOf(name);
    if (report.received_at) options.push("--received-at", String(report.received_at));
    if (report.secret_format === "text") options.push("--secret-format", "text");
    return { file: `tests/reports/${report.file}`, options, secret: report.secret };
  });
  return [...listed, ...ofFunctions, ...reports];
}

const pairs = (options) => Array.from({ length: options.length / 2 }, (_, place) => [options[2 * place].slice(2), options[2 * place + 1]]);

/** Fills the form in and checks; returns what the page says. */
async function check(page, { file, options, secret }) {
  await page.getByRole("button", { name: "Forget everything" }).click();
  await page.locator("#request-file").setInputFiles(join(ROOT, file));
  const given = new Map(pairs(options));
  await page.locator("#scheme").selectOption(given.get("scheme"));
  await page.locator(".secret .text").fill(secret);
  if (given.has("key-id")) await page.locator(".secret .key-id").fill(given.get("key-id"));
  await page.evaluate(() => (document.querySelector("#more").open = true));
  for (const [name, value] of given) {
    if (name === "scheme" || name === "key-id") continue;
    const field = page.locator(`#option-${name}`);
    if ((await field.evaluate((field) => field.tagName)) === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.locator("#result:not([aria-busy]) > *").first().waitFor();
  return page.locator("#result").evaluate((result) => {
    const texts = (pattern) => Array.from(result.querySelectorAll(pattern), (element) => element.textContent);
    const article = result.querySelector("article");
    return { verdict: article?.dataset.verdict, message: texts(".outcome .message")[0], cause: texts(".cause .name"), likely: texts(".likely .changes .name") };
  });
}

test("the verdict and the cause of every capture are those of the command", async () => {
  const page = await playground();
  const all = captures();
  assert.ok(all.length > 45, `${all.length}`);
  let proven = 0;
  for (const capture of all) {
    const said = await check(page, capture);
    const { stdout, stderr } = hookseal(["explain", "--json", ...capture.options, join(ROOT, capture.file)], { secret: capture.secret });
    const [record] = JSON.parse(stdout || "[]");
    assert.ok(record, `${capture.file}: ${stderr}`);
    const names = (changes) => (changes ?? []).map((change) => change.name);
    proven += record.cause ? 1 : 0;
    const wanted = {
      verdict: record.verified ? "verified" : "refused",
      message: record.message,
      cause: names(record.cause),
      likely: record.cause || record.verified ? [] : names(record.likely),
    };
    assert.deepEqual(said, wanted, capture.file);
  }
  assert.ok(proven > 10, `${proven}`);
  assert.deepEqual(page.wrong, []);
  assert.deepEqual(page.foreign(), []);
});

test("each scheme signs as the command does, and what it signs is verified", async () => {
  const page = await playground();
  const secretOf = {
    base64: "BwgJCgsMDQ4PEBESExQVFhcYGRobHB0e/P3+",
    hex: "0708090a0b0c0d0e0f101112131415161718fcfd",
    whsec: "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0e/P3+",
    whsec_list: "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0e/P3+",
    // RFC 8032, section 7.1, test 1: the sender's key, which also verifies.
    public_key_hex: "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
    public_key_base64: "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
  };
  const { schemes } = await page.evaluate(() => hookseal.ask({ do: "schemes" }));
  assert.ok(schemes.length >= 100, `${schemes.length}`);
  const url = "https://hooks.example.com/in?tenant=1";
  const body = '{"id":"evt_1"}';
  const signedHeaders = [];
  for (const { name, names_keys, options } of schemes) {
    const takes = (option) => options.includes(option);
    const declared = JSON.parse(hookseal(["schemes", name, "--json"]).stdout);
    const secret = secretOf[declared.secret] ?? "Secret-of_the/sender+01";
    const listed = declared.header_list?.allowed ?? [];
    const others = declared.signed.map((part) => part.header).filter(Boolean);
    const time = declared.timestamp?.field?.header;
    const headers = [...others, ...listed].filter((header) => header.toLowerCase() !== time?.toLowerCase()).map((header) => [header, "value-1"]);
    const id = names_keys ? "key-1" : undefined;
    const question = {
      do: "sign",
      scheme: name,
      secrets: [{ text: secret, id }],
      options: takes("url") ? { url } : {},
      body: Buffer.from(body).toString("base64"),
      id: takes("id") ? "msg_1" : undefined,
      timestamp: takes("timestamp") ? 1795000000 : undefined,
      headers,
    };
    const signed = await page.evaluate((question) => hookseal.ask(question), question);
    const words = ["sign", "--json", "--scheme", name];
    if (takes("url")) words.push("--url", url);
    if (takes("timestamp")) words.push("--timestamp", "1795000000");
    if (takes("id")) words.push("--id", "msg_1");
    if (id) words.push("--key-id", id);
    for (const [header, value] of headers) words.push("--header", `${header}: ${value}`);
    const command = hookseal([...words, "-"], { secret, input: body });
    if (signed.error) {
      // The command says the same.
      assert.ok(command.stderr.includes(signed.error), `${name}: ${signed.error}: ${command.stderr}`);
      continue;
    }
    assert.deepEqual(signed.signed.headers, JSON.parse(command.stdout), name);
    signedHeaders.push(name);
    const sent = [...headers.filter(([header]) => !signed.signed.headers.some(([own]) => own.toLowerCase() === header.toLowerCase())), ...signed.signed.headers];
    const request = `POST /in?tenant=1 HTTP/1.1\r\nhost: hooks.example.com\r\n${sent.map(([header, value]) => `${header}: ${value}\r\n`).join("")}\r\n${body}`;
    const checked = await page.evaluate((question) => hookseal.ask(question), {
      do: "inspect",
      scheme: name,
      secrets: question.secrets,
      options: question.options,
      request: Buffer.from(request).toString("base64"),
      received_at: 1795000001,
    });
    // The page takes the receiver's secret, and only the pair's signing key signs.
    const verdict = checked.inspections[0].verdict;
    if (!secret.startsWith("whsk_")) assert.equal(verdict, "verified", `${name}: ${JSON.stringify(checked.inspections[0].message)}`);
  }
  assert.ok(signedHeaders.length > 95, `${signedHeaders.length}`);
});

test("a body is signed in the page, and the scheme of the request is found", async () => {
  const page = await playground();
  await page.getByRole("button", { name: "Sign a body" }).click();
  await page.locator("#sign-body").fill('{"a":1}');
  await page.locator(".secret .text").fill(PAMINGA);
  await page.getByRole("button", { name: "Sign", exact: true }).click();
  await page.getByText("choose a scheme to sign with").waitFor();
  await page.locator("#scheme").selectOption("paminga");
  // By keyboard.
  await page.locator("#sign-body").press("Control+Enter");
  const value = page.locator(".headers td");
  await value.waitFor();
  const mac = execFileSync("openssl", ["dgst", "-sha256", "-hmac", PAMINGA, "-r"], { input: '{"a":1}' }).toString().split(" ")[0];
  assert.equal(await value.innerText(), mac);

  await page.getByRole("button", { name: "Check a request" }).click();
  await page.locator("#scheme").selectOption("");
  await page.locator("#request").fill(`POST / HTTP/1.1\nx-paminga-signature: ${mac}\n\n{"a":1}`);
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.locator(".inspection[data-verdict=verified]").waitFor();
  await page.getByText("scheme paminga").waitFor();

  // The scheme of an altered request is found by the cause.
  await page.locator("#request").fill(`POST / HTTP/1.1\nx-paminga-signature: ${mac}\n\n{"a": 1}`);
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.locator(".cause", { hasText: "body-json-rewritten" }).waitFor();
});

test("a scheme that is declared in the page is used, and one that is none is refused", async () => {
  const page = await playground();
  const { stdout } = hookseal(["schemes", "paminga", "--toml"]);
  await page.locator("#scheme").selectOption("file");
  await page.locator("#scheme-file").fill(stdout.replaceAll("paminga", "my-own"));
  await page.locator(".secret .text").fill(PAMINGA);
  const mac = execFileSync("openssl", ["dgst", "-sha256", "-hmac", PAMINGA, "-r"], { input: "{}" }).toString().split(" ")[0];
  const header = stdout.match(/header = "(.*)"/)[1].replace("paminga", "my-own");
  await page.locator("#request").fill(`POST / HTTP/1.1\n${header}: ${mac}\n\n{}`);
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.locator(".inspection[data-verdict=verified]").waitFor();
  await page.getByText("scheme my-own").waitFor();
  for (const hostile of [stdout.replace('"paminga"', JSON.stringify(MARKUP)), `name = ${MARKUP}`, JSON.stringify({ name: MARKUP })]) {
    await page.locator("#scheme-file").fill(hostile);
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await page.locator("#result:not([aria-busy]) > *").first().waitFor();
    assert.deepEqual(await made(page), { pwned: undefined, elements: [] });
  }
  assert.deepEqual(page.wrong, []);
});

test("hostile requests are shown as text, and nothing of them is executed", async () => {
  const page = await playground();
  const har = { log: { entries: [{ request: { method: MARKUP, url: `https://a/${MARKUP}`, headers: [{ name: MARKUP, value: MARKUP }], bodySize: -1, postData: { text: MARKUP } } }, { request: {} }, {}] } };
  for (const request of [
    `POST /${MARKUP.replaceAll(" ", "")} HTTP/1.1\nx-paminga-signature: ${MARKUP}\nx-a: ${MARKUP}\n\n${MARKUP}`,
    JSON.stringify(har),
    `> POST / HTTP/1.1\n> a: ${MARKUP}\n`,
    MARKUP,
  ]) {
    await page.locator("#request").fill(request);
    await page.locator(".secret .text").fill(MARKUP);
    for (const scheme of ["", "paminga", "standard-webhooks"]) {
      await page.locator("#scheme").selectOption(scheme);
      await page.locator("#result").evaluate((result) => result.replaceChildren());
      await page.getByRole("button", { name: "Check", exact: true }).click();
      await page.locator("#result:not([aria-busy]) > *").first().waitFor();
      for (const tab of await page.getByRole("tab").all()) await tab.click();
      assert.deepEqual(await made(page), { pwned: undefined, elements: [] });
    }
  }
  // A file whose name is markup.
  await page.locator("#request-file").setInputFiles({ name: `${MARKUP}.http`, mimeType: "text/html", buffer: Buffer.from(`POST / HTTP/1.1\na: b\n\n${MARKUP}`) });
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.locator(".inspection").waitFor();
  assert.deepEqual(await made(page), { pwned: undefined, elements: [] });
  assert.deepEqual(page.wrong, []);
});

test("the secret stays in the page, which can open no connection", async () => {
  const page = await playground({ offline: true });
  const [before] = [page.asked.length];
  await page.getByRole("button", { name: "Tampered example" }).click();
  await page.locator(".cause", { hasText: "body-json-rewritten" }).waitFor();
  const secret = "a secret that is nowhere else 4711";
  await page.locator(".secret .text").fill(secret);
  await page.locator("#scheme").selectOption("github");
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.locator(".inspection[data-verdict=refused]").waitFor();
  const kept = await page.evaluate(async () => ({
    url: location.href,
    storage: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, (await indexedDB.databases?.()) ?? [], history.state, name]),
    text: document.body.innerText,
    markup: document.documentElement.outerHTML,
  }));
  for (const [place, text] of Object.entries(kept)) assert.equal(text.includes(secret), false, place);
  assert.equal(page.said.some((line) => line.includes(secret)), false);
  assert.equal(page.asked.length, before);
  assert.equal(await page.evaluate(() => document.querySelectorAll("input[type=password]").length), 0);

  await page.getByRole("button", { name: "Forget everything" }).click();
  assert.equal(await page.locator(".secret .text").inputValue(), "");
  assert.equal(await page.locator("#request").inputValue(), "");

  // Every way to connect fails.
  const blocked = await page.evaluate(async () => {
    const violations = [];
    document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
    const tries = [
      () => fetch("https://example.com/"),
      () => new Promise((_, reject) => Object.assign(new Image(), { onerror: reject, src: "https://example.com/a.png" })),
      () => new WebSocket("wss://example.com/"),
      () => navigator.sendBeacon("https://example.com/", "x"),
      () => new EventSource("https://example.com/"),
    ];
    for (const attempt of tries) {
      try {
        await attempt();
      } catch {}
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    return violations;
  });
  assert.deepEqual([...new Set(blocked)].sort(), ["connect-src", "img-src"]);
  assert.ok(blocked.length >= 5, `${blocked}`);
});

test("the command serves the same page, alone and beside the inspector", async (t) => {
  const alone = await start(["playground"], { announced: { url: /playground on (\S+)/ } });
  const inspector = await listen([], WHSEC);
  t.after(() => [alone, inspector].forEach((it) => it.stop()));
  for (const url of [alone.url, new URL("/playground/", inspector.inspector).href]) {
    const page = await open(browser, url);
    await page.locator("[data-state=ready]").waitFor();
    await page.getByRole("button", { name: "Example", exact: true }).click();
    await page.locator(".inspection[data-verdict=verified]").waitFor();
    const asked = await page.evaluate(() => fetch("/api/events").catch((error) => error.name));
    assert.equal(asked, "TypeError");
    assert.deepEqual(page.foreign(), []);
  }
});

test("axe finds nothing wrong, in light and dark, wide and narrow", async () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const page = await playground({ colorScheme, viewport: { width, height: 800 } });
      const faults = async (what) => assert.deepEqual(await accessibilityFaults(page), [], `${what}, ${colorScheme}, ${width}`);
      await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
      await faults("empty");
      await page.getByRole("button", { name: "Tampered example" }).click();
      await page.locator(".cause").waitFor();
      await faults("refused");
      await page.getByRole("button", { name: "Sign a body" }).click();
      await page.locator("#scheme").selectOption("paminga");
      await page.getByRole("button", { name: "Sign", exact: true }).click();
      await page.locator(".headers").waitFor();
      await faults("signed");
      const isCut = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(isCut, false, `${width}`);
      await page.context().close();
    }
  }
});
