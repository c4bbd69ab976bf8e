#!/usr/bin/env python3
"""Writes more-senders.json: cases for the senders of the catalogue that senders.json leaves out.

Each row says how a sender signs, as its documentation, its SDK or an independent implementation has it. Only CPython's
standard library signs, and nothing is read from the crate. Run it beside the file; it writes the same bytes each time.
"""

import base64
import hashlib
import hmac
import json
import pathlib
from email.utils import formatdate

NOW = 1795000000
URL = "https://hooks.example.com/webhooks/in"
TARGET = "/webhooks/in"
BODIES = [
    b'{"id":"evt_1","type":"thing.created","n":10.00,"text":"caf\\u00e9 / \\"x\\""}',
    '{"id":2,"text":"naïve — ☕"}\n'.encode(),
    b'{"id":"evt_3","none":null}',
]


def text_key(secret):
    return secret.encode()


def whsec_key(secret):
    return base64.b64decode(secret.removeprefix("v1,").removeprefix("whsec_"))


def seconds(at):
    return str(at)


def milliseconds(at):
    return str(at * 1000 + 257)


def scalr_date(at):
    # "Thu 07 Sep 2017 06:30:04 UTC"
    return formatdate(at, usegmt=True).replace(",", "").replace("GMT", "UTC")


def hex_of(mac):
    return mac.hex()


def base64_of(mac):
    return base64.b64encode(mac).decode()


class Sender:
    """How one sender signs.

    `message` gives the signed bytes from a dict with `time`, `id`, `body`, `url` and more; `headers` gives the headers
    from a list of tags, which are the encoded MACs under each secret, and that dict.
    """

    def __init__(self, scheme, headers, message=lambda r: r["body"], *, write=hex_of, digest="sha256", key=text_key,
                 time=None, window=300, identifier=None, url=None, secret=None, several=False, method="POST",
                 target=TARGET):
        self.scheme, self.headers, self.message = scheme, headers, message
        self.write, self.digest, self.key = write, digest, key
        self.time, self.window, self.identifier = time, window, identifier
        self.url, self.several, self.method, self.target = url, several, method, target
        self.secret = secret or f"{scheme}-Secr3t/+=_0123456789-abcdef"
        # Of the same form, and another.
        self.other = another(self.secret, key)

    def request(self, body, at=NOW - 2, secret=None, shown=None, identifier=None):
        """Headers as sent. `shown`: the moment in the header, if it is not the signed one."""
        # One under each of these secrets, or a list of such.
        secrets = secret if isinstance(secret, list) else [secret or self.secret]
        signed = {"body": body, "id": self.identifier, "time": self.time and self.time(at), "method": self.method,
                  "target": self.target, "url": self.url}
        tags = [
            self.write(hmac.new(self.key(one), self.message(signed), getattr(hashlib, self.digest)).digest())
            for one in secrets
        ]
        if shown is not None:
            signed["time"] = self.time(shown)
        if identifier is not None:
            signed["id"] = identifier
        return [list(header) for header in self.headers(tags, signed)]


def another(secret, key):
    if key is whsec_key:
        prefix = secret[: -len(secret.split("_")[-1])]
        return prefix + base64.b64encode(bytes(range(100, 132))).decode()
    if key == bytes.fromhex:
        return bytes(range(100, 132)).hex()
    return "another-" + secret


def one(name, prefix=""):
    """One signature in a header."""
    return lambda tags, r: [(name, prefix + tags[0])]


def timed(name, time_name, prefix=""):
    """A time and a signature in headers of their own."""
    return lambda tags, r: [(time_name, r["time"]), (name, prefix + tags[0])]


def listed(name, time="t", tag="v1", between=","):
    """A time and signatures in a list."""
    return lambda tags, r: [(name, between.join([f"{time}={r['time']}"] + [f"{tag}={one}" for one in tags]))]


def standard(prefix):
    """Standard Webhooks."""
    return lambda tags, r: [
        (f"{prefix}-id", r["id"]),
        (f"{prefix}-timestamp", r["time"]),
        (f"{prefix}-signature", " ".join(f"v1,{tag}" for tag in tags)),
    ]


def joined(between, *names):
    """These values with a text between."""
    def message(r):
        values = [r[name] if isinstance(r[name], bytes) else r[name].encode() for name in names]
        return between.encode().join(values)
    return message


TIME_DOT_BODY = joined(".", "time", "body")
ID_TIME_BODY = joined(".", "id", "time", "body")
WHSEC = "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY="


def standard_sender(scheme, prefix="webhook", secret=WHSEC):
    return Sender(scheme, standard(prefix), ID_TIME_BODY, write=base64_of, key=whsec_key, time=seconds,
                  identifier="msg_2ZxInvented01", secret=secret, several=True)


def stripe_like(scheme, name, window=300, **kinds):
    return Sender(scheme, listed(name, **kinds), TIME_DOT_BODY, time=seconds, window=window, several=True)


