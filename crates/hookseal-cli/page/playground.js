// The playground: asks the module, and shows the answers.
"use strict";

(() => {
  const { el, shown, base64Of, scroller, copyButton, commandOf, inspectionOf, ask } = hookseal;
  const byId = (id) => document.getElementById(id);

  // Public, as are the requests of the project's own examples.
  const EXAMPLE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const EXAMPLE_TIME = "1795314745";
  const EXAMPLE_HEAD = [
    "POST /hooks/billing HTTP/1.1",
    "Host: hooks.example.com",
    "Content-Type: application/json",
    "webhook-id: msg_35hQx2LrVn9YtKc4WfPzBs8DjGm",
    `webhook-timestamp: ${EXAMPLE_TIME}`,
    "webhook-signature: v1,@SIGNATURE@",
  ];
  const EXAMPLE_BODY = '{"type":"invoice.paid","data":{"id":"inv_8fK2","total":10.50}}';
  const TAMPERED_BODY = '{"type": "invoice.paid", "data": {"id": "inv_8fK2", "total": 10.5}}';

  const OPTIONS = [
    ["received-at", "number", "When it was received, in seconds since 1970; otherwise now"],
    ["url", "text", "The receiver's public URL, where the scheme signs it"],
    ["endpoint", "text", "The endpoint exactly as it is signed"],
    ["tolerance", "number", "How far the timestamp may be off, in seconds"],
    ["header-prefix", "text", "The prefix of the headers, such as svix"],
    ["header-name", "text", "The header with the signature"],
    ["encoding", ["", "hex", "base64"], "The only encoding accepted"],
    ["prefix", ["", "required", "forbidden", "optional"], "Whether the signature has its prefix"],
    ["secret-format", ["", "text", "base64", "hex"], "How the secrets are written"],
    ["format", ["", "http1", "http2", "curl", "event", "har"], "The format of the file, if it is not detected"],
    ["body", "file", "The body, for the output of curl -v"],
    ["id", "text", "The id of the message; otherwise a random one"],
    ["timestamp", "number", "The time of signing, in seconds since 1970; otherwise now"],
    ["method", "text", "The method, where it is signed; otherwise POST"],
    ["header", "textarea", "Headers that are signed, one per line: NAME: VALUE"],
  ];
  const OF_CHECKING = new Set(["received-at", "format", "body"]);
  const OF_SIGNING = new Set(["id", "timestamp", "method", "header"]);
  const OF_ALL = new Set(["url", "secret-format", "format", "body", "method", "header"]);
  /** The options that are shown while the scheme is detected. */
  const OF_NONE = new Set(["received-at"]);

  let schemes = [];
  let isSigning = false;

  // The form

  for (const [name, kind, help] of OPTIONS) {
    const id = `option-${name}`;
    const common = { id, autocomplete: "off", spellcheck: "false" };
    const field = Array.isArray(kind)
      ? el("select", common, kind.map((value) => el("option", { value }, value || "–")))
      : kind === "textarea"
        ? el("textarea", common)
        : el("input", { ...common, type: kind, min: kind === "number" ? "0" : null });
    byId("options").append(el("label", { "data-option": name }, name, el("small", {}, help), field));
  }

  function addSecret(value = "") {
    const number = byId("secrets").children.length + 1;
    // Not a password field: browsers offer to store passwords. Several lines, since a line break at the end is a common fault.
    const field = el("textarea", { rows: "1", class: "concealed text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-label": `Secret ${number}`, "data-1p-ignore": "", "data-lpignore": "true" });
    field.value = value;
    const show = el("button", { type: "button", "aria-pressed": "false" }, "Show");
    show.addEventListener("click", () => {
      const isConcealed = field.classList.toggle("concealed");
      show.setAttribute("aria-pressed", String(!isConcealed));
    });
    const remove = el("button", { type: "button", "aria-label": `Remove secret ${number}` }, "Remove");
    const keyId = el("input", { type: "text", class: "key-id", placeholder: "The id of its key", "aria-label": `Id of the key of secret ${number}`, autocomplete: "off", spellcheck: "false" });
    const row = el("div", { class: "secret" }, field, show, remove, keyId);
    remove.addEventListener("click", () => {
      field.value = "";
      row.remove();
      if (!byId("secrets").children.length) addSecret();
    });
    byId("secrets").append(row);
    fit();
    return field;
  }

  /** Shows the options that apply to the scheme and the task. */
  function fit() {
    const name = byId("scheme").value;
    const scheme = schemes.find((known) => known.name === name);
    byId("scheme-file-label").hidden = name !== "file";
    for (const label of byId("options").children) {
      const { option } = label.dataset;
      const fits = name === "file" || OF_ALL.has(option) || (scheme ? scheme.options.includes(option) : OF_NONE.has(option));
      const isOther = isSigning ? OF_CHECKING.has(option) : OF_SIGNING.has(option);
      label.hidden = !fits || isOther;
    }
    for (const field of document.querySelectorAll(".key-id")) {
      field.hidden = name !== "file" && !scheme?.names_keys;
    }
  }

  function turnTo(signing) {
    isSigning = signing;
    byId("check").hidden = signing;
    byId("sign").hidden = !signing;
    byId("do-check").setAttribute("aria-pressed", String(!signing));
    byId("do-sign").setAttribute("aria-pressed", String(signing));
    byId("go").textContent = signing ? "Sign" : "Check";
    byId("result").replaceChildren();
    fit();
  }

  const bytesIn = async (file, textarea) => {
    const chosen = byId(file).files[0];
    return chosen ? new Uint8Array(await chosen.arrayBuffer()) : new TextEncoder().encode(textarea ? byId(textarea).value : "");
  };

  function valueOf(name) {
    const field = byId(`option-${name}`);
    return field.closest("label").hidden || field.value === "" ? undefined : field.value;
  }

  const numberOf = (name) => (valueOf(name) === undefined ? undefined : Number(valueOf(name)));

  /** Returns the fields that all questions share. */
  function common() {
    const name = byId("scheme").value;
    const options = {};
    for (const option of ["url", "endpoint", "header-prefix", "header-name", "encoding", "prefix", "secret-format"]) {
      options[option] = valueOf(option);
    }
    options.tolerance = numberOf("tolerance");
    const secrets = Array.from(byId("secrets").children, (row) => ({
      text: row.querySelector(".text").value,
      id: row.querySelector(".key-id").value || undefined,
    }));
    return {
      scheme: name && name !== "file" ? name : undefined,
      scheme_file: name === "file" ? byId("scheme-file").value : undefined,
      options,
      secrets: secrets.filter((secret) => secret.text !== ""),
    };
  }

  async function questionOfChecking() {
    const hasBody = byId("option-body").files.length > 0;
    return {
      do: "inspect",
      ...common(),
      request: base64Of(await bytesIn("request-file", "request")),
      body: hasBody ? base64Of(await bytesIn("option-body")) : undefined,
      format: valueOf("format"),
      received_at: numberOf("received-at"),
    };
  }

  async function questionOfSigning() {
    const lines = (valueOf("header") ?? "").split("\n").filter((line) => line.includes(":"));
    return {
      do: "sign",
      ...common(),
      body: base64Of(await bytesIn("sign-file", "sign-body")),
      id: valueOf("id"),
      timestamp: numberOf("timestamp"),
      method: valueOf("method"),
      headers: lines.map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]),
    };
  }

  // The answer

  const problem = (message) => el("div", { class: "card problem", role: "alert" }, el("h2", {}, "There is no answer"), el("p", {}, shown(message)));

  function signedOf({ headers, curl }) {
    const lines = headers.map(([name, value]) => `${name}: ${value}`).join("\n");
    const rows = headers.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, shown(name, true)), el("td", { class: "bytes" }, shown(value, true))));
    return el(
      "article",
      { class: "inspection" },
      el("header", {}, el("h2", {}, "The headers that sign the body"), el("div", { class: "actions" }, copyButton("Copy the headers", lines), copyButton("Copy as curl", curl))),
      scroller("Headers", el("table", { class: "headers" }, el("tbody", {}, rows))),
      commandOf(curl),
    );
  }

  function show(answer) {
    const content = answer.error
      ? [problem(answer.error)]
      : answer.signed
        ? [signedOf(answer.signed)]
        : answer.inspections.map((inspection) => (inspection.error ? problem(inspection.error) : inspectionOf(inspection)));
    byId("result").replaceChildren(...content);
  }

  async function go() {
    byId("go").disabled = true;
    byId("result").setAttribute("aria-busy", "true");
    try {
      const question = await (isSigning ? questionOfSigning() : questionOfChecking());
      // The search may take seconds: let the page show that it has started.
      await new Promise((resolve) => setTimeout(resolve, 20));
      show(await ask(question));
    } catch (error) {
      byId("result").replaceChildren(problem(`The module cannot be run: ${error.message}`));
    }
    byId("go").disabled = false;
    byId("result").removeAttribute("aria-busy");
    byId("result").focus({ preventScroll: true });
    // On a narrow screen the result is below the form.
    const isBelow = byId("result").getBoundingClientRect().top > innerHeight / 2;
    if (isBelow) byId("result").scrollIntoView();
  }

  function forget() {
    byId("form").reset();
    byId("secrets").replaceChildren();
    addSecret();
    turnTo(isSigning);
  }

  /** Fills in the example's head and this body. The signature is that of the example's body. */
  async function fillIn(body) {
    forget();
    turnTo(false);
    const encoder = new TextEncoder();
    const { signed } = await ask({
      do: "sign",
      scheme: "standard-webhooks",
      secrets: [{ text: EXAMPLE_SECRET }],
      body: base64Of(encoder.encode(EXAMPLE_BODY)),
      id: "msg_35hQx2LrVn9YtKc4WfPzBs8DjGm",
      timestamp: Number(EXAMPLE_TIME),
    });
    const [, signature] = signed.headers.find(([name]) => name === "webhook-signature");
    const head = EXAMPLE_HEAD.join("\n").replace("v1,@SIGNATURE@", signature);
    byId("request").value = `${head}\ncontent-length: ${encoder.encode(body).length}\n\n${body}`;
    byId("secrets").querySelector(".text").value = EXAMPLE_SECRET;
    byId("scheme").value = "";
    byId("option-received-at").value = EXAMPLE_TIME;
    await go();
  }

  // The page's events

  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
  byId("form").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) go();
  });
  byId("scheme").addEventListener("change", fit);
  byId("add-secret").addEventListener("click", () => addSecret().focus());
  byId("forget").addEventListener("click", forget);
  byId("do-check").addEventListener("click", () => turnTo(false));
  byId("do-sign").addEventListener("click", () => turnTo(true));
  byId("example").addEventListener("click", () => fillIn(EXAMPLE_BODY));
  byId("tampered").addEventListener("click", () => fillIn(TAMPERED_BODY));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) byId(isSigning ? "sign-file" : "request-file").files = event.dataTransfer.files;
  });

  addSecret();
  ask({ do: "schemes" })
    .then((answer) => {
      schemes = answer.schemes;
      const last = byId("scheme").lastElementChild;
      last.before(...schemes.map(({ name }) => el("option", { value: name }, name)));
      document.body.dataset.state = "ready";
      fit();
    })
    .catch((error) => byId("result").replaceChildren(problem(`The module cannot be run: ${error.message}`)));
})();
