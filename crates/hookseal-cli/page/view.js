// What both pages show of a request.
//
// Everything that came from a request reaches the page as the text of a text node: there is
// no markup in this file, and the pages' content security policy forbids making any from a
// text. Characters that are invisible, or that change how others look, are shown by name.
"use strict";

const hookseal = {};

(() => {
  const text = new TextDecoder("utf-8");
  const strictText = new TextDecoder("utf-8", { fatal: true });

  /** Creates an element: `el("p", { class: "note" }, "some text", another)`. */
  function el(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(key, value);
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value !== undefined && value !== null) element.setAttribute(key, value);
    }
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return element;
  }

  function bytesOf(base64) {
    const binary = atob(base64);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
    return bytes;
  }

  function base64Of(bytes) {
    let binary = "";
    for (let at = 0; at < bytes.length; at += 8192) {
      binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    return btoa(binary);
  }

  // Control characters, direction marks, and characters without width.
  const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
  const NAMES = { "\r": "CR", "\u0000": "NUL", "\u001b": "ESC", "\ufeff": "BOM" };

  /** Returns a text as nodes. On one line, line breaks and tabs are shown by name too. */
  function shown(string, isOneLine = false) {
    const pattern = isOneLine ? new RegExp(HIDDEN.source + "|[\\n\\t]", "g") : HIDDEN;
    const names = isOneLine ? { ...NAMES, "\n": "LF", "\t": "TAB" } : NAMES;
    const nodes = document.createDocumentFragment();
    let end = 0;
    for (const { 0: character, index } of string.matchAll(pattern)) {
      nodes.append(string.slice(end, index));
      const code = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
      nodes.append(el("span", { class: "hidden-character" }, names[character] ?? `U+${code}`));
      end = index + character.length;
    }
    nodes.append(string.slice(end));
    return nodes;
  }

  /** Returns bytes as nodes: as text if they are text, and otherwise in hexadecimal. */
  function shownBytes(bytes, isOneLine = true) {
    try {
      return shown(strictText.decode(bytes), isOneLine);
    } catch {
      return document.createTextNode(hexOf(bytes));
    }
  }

  function hexOf(bytes) {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  }

  /** Returns bytes as a hex editor shows them. */
  function dumpOf(bytes) {
    const lines = [];
    for (let at = 0; at < bytes.length; at += 16) {
      const row = bytes.subarray(at, at + 16);
      const characters = Array.from(row, (byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·"));
      lines.push(`${at.toString(16).padStart(6, "0")}  ${hexOf(row).padEnd(47)}  ${characters.join("")}`);
    }
    return lines.join("\n");
  }

  const counted = (count, what) => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;

  function sizeOf(bytes) {
    if (bytes < 1000) return `${bytes} B`;
    if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
    return `${(bytes / 1_000_000).toFixed(1)} MB`;
  }

  function durationOf(micros) {
    if (micros < 1000) return `${micros} µs`;
    if (micros < 1_000_000) return `${(micros / 1000).toFixed(1)} ms`;
    return `${(micros / 1_000_000).toFixed(1)} s`;
  }

  function agoOf(seconds) {
    if (seconds < 1) return "now";
    if (seconds < 120) return `${Math.floor(seconds)} s ago`;
    if (seconds < 7200) return `${Math.floor(seconds / 60)} min ago`;
    if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
    return `${Math.floor(seconds / 86_400)} d ago`;
  }

  // The sign is for people who do not see the colour.
  const VERDICTS = {
    verified: ["✓", "verified"],
    refused: ["✕", "refused"],
    failed: ["!", "cannot be verified"],
    unreadable: ["!", "unreadable"],
    handshake: ["↔", "handshake"],
    unknown: ["?", "no verdict"],
  };

  /** Returns the label of a verdict. */
  function verdictOf(verdict) {
    const [sign, word] = VERDICTS[verdict] ?? VERDICTS.unknown;
    return el("span", { class: "verdict", "data-verdict": verdict }, el("span", { class: "sign", "aria-hidden": "true" }, sign), word);
  }

  let lastId = 0;
  const newId = () => `v${++lastId}`;

  function section(title, note, ...content) {
    return el(
      "div",
      {},
      el("div", { class: "section-head" }, el("h3", {}, title), note ? el("p", { class: "note" }, note) : null),
      ...content,
    );
  }

  /** Returns a region that may be wider than the page and can be scrolled by keyboard. */
  function scroller(label, ...content) {
    return el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label }, ...content);
  }

  /** Returns a sentence of the command as nodes. Code is in backticks. */
  function prose(sentence) {
    return sentence.split("`").map((piece, place) => (place % 2 ? el("code", {}, shown(piece, true)) : shown(piece)));
  }

  function changes(list) {
    return el(
      "ul",
      { class: "changes" },
      list.map((change) =>
        el("li", {}, el("p", { class: "finding" }, prose(change.finding), " ", el("code", { class: "name" }, change.name)), el("p", { class: "remedy" }, el("b", {}, "To do: "), prose(change.remedy))),
      ),
    );
  }

  function list(items) {
    return el("ul", { class: "facts" }, items.map((item) => el("li", {}, prose(item))));
  }

  function explanationOf(inspection) {
    const { explanation } = inspection;
    if (!explanation || inspection.verdict === "verified") {
      return explanation?.faults.length ? [el("div", { class: "card likely" }, el("h3", {}, "Configuration errors"), list(explanation.faults))] : [];
    }
    const cards = [];
    if (explanation.faults.length) {
      cards.push(el("div", { class: "card likely" }, el("h3", {}, "Configuration errors"), list(explanation.faults)));
    }
    if (explanation.cause) {
      const under = explanation.other_scheme ? ` under the scheme ${explanation.other_scheme}` : "";
      const what = explanation.cause.length === 1 ? "and one thing is wrong" : "and these things are wrong";
      cards.push(
        el(
          "div",
          { class: "card cause" },
          el("h3", {}, "Proven cause"),
          el("p", {}, `The signature is genuine, with secret ${explanation.secret}${under}, ${what}:`),
          changes(explanation.cause),
        ),
      );
    } else if (explanation.likely.length) {
      cards.push(
        el(
          "div",
          { class: "card likely" },
          el("h3", {}, "Likely causes"),
          el("p", {}, "Nothing that was tried makes the signature match. It may be a forgery, or:"),
          changes(explanation.likely),
        ),
      );
    }
    if (explanation.facts.length) {
      cards.push(el("details", {}, el("summary", {}, "What is known"), list(explanation.facts)));
    }
    return cards;
  }

  function coverageOf({ coverage }) {
    if (!coverage) return [];
    const rows = [
      ["The signature covers", coverage.covers],
      ["Idempotency key", coverage.idempotency_key],
    ];
    if (coverage.timestamp !== null) rows.push(["Signed at", `${timeOf(coverage.timestamp)} (${coverage.timestamp})`]);
    return [el("dl", { class: "card covered" }, rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, shown(value, true)))))];
  }

  const timeOf = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", " UTC").replace("T", " ");

  const MAX_PREVIEW = 400;

  /** Returns the parts of the signed message, in the order in which they are hashed. */
  function signedOf({ signed, body }) {
    if (!signed.length) return [];
    const isBody = (part) => part.name === "body";
    const total = signed.reduce((sum, part) => sum + (part.length ?? 0), 0);
    const isWhole = signed.every((part) => part.length !== null);
    const rows = signed.map((part, place) => {
      const bytes = isBody(part) ? bytesOf(body.bytes.base64) : part.bytes ? bytesOf(part.bytes.base64) : null;
      const value = el("td", { class: "bytes" });
      if (bytes === null) {
        value.append(el("em", { class: "absent" }, "not in the request"));
      } else if (part.length === 0) {
        value.append(el("em", { class: "absent" }, "empty"));
      } else {
        value.append(el("span", { class: "hashed" }, shownBytes(bytes.subarray(0, MAX_PREVIEW))));
        if (part.length > MAX_PREVIEW) value.append(el("em", { class: "absent" }, ` and ${counted(part.length - MAX_PREVIEW, "more byte")}`));
      }
      return el(
        "tr",
        { "data-part": part.name },
        el("td", { class: "number" }, String(place + 1)),
        el("th", { scope: "row" }, part.name === "text" ? "fixed text" : part.name, part.header ? el("span", { class: "from" }, shown(part.header, true)) : null),
        value,
        el("td", { class: "number" }, part.length === null ? "–" : part.length.toLocaleString("en")),
      );
    });
    const note = isWhole ? `${counted(total, "byte")}, hashed in this order` : "incomplete: a part is missing";
    const head = el("tr", {}, ["#", "Part", "Bytes", "Length"].map((name) => el("th", { scope: "col" }, name)));
    return [section("Signed message", note, scroller("Signed message", el("table", { class: "signed" }, el("thead", {}, head), el("tbody", {}, rows))))];
  }

  function signaturesOf({ signatures }) {
    if (!signatures.length) return [];
    const rows = signatures.map((signature) =>
      el(
        "tr",
        { "data-read": signature.form ? "yes" : "no" },
        el("th", { scope: "row" }, shown(signature.header, true)),
        el("td", { class: "bytes" }, shownBytes(bytesOf(signature.entry.base64))),
        el("td", {}, signature.form ? [prose(signature.form), `: ${counted(signature.decoded_length, "byte")}`] : el("em", { class: "absent" }, "not read as a signature: it has none of the scheme's forms")),
      ),
    );
    const head = el("tr", {}, ["Header", "Received", "Read as"].map((name) => el("th", { scope: "col" }, name)));
    return [section("Signature", "as it was received", scroller("Signature", el("table", { class: "signatures" }, el("thead", {}, head), el("tbody", {}, rows))))];
  }

  function headersOf({ headers, missing, scheme }) {
    const tag = (purpose) => (purpose ? el("span", { class: "tag" }, purpose) : null);
    const rows = headers.map((header) =>
      el("tr", { "data-purpose": header.purpose }, el("th", { scope: "row" }, shown(header.name, true), tag(header.purpose)), el("td", { class: "bytes" }, shownBytes(bytesOf(header.value.base64)))),
    );
    const absent = missing.map((header) =>
      el("tr", { "data-purpose": header.purpose, class: "missing" }, el("th", { scope: "row" }, shown(header.name, true), tag(header.purpose)), el("td", {}, el("em", { class: "absent" }, "missing"))),
    );
    const note = scheme ? `those that ${scheme} reads are marked` : undefined;
    const head = el("tr", {}, ["Name", "Value"].map((name) => el("th", { scope: "col" }, name)));
    return section("Headers", note, scroller("Headers", el("table", { class: "headers" }, el("thead", {}, head), el("tbody", {}, absent, rows))));
  }

  /** Returns tabs, which the arrow keys switch between. */
  function tabs(label, choices) {
    const panel = el("div", { role: "tabpanel", id: newId(), tabindex: "0", class: "panel" });
    const buttons = choices.map(([name, content]) =>
      el("button", { type: "button", role: "tab", id: newId(), "aria-controls": panel.id, click: () => choose(name) }, name),
    );
    function choose(chosen) {
      choices.forEach(([name, content], place) => {
        const button = buttons[place];
        const isChosen = name === chosen;
        button.setAttribute("aria-selected", String(isChosen));
        button.tabIndex = isChosen ? 0 : -1;
        if (isChosen) {
          panel.setAttribute("aria-labelledby", button.id);
          panel.replaceChildren(content());
        }
      });
    }
    const bar = el(
      "div",
      {
        role: "tablist",
        "aria-label": label,
        class: "tabs",
        keydown: (event) => {
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (!step) return;
          event.preventDefault();
          const place = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
          choose(choices[place][0]);
          buttons[place].focus();
        },
      },
      buttons,
    );
    choose(choices[0][0]);
    return el("div", {}, bar, panel);
  }

  function bodyOf({ body }) {
    const { length } = body.bytes;
    if (length === 0) return section("Body", "empty");
    const bytes = bytesOf(body.bytes.base64);
    const rest = length - bytes.length;
    const pre = (content) => el("div", {}, el("pre", {}, content), rest ? el("p", { class: "note" }, `${counted(rest, "more byte")} not shown`) : null);
    const choices = [
      ["Text", () => pre(shown(text.decode(bytes)))],
      ["Bytes", () => pre(dumpOf(bytes))],
    ];
    if (body.pretty) choices.unshift([`Pretty ${body.pretty.kind}`, () => pre(shown(body.pretty.text))]);
    if (!body.is_text) choices.reverse();
    const note = `${counted(length, "byte")}${body.is_text ? "" : ", not UTF-8"}`;
    return section("Body", note, tabs("Body", choices));
  }

  /** Returns a button that copies a text, and confirms it. */
  function copyButton(label, string) {
    const button = el("button", { type: "button" }, label);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(string);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Cannot copy: select the text";
      }
      setTimeout(() => (button.textContent = label), 2000);
    });
    return button;
  }

  function commandOf(command) {
    return el("details", { class: "command" }, el("summary", {}, "As a curl command"), el("pre", {}, shown(command)));
  }

  /**
   * Returns everything to show of a request. `heading` goes above the rest, `about` is a note on
   * the request, and `actions` are buttons.
   */
  function inspectionOf(inspection, { heading, about: more, actions = [] } = {}) {
    const line = inspection.method || inspection.target ? `${inspection.method ?? ""} ${inspection.target ?? ""}`.trim() : "A request without its request line";
    const moment = inspection.received_at ? `received ${timeOf(inspection.received_at)}` : null;
    const about = [inspection.scheme ? `scheme ${inspection.scheme}` : null, moment, more].filter(Boolean).join(", ");
    return el(
      "article",
      { class: "inspection", "data-verdict": inspection.verdict },
      el(
        "header",
        {},
        heading ?? null,
        el("h2", { class: "request-line", tabindex: "-1" }, shown(line, true)),
        el("p", { class: "outcome" }, verdictOf(inspection.verdict), inspection.message ? el("span", { class: "message" }, shown(inspection.message, true)) : null),
        about ? el("p", { class: "note" }, shown(about, true)) : null,
        inspection.looks_like.length && inspection.verdict !== "verified" ? el("p", { class: "note" }, `It has the headers of ${inspection.looks_like.join(", ")}.`) : null,
        inspection.hint ? el("p", { class: "note" }, "Hint: ", prose(inspection.hint)) : null,
        inspection.note ? el("p", { class: "note" }, "Note: ", shown(inspection.note)) : null,
        el("div", { class: "actions" }, actions, copyButton("Copy as curl", inspection.curl)),
      ),
      explanationOf(inspection),
      coverageOf(inspection),
      signedOf(inspection),
      signaturesOf(inspection),
      headersOf(inspection),
      bodyOf(inspection),
      commandOf(inspection.curl),
    );
  }

  Object.assign(hookseal, { el, shown, bytesOf, base64Of, counted, sizeOf, durationOf, agoOf, timeOf, verdictOf, copyButton, commandOf, scroller, tabs, inspectionOf });
})();
