// The requests that `hookseal listen --ui` receives, as they arrive.
"use strict";

(() => {
  const { el, shown, counted, sizeOf, durationOf, agoOf, verdictOf, inspectionOf } = hookseal;
  const byId = (id) => document.getElementById(id);
  const [rows, detail, state, count] = ["rows", "detail", "state", "count"].map(byId);

  // Taken from the fragment, so it is in no request line and no log.
  const token = new URLSearchParams(location.hash.slice(1)).get("token");

  /** The height of a row in pixels, as in the style sheet. */
  const ROW = 52;
  /** How many rows to create above and below the visible ones. */
  const SPARE = 8;

  const about = { receiver: "", scheme: null, forwards: false, limit: 0 };
  let requests = new Map();
  let received = 0;
  let dropped = 0;
  let oldest = 0;
  /** The requests that pass the filters, newest first. */
  let listed = [];
  /** The requests that arrived while the list is paused, by id. */
  const held = new Map();
  let isPaused = false;
  /** Why nothing is received; `null` if all is well. */
  let trouble = "";
  /** The ids of the requests that contain the searched text; `null` for all. */
  let found = null;
  let chosen = null;

  async function ask(path, options = {}) {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`api/${path}`, { ...options, headers, cache: "no-store" });
    if (!answer.ok) throw new Error(await answer.text());
    return answer;
  }

  // What has arrived

  /** Reads server-sent events from a stream: `EventSource` could not send the token. */
  async function* eventsOf(stream) {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events) {
        const lines = event.split("\n").map((line) => line.match(/^(event|data): (.*)$/s));
        const fields = Object.fromEntries(lines.filter(Boolean).map(([, name, data]) => [name, data]));
        if (fields.data) yield [fields.event, JSON.parse(fields.data)];
      }
    }
  }

  async function listen() {
    for (;;) {
      try {
        const { body } = await ask("events");
        trouble = null;
        requests = new Map();
        for await (const [name, data] of eventsOf(body)) {
          if (name === "hello") Object.assign(about, data);
          else take(data);
          sum();
        }
        trouble = "The command has ended.";
      } catch (error) {
        const isGone = error instanceof TypeError;
        trouble = isGone ? "The command does not answer." : error.message;
        if (!isGone) break;
      }
      sum();
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    sum();
  }

  function take(news) {
    ({ received, dropped, oldest } = news);
    if (isPaused) {
      for (const entry of news.entries) held.set(entry.id, entry);
    } else {
      keep(news.entries);
    }
    for (const known of [requests, held]) {
      for (const id of known.keys()) {
        if (id < oldest) known.delete(id);
      }
    }
    later();
  }

  function keep(entries) {
    for (const entry of entries) {
      requests.set(entry.id, entry);
      if (entry.id === chosen) open(entry.id);
    }
    if (entries.length && byId("search").value) search();
  }

  // The list, of which only the visible rows are in the page

  let isDue = false;

  /** Lists the requests again, at most once per frame. */
  function later() {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      filter();
    });
  }

  function filter() {
    const [verdict, scheme] = [byId("verdict").value, byId("scheme").value];
    const isWanted = (request) => (!verdict || request.verdict === verdict) && (!scheme || request.scheme === scheme) && (!found || found.has(request.id));
    // An existing option keeps its place, so that nothing moves under the pointer.
    const first = Math.floor(rows.scrollTop / ROW);
    const anchor = rows.scrollTop > 0 ? listed[first]?.id : undefined;
    listed = [...requests.values()].filter(isWanted).sort((a, b) => b.id - a.id);
    offer();
    draw();
    if (anchor !== undefined) {
      const moved = listed.findIndex((request) => request.id <= anchor) - first;
      if (moved > 0) rows.scrollTop += moved * ROW;
    }
    sum();
  }

  /** Offers the schemes of the requests. */
  function offer() {
    const select = byId("scheme");
    const known = new Set(Array.from(select.options, (option) => option.value));
    for (const { scheme } of requests.values()) {
      if (!scheme || known.has(scheme)) continue;
      known.add(scheme);
      select.append(el("option", { value: scheme }, scheme));
    }
  }

  const spacer = el("div", { class: "spacer", role: "presentation" });
  rows.append(spacer);

  /** The rows in the page, by request. */
  let made = new Map();

  /** Draws the visible rows. A row stays the same element, so that a click works while others arrive. */
  function draw() {
    spacer.style.height = `${listed.length * ROW}px`;
    const first = Math.max(0, Math.floor(rows.scrollTop / ROW) - SPARE);
    const end = Math.min(listed.length, Math.ceil((rows.scrollTop + rows.clientHeight) / ROW) + SPARE);
    const seen = listed.slice(first, end);
    const old = made;
    made = new Map(seen.map((request) => [request, old.get(request) ?? rowOf(request)]));
    for (const [request, row] of old) {
      if (!made.has(request)) row.remove();
    }
    const now = Date.now() / 1000;
    seen.forEach((request, place) => {
      const row = made.get(request);
      if (spacer.children[place] !== row) spacer.insertBefore(row, spacer.children[place] ?? null);
      row.style.top = `${(first + place) * ROW}px`;
      row.setAttribute("aria-selected", String(request.id === chosen));
      row.setAttribute("aria-setsize", listed.length);
      row.setAttribute("aria-posinset", first + place + 1);
      say(row.querySelector(".age"), agoOf(now - request.received_at));
    });
    const isShown = chosen !== null && seen.some((request) => request.id === chosen);
    if (isShown) rows.setAttribute("aria-activedescendant", `request-${chosen}`);
    else rows.removeAttribute("aria-activedescendant");
  }

  function rowOf(request) {
    const line = `${request.method} ${request.target}`.trim();
    const why = request.is_searching ? "searching for the cause…" : request.cause ? request.cause.join(", ") : request.message;
    const note = el("span", { class: "note" }, request.scheme ? el("b", {}, shown(request.scheme, true)) : null, request.scheme && why ? ": " : null, why ? shown(why, true) : null);
    return el(
      "div",
      { class: "row", id: `request-${request.id}`, role: "option", "data-verdict": request.verdict, click: () => choose(request.id) },
      verdictOf(request.verdict),
      el("span", { class: "line" }, shown(line || "no request", true), note),
      el("span", { class: "measures" }, el("span", { class: "age" }), el("span", {}, `${sizeOf(request.body_length)}, ${durationOf(request.micros)}`)),
    );
  }

  /** Counts the held requests that are new: some may be updates of shown ones. */
  const newHeld = () => [...held.keys()].filter((id) => !requests.has(id)).length;

  /** Sets a text unless it is unchanged: screen readers would read it again. */
  function say(element, sentence) {
    if (element.textContent !== sentence) element.textContent = sentence;
  }

  /** Shows what is received, and how much of it is listed. */
  function sum() {
    const paused = isPaused ? `Paused: ${newHeld().toLocaleString("en")} more` : null;
    document.body.dataset.state = trouble !== null ? "off" : isPaused ? "paused" : "on";
    say(state, trouble ?? paused ?? `Receiving on ${about.receiver}`);
    const parts = [counted(received, "request")];
    if (listed.length !== requests.size) parts.push(`${listed.length.toLocaleString("en")} shown`);
    if (dropped) parts.push(`the oldest ${dropped.toLocaleString("en")} dropped: the last ${about.limit.toLocaleString("en")} are kept, fewer if they are large`);
    const none = about.receiver ? `No requests yet. Send one to ${about.receiver}` : "";
    say(count, received ? parts.join(", ") : none);
  }

  // One request

  function choose(id) {
    chosen = id;
    draw();
    open(id);
  }

  /** Chooses a request by its place, and scrolls it into view. */
  function step(place) {
    if (!listed.length) return;
    const at = Math.max(0, Math.min(listed.length - 1, place));
    const top = at * ROW;
    if (top < rows.scrollTop) rows.scrollTop = top;
    if (top + ROW > rows.scrollTop + rows.clientHeight) rows.scrollTop = top + ROW - rows.clientHeight;
    choose(listed[at].id);
  }

  let asked = 0;

  async function open(id) {
    const request = requests.get(id);
    if (!request) return;
    const own = ++asked;
    document.body.classList.add("has-detail");
    detail.setAttribute("aria-busy", "true");
    const close = el("button", { type: "button", class: "back", click: back }, "Back to the list");
    let content;
    if (request.is_kept) {
      try {
        const inspection = await (await ask(`requests/${id}`)).json();
        content = inspectionOf(inspection, { heading: close, about: aboutOf(request), actions: actionsOf(request) });
      } catch (error) {
        content = el("p", { class: "note" }, error.message);
      }
    } else {
      const why =
        request.verdict === "handshake"
          ? "A handshake may hand over a secret, so its content is not kept."
          : "It could not be read as a request, so there is nothing to show.";
      content = el("article", { class: "inspection" }, el("header", {}, close, el("p", { class: "outcome" }, verdictOf(request.verdict), request.message ? el("span", { class: "message" }, shown(request.message, true)) : null), el("p", { class: "note" }, why)));
    }
    // Another request may have been chosen in the meantime.
    if (own !== asked) return;
    const hadFocus = detail.contains(document.activeElement);
    detail.replaceChildren(content);
    detail.removeAttribute("aria-busy");
    if (hadFocus) detail.focus();
  }

  function aboutOf(request) {
    const answered = `answered ${request.status} after ${durationOf(request.micros)}`;
    return request.file ? `${answered}, saved as ${request.file}` : answered;
  }

  function back() {
    document.body.classList.remove("has-detail");
    chosen = null;
    asked++;
    detail.replaceChildren();
    detail.removeAttribute("aria-busy");
    draw();
    rows.focus();
  }

  function actionsOf(request) {
    const save = el("button", { type: "button" }, "Save");
    save.addEventListener("click", () => acting(save, () => download(request)));
    const send = el("button", { type: "button", disabled: !about.forwards, title: about.forwards ? null : "Start the command with --forward" }, "Send again");
    send.addEventListener("click", () => acting(send, () => sendAgain(request)));
    return [save, send];
  }

  /** Runs an action, and shows the result beside the button. */
  async function acting(button, action) {
    const output = el("output", { class: "note" });
    button.parentElement.querySelectorAll("output").forEach((old) => old.remove());
    button.parentElement.append(output);
    button.disabled = true;
    try {
      output.append(shown(await action(), true));
    } catch (error) {
      output.append(shown(error.message, true));
    }
    button.disabled = false;
  }

  async function download(request) {
    const bytes = await (await ask(`requests/${request.id}/raw`)).blob();
    const url = URL.createObjectURL(bytes);
    // The name contains nothing that a sender chose.
    const name = `${request.received_at}-${request.id}.http`;
    el("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    return `Saved as ${name}, which hookseal verify reads`;
  }

  async function sendAgain(request) {
    const sent = await (await ask(`requests/${request.id}/send`, { method: "POST" })).json();
    return sent.error ? `Not answered: ${sent.error}` : `The service answered ${sent.status} after ${durationOf(sent.micros)}`;
  }

  // The tools

  let searching = 0;

  /** Asks which requests contain a text; the page itself has no bodies. */
  function search() {
    const text = byId("search").value;
    clearTimeout(searching);
    if (!text) {
      found = null;
      later();
      return;
    }
    searching = setTimeout(async () => {
      const ids = await (await ask("search", { method: "POST", body: text })).json();
      if (byId("search").value !== text) return;
      found = new Set(ids);
      later();
    }, 150);
  }

  function pause() {
    isPaused = !isPaused;
    byId("pause").setAttribute("aria-pressed", String(isPaused));
    if (!isPaused) {
      keep([...held.values()]);
      held.clear();
    }
    later();
  }

  byId("search").addEventListener("input", search);
  byId("verdict").addEventListener("change", later);
  byId("scheme").addEventListener("change", later);
  byId("pause").addEventListener("click", pause);
  rows.addEventListener("scroll", draw, { passive: true });
  rows.addEventListener("keydown", (event) => {
    const at = listed.findIndex((request) => request.id === chosen);
    const page = Math.max(1, Math.floor(rows.clientHeight / ROW) - 1);
    const places = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: listed.length - 1 };
    if (event.key in places) {
      event.preventDefault();
      step(places[event.key]);
    } else if (event.key === "Enter") {
      if (at < 0) step(0);
      detail.focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("has-detail")) back();
    const isTyping = event.target.closest("input, select, textarea");
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      byId("search").focus();
    }
  });
  new ResizeObserver(draw).observe(rows);
  setInterval(draw, 1000);

  if (token) {
    listen();
  } else {
    trouble = "Open the URL that the command printed: it contains the token.";
    sum();
  }
})();