def body_in(scheme, name, prefix="", **kinds):
    return Sender(scheme, one(name, prefix), **kinds)


def hook0(tags, r):
    names = "content-type x-event-id x-event-type"
    return [("content-type", "application/json"), ("x-event-id", "evt-1"), ("x-event-type", "user.created"),
            ("X-Hook0-Signature", f"t={r['time']},h={names}," + ",".join(f"v1={tag}" for tag in tags))]


def hook0_message(r):
    names = "content-type x-event-id x-event-type"
    return f"{r['time']}.{names}.application/json.evt-1.user.created.".encode() + r["body"]


def contentful(tags, r):
    names = "x-contentful-topic,x-contentful-signed-headers,x-contentful-timestamp"
    return [("x-contentful-topic", "ContentManagement.Entry.publish"), ("x-contentful-signed-headers", names),
            ("x-contentful-timestamp", r["time"]), ("x-contentful-signature", tags[0])]


def contentful_message(r):
    names = "x-contentful-topic,x-contentful-signed-headers,x-contentful-timestamp"
    headers = (f"x-contentful-topic:ContentManagement.Entry.publish;x-contentful-signed-headers:{names};"
               f"x-contentful-timestamp:{r['time']}")
    return f"{r['method']}\n{r['target']}\n{headers}\n".encode() + r["body"]


SENDERS = [
    standard_sender("resend", "svix"),
    standard_sender("anthropic"),
    standard_sender("render"),
    standard_sender("supabase", secret="v1," + WHSEC),
    standard_sender("gitlab-signing"),
    standard_sender("signatureapi"),
    standard_sender("fathom"),
    stripe_like("mux", "Mux-Signature"),
    stripe_like("tailscale", "Tailscale-Webhook-Signature"),
    stripe_like("buildkite", "X-Buildkite-Signature", time="timestamp", tag="signature"),
    Sender("hook0-v1", hook0, hook0_message, time=seconds, several=True),
    Sender("paddle", listed("Paddle-Signature", "ts", "h1", ";"), joined(":", "time", "body"), time=seconds, window=5,
           several=True),
    Sender("webflow", timed("x-webflow-signature", "x-webflow-timestamp"), joined(":", "time", "body"),
           time=milliseconds),
    Sender("cashfree", timed("x-webhook-signature", "x-webhook-timestamp"), joined("", "time", "body"),
           write=base64_of, time=milliseconds),
    Sender("podium", timed("podium-signature", "podium-timestamp"), TIME_DOT_BODY, time=milliseconds),
    body_in("jira", "X-Hub-Signature", "sha256="),
    body_in("meta", "X-Hub-Signature-256", "sha256="),
    body_in("gitea", "X-Gitea-Signature"),
    body_in("dropbox", "X-Dropbox-Signature"),
    body_in("checkr", "x-checkr-signature"),
    body_in("clickup", "X-Signature"),
    Sender("worldpay", lambda tags, r: [("Event-Signature", ",".join(f"{n + 1}/SHA256/{tag}" for n, tag in enumerate(tags)))],
           several=True),
    body_in("woocommerce", "X-WC-Webhook-Signature", write=base64_of),
    body_in("line", "x-line-signature", write=base64_of),
    body_in("xero", "x-xero-signature", write=base64_of),
    body_in("jobber", "x-jobber-hmac-sha256", write=base64_of),
    body_in("typeform", "Typeform-Signature", "sha256=", write=base64_of),
    body_in("twitter", "x-twitter-webhooks-signature", "sha256=", write=base64_of),
    Sender("docusign", lambda tags, r: [(f"X-DocuSign-Signature-{n + 1}", tag) for n, tag in enumerate(tags)],
           write=base64_of, several=True),
    Sender("worldline", lambda tags, r: [("X-GCS-KeyId", "key-1"), ("X-GCS-Signature", tags[0])], write=base64_of),
    body_in("adyen-banking", "HmacSignature", write=base64_of, key=bytes.fromhex, secret=bytes(range(7, 39)).hex()),
    body_in("connectwise", "x-content-signature", write=base64_of,
            key=lambda secret: hashlib.sha256(secret.encode()).digest()),
    Sender("contentful", contentful, contentful_message, time=milliseconds, window=30,
           secret="6a1b94d2f7c35e08a9d4b7c6e1f2035894ab3d7c5e6f1a2b8c9d0e7f41325b6a"),
    body_in("vercel", "x-vercel-signature", digest="sha1"),
    Sender("scalr", timed("X-Signature", "Date"), joined("", "body", "time"), digest="sha1", time=scalr_date),
]


