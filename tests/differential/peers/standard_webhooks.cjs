// The packages `standardwebhooks` and `svix`; the argument says which. Answers
// questions, a line of JSON each, until there are no more.
"use strict";

const { Webhook } = require(process.argv[2]);

class Inexpressible extends Error {}

function webhook({ secret, raw_secret: raw }) {
  return raw ? new Webhook(Buffer.from(secret), { format: "raw" }) : new Webhook(secret);
}

function sign(message) {
  const moment = new Date(Number(message.timestamp) * 1000);
  return { signed: webhook(message).sign(message.id, moment, message.body) };
}

function verify(request) {
  const headers = {};
  for (const [name, value] of request.headers) {
    // As Node's `http` has them.
    if (name.toLowerCase() in headers) throw new Inexpressible(`${name} twice in an object`);
    headers[name.toLowerCase()] = value;
  }
  const receiver = webhook(request);
  try {
    receiver.verify(request.body, headers);
  } catch (why) {
    // A verified body that is no JSON.
    if (!(why instanceof SyntaxError)) throw why;
  }
  return "accepted";
}

function answer(line) {
  const [[what, question]] = Object.entries(JSON.parse(line));
  question.body = Buffer.from(question.body, "base64");
  try {
    return what === "sign" ? sign(question) : verify(question);
  } catch (why) {
    return { [why instanceof Inexpressible ? "inexpressible" : "refused"]: String(why) };
  }
}

// Not by `readline`, for which U+2028 ends a line too.
let rest = "";
process.stdin.setEncoding("utf8").on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) process.stdout.write(`${JSON.stringify(answer(line))}\n`);
});
