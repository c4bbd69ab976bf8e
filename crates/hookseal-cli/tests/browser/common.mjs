// Starts the command and the browser, as a user does.

import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mkdtempSync } from "node:fs";
import { chromium } from "playwright-core";

export const ROOT = new URL("../../../..", import.meta.url).pathname;
export const HOOKSEAL = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug/hookseal");
export const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const PAMINGA = "paminga-demo-secret";

export const folder = () => mkdtempSync(join(tmpdir(), "hookseal-"));

/** Runs the command, and returns its status and output. */
export function hookseal(words, { secret, input = "" } = {}) {
  const environment = { ...process.env };
  delete environment.HOOKSEAL_SECRET;
  if (secret !== undefined) environment.HOOKSEAL_SECRET = secret;
  const options = { input, env: environment, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"], maxBuffer: 1 << 28 };
  try {
    return { status: 0, stdout: execFileSync(HOOKSEAL, words, options), stderr: "" };
  } catch ({ status, stdout, stderr }) {
    return { status, stdout, stderr };
  }
}

/** Starts a command that runs until it is stopped, and waits for what it prints. */
export async function start(words, { secret, announced }) {
  const environment = { ...process.env, HOOKSEAL_SECRET: secret ?? "" };
  if (secret === undefined) delete environment.HOOKSEAL_SECRET;
  const child = spawn(HOOKSEAL, words, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const running = { child, output: "", stop: () => child.kill() };
  const found = {};
  await new Promise((resolve, reject) => {
    const take = (piece) => {
      running.output += piece;
      for (const [name, pattern] of Object.entries(announced)) {
        found[name] ??= running.output.match(pattern)?.[1];
      }
      if (Object.keys(announced).every((name) => found[name])) resolve();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("exit", () => reject(new Error(`it ended: ${running.output}`)));
  });
  return Object.assign(running, found);
}

export function listen(words, secret) {
  const announced = { receiver: /listening on (\S+)/, inspector: /inspector on (\S+)/ };
  return start(["listen", "--port", "0", "--ui", ...words], { secret, announced });
}

export function launch() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  // As root, for example in a container, it has no sandbox.
  const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args });
}

/**
 * Opens a page of its own. It keeps what a page must not do: errors, dialogs, violations of
 * the content security policy, and requests to anybody else.
 */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const wrong = [];
  const said = [];
  const asked = [];
  page.on("pageerror", (error) => wrong.push(`error: ${error}`));
  page.on("dialog", (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("console", (message) => {
    said.push(message.text());
    if (message.type() === "error" || message.text().includes("Content Security Policy")) wrong.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(url);
  const { origin } = new URL(url);
  const foreign = () => asked.filter((other) => !other.startsWith(origin === "null" ? "file:" : origin) && !other.startsWith("blob:"));
  return Object.assign(page, { wrong, said, asked, foreign });
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Returns what axe finds wrong with a page. */
export async function accessibilityFaults(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
}

/** Markup that says so when something takes it for markup. */
export const MARKUP = [
  "<script>globalThis.pwned = 1</script>",
  "<img src=x onerror=globalThis.pwned=1>",
  "\"'><svg onload=globalThis.pwned=1>",
  "</pre></td></table><iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
  "<a href=javascript:globalThis.pwned=1 autofocus onfocus=globalThis.pwned=1>x</a>",
  "{{constructor.constructor('globalThis.pwned=1')()}}${globalThis.pwned=1}",
].join("");

/** Returns what hostile markup has made in a page: nothing. */
export function made(page) {
  return page.evaluate(() => ({
    pwned: globalThis.pwned,
    elements: Array.from(document.querySelectorAll("img, svg, iframe, object, embed, script:not([src]), a[href^='javascript'], [onerror], [onload], [onfocus]"), (element) => element.outerHTML),
  }));
}