def cases(sender):
    ids = {"worldpay": ["1"], "worldline": ["key-1"]}.get(sender.scheme)

    def case(name, body, headers, expect="valid", reason=None, secrets=None):
        secrets = secrets or [sender.secret]
        options = {}
        if ids:
            # The last secret is that of the id in the requests.
            options["key_ids"] = [f"other-{n}" for n in range(len(secrets) - 1)] + ids
        found = {"scheme": sender.scheme, "name": name, "oracle": "CPython hmac, from the sender's documentation",
                 "secrets": secrets, "options": options, "now": NOW, "method": sender.method, "url": URL,
                 "headers": headers, "body_base64": base64.b64encode(body).decode(), "expect": expect}
        if reason:
            found["reason"] = reason
        return found

    first = BODIES[0]
    genuine = sender.request(first)
    for number, body in enumerate(BODIES):
        yield case(f"valid-{number}", body, sender.request(body))
    mismatch = ("invalid", "signature-mismatch")
    yield case("body-changed", first.replace(b"created", b"deleted"), genuine, *mismatch)
    yield case("body-line-feed-added", first + b"\n", genuine, *mismatch)
    yield case("another-secret", first, genuine, *mismatch, secrets=[sender.other])
    yield case("two-secrets-the-second-matches", first, genuine, secrets=[sender.other, sender.secret])
    yield case("no-headers", first, [["content-type", "application/json"]], "invalid", "missing-header")
    yield case("header-names-in-lower-case", first, [[name.lower(), value] for name, value in genuine])
    if sender.time:
        old, future = NOW - sender.window - 5, NOW + sender.window + 5
        young = NOW - sender.window + (1 if sender.window < 10 else 5)
        yield case("too-old", first, sender.request(first, old), "invalid", "timestamp-too-old")
        yield case("in-the-future", first, sender.request(first, future), "invalid", "timestamp-in-future")
        yield case("just-young-enough", first, sender.request(first, young))
        yield case("timestamp-changed", first, sender.request(first, shown=NOW - 1), *mismatch)
    if sender.identifier:
        yield case("id-changed", first, sender.request(first, identifier="msg_other"), *mismatch)
    if sender.several:
        two = sender.request(first, secret=[sender.other, sender.secret])
        if sender.scheme == "worldpay":
            two = [["Event-Signature", two[0][1].replace("1/", "7/", 1).replace("2/", "1/", 1)]]
        yield case("two-signatures-the-second-matches", first, two)


def known(scheme, oracle, secret, body, headers, now=NOW, url=None):
    """A known answer that somebody else has published."""
    options = {"url": url} if url else {}
    return {"scheme": scheme, "name": "public-0", "oracle": "public: " + oracle, "secrets": [secret], "options": options,
            "now": now, "method": "POST", "url": URL, "headers": headers,
            "body_base64": base64.b64encode(body).decode(), "expect": "valid"}


KNOWN = [
    known("slack", "slackapi/python-slack-sdk tests/slack_sdk/signature/test_signature_verifier.py, and Slack's docs",
          "8f742231b10e8888abcd99yyyzzz85a5",
          b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
          b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
          b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
          b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
          [["X-Slack-Request-Timestamp", "1531420618"],
           ["X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"]],
          now=1531420618),
    known("square", "square/square-nodejs-sdk tests/integration/webhooks.test.ts", "Ibxx_5AKakO-3qeNVR61Dw",
          b'{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification",'
          b'"event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z",'
          b'"data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}',
          [["x-square-hmacsha256-signature", "GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4="]],
          url="https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9"),
    known("scalr", "adnanh/webhook internal/hook/hook_test.go",
          "bilFGi4ZVZUdG+C6r0NIM9tuRq6PaG33R3eBUVhLwMAErGBaazvXe4Gq2DcJs5q+", b'{"a": "b"}',
          [["Date", "Thu 07 Sep 2017 06:30:04 UTC"], ["X-Signature", "48e395e38ac48988929167df531eb2da00063a7d"]],
          now=1504765804),
    known("line", "line/line-bot-sdk-nodejs test/validate-signature.spec.ts", "test_secret", b'{"hello":"world"}',
          [["x-line-signature", "t7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM="]]),
    known("jira", "Atlassian's documentation of webhooks, as quoted by others", "It's a Secret to Everybody",
          b"Hello World!",
          [["X-Hub-Signature", "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"]]),
    known("bitbucket", "Atlassian's documentation of webhooks, as quoted by others", "It's a Secret to Everybody",
          b"Hello World!",
          [["X-Hub-Signature", "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"]]),
    known("hook0-v1", "hook0/hook0 output-worker/src/work.rs", "secret", b"hello !",
          [["x-event-id", "1a01cb48-5142-4d9b-8f90-d20cca61f0ee"], ["x-event-type", "service.resource.verb"],
           ["X-Hook0-Signature", "t=1636936200,h=x-event-id x-event-type,"
            "v1=bc521546ba5de381b12f135782d2008b028c3065c191760b12b76850a8fc8f51"]], now=1636936200),
]


def main():
    cases_of_all = [case for sender in SENDERS for case in cases(sender)] + KNOWN
    lines = [json.dumps(case, ensure_ascii=False) for case in cases_of_all]
    path = pathlib.Path(__file__).with_name("more-senders.json")
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    print(f"{path.name}: {len(lines)} cases")


if __name__ == "__main__":
    main()
