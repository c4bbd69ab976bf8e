"""Drives the receiver as its senders do.

The real binary on a free port; curl, http.client, aiohttp and Node.js send, and the
requests are signed by the libraries standardwebhooks and svix, by Python's hmac, and by
openssl. Prints a line for each group of checks, and fails if any check does.

    python senders.py target/debug/receiver
"""

import asyncio
import base64
import hashlib
import hmac
import http.client
import itertools
import json
import pathlib
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from functools import partial
from typing import NamedTuple

import aiohttp
import h2.connection
import h2.events
import standardwebhooks
import svix.webhooks

PAMINGA = b"paminga secret, as text"
PAKK = b"pakk signing key, as text"
HUBPAY = b"hubpay shared key, as text"
STANDARD = b"standard webhooks secret"
WHSEC = "whsec_" + base64.b64encode(STANDARD).decode()
# Configured before the secret that nearly all requests are signed with, as in a rotation.
NEW_WHSEC = "whsec_" + base64.b64encode(b"the next secret of this endpoint").decode()
POMELO = b"pomelo api-secret"
API_KEY = "pomelo api-key"
ENDPOINT = "/transactions/adjustments/credit"
AUTHORIZATIONS = "/transactions/authorizations"

LIMIT = 65536
SETTINGS = {
    "LISTEN": "127.0.0.1:0",
    "BODY_LIMIT": str(LIMIT),
    "PAMINGA_SECRET": PAMINGA.decode(),
    "PAKK_SECRET": PAKK.decode(),
    "HUBPAY_SECRET": HUBPAY.decode(),
    "STANDARD_WEBHOOKS_SECRET": NEW_WHSEC,
    "STANDARD_WEBHOOKS_SECRET_2": WHSEC,
    "POMELO_KEY_ID": API_KEY,
    "POMELO_SECRET": base64.b64encode(POMELO).decode(),
    "POMELO_ENDPOINT": ENDPOINT,
    "POMELO_ENDPOINT_2": AUTHORIZATIONS,
}

# The timeout: anything that takes longer hangs, on any machine.
AT_LAST = 60


class Receiver:
    """The running example, stopped at the end of the `with`."""

    def __init__(self, binary, **settings):
        self.process = subprocess.Popen(
            [binary],
            env=SETTINGS | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.log = []
        threading.Thread(target=self.read_log, daemon=True).start()
        line = self.process.stdout.readline()
        listening = re.fullmatch(r"listening on (127\.0\.0\.1):(\d+)\n", line)
        if not listening:
            sys.exit(f"the receiver does not start: {line!r} {self.log}")
        self.host, self.port = listening[1], int(listening[2])

    def read_log(self):
        self.log.extend(self.process.stderr)

    def logs(self, text, times):
        """Waits for the log to contain a text this many times, and returns whether it does."""
        deadline = time.monotonic() + AT_LAST
        while sum(text in line for line in self.log[:]) != times:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def stop(self):
        """Sends SIGTERM, and returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(AT_LAST)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Request(NamedTuple):
    path: str
    headers: list
    body: bytes


class Reply(NamedTuple):
    status: int
    headers: tuple  # without the date
    body: bytes

    @classmethod
    def of(cls, status, headers, body):
        headers = [(name.lower(), value) for name, value in headers]
        headers = sorted(checked(headers, body))
        return cls(status, tuple(pair for pair in headers if pair[0] != "date"), body)


def checked(headers, body):
    """Returns the headers, with one in place of the three that sign a reply."""
    fields = dict(headers)
    if "x-signature" not in fields:
        return headers
    at, endpoint = fields["x-timestamp"], fields["x-endpoint"]
    right = (
        fields["x-signature"] == answer_signature(POMELO, at, endpoint, body)
        and endpoint in (ENDPOINT, AUTHORIZATIONS)
        and abs(time.time() - int(at)) < AT_LAST
    )
    rest = [pair for pair in headers if pair[0] not in SIGNING]
    return [*rest, ("signed", "rightly" if right else "wrongly")]


SIGNING = ("x-signature", "x-timestamp", "x-endpoint")
SIGNED = ("signed", "rightly")


def answer_signature(key, at, endpoint, body):
    """Returns the signature that the tests of Pomelo's Postman collection expect in a response."""
    mac = hmac.new(key, f"{at}{endpoint}".encode() + body, hashlib.sha256).digest()
    return "hmac-sha256 " + base64.b64encode(mac).decode()


def rejected(status=401, closes=False):
    """Returns the reply to a rejected request. If it `closes`, the body was not read to its
    end over HTTP/1, so the connection ends."""
    connection = (("connection", "close"),) if closes else ()
    return Reply(status, (*connection, ("content-length", "0")), b"")


def is_http1(wire):
    return wire.startswith("HTTP/1")


# The faults of these show in the head.
FAULTS_OF_THE_HEAD = ["no signature", "two signatures", "webhook- headers"]


def taken(verdict, request):
    """Returns the reply to a verified request, which is empty for a duplicate."""
    signed = (SIGNED,) if request.path == "/webhooks/pomelo" else ()
    if verdict == "duplicate":
        return Reply(200, (("content-length", "0"), *signed), b"")
    body = f"{verdict} {len(request.body)} bytes\n".encode()
    headers = (
        ("content-length", str(len(body))),
        ("content-type", "text/plain; charset=utf-8"),
    )
    return Reply(200, (*headers, *signed), body)


# Signing, as the providers document it. The signature is the last header.


def by_hmac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def by_openssl(key, message):
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC"]
    command += ["-macopt", f"hexkey:{key.hex()}", "-binary"]
    return subprocess.run(
        command, input=message, capture_output=True, check=True
    ).stdout


def base64_of(mac):
    return base64.b64encode(mac).decode()


def paminga(mac, body, _):
    headers = [("X-Paminga-Signature", mac(PAMINGA, body).hex())]
    return Request("/webhooks/paminga", headers, body)


def pakk(mac, body, _):
    headers = [("X-Pakk-Webhook-Signature", base64_of(mac(PAKK, body)))]
    return Request("/webhooks/pakk", headers, body)


def hubpay(mac, body, _):
    headers = [("X-Hubpay-Hmac", mac(HUBPAY, body).hex())]
    return Request("/webhooks/hubpay", headers, body)


def hubpay_prefixed(mac, body, _):
    headers = [("X-Hubpay-Hmac", "sha256=" + base64_of(mac(HUBPAY, body)))]
    return Request("/webhooks/hubpay", headers, body)


def pomelo(mac, body, at, endpoint=ENDPOINT):
    signature = mac(POMELO, f"{at}{endpoint}".encode() + body)
    headers = [
        ("x-api-key", API_KEY),
        ("x-timestamp", str(at)),
        ("x-endpoint", endpoint),
        ("x-signature", "hmac-sha256 " + base64_of(signature)),
    ]
    return Request("/webhooks/pomelo", headers, body)


message_ids = map("msg_{}".format, itertools.count())


def standard(sign, body, at, prefix="webhook"):
    message_id = next(message_ids)
    headers = [
        (f"{prefix}-id", message_id),
        (f"{prefix}-timestamp", str(at)),
        (f"{prefix}-signature", sign(message_id, at, body)),
    ]
    return Request("/webhooks/standard-webhooks", headers, body)


def with_mac(mac):
    def sign(message_id, at, body):
        return "v1," + base64_of(mac(STANDARD, f"{message_id}.{at}.".encode() + body))

    return sign


def with_library(webhook):
    def sign(message_id, at, body):
        moment = datetime.fromtimestamp(at, timezone.utc)
        return webhook.sign(message_id, moment, body.decode())

    return sign


BY_SVIX = with_library(svix.webhooks.Webhook(WHSEC))
STANDARD_SIGNERS = {
    "standardwebhooks": with_library(standardwebhooks.Webhook(WHSEC)),
    "svix": BY_SVIX,
    "svix, the new secret": with_library(svix.webhooks.Webhook(NEW_WHSEC)),
    "hmac": with_mac(by_hmac),
    "openssl": with_mac(by_openssl),
}
MACS = {"hmac": by_hmac, "openssl": by_openssl}

# Each function takes a body and the time of signing.
SIGNERS = {
    f"{make.__name__} by {name}": partial(make, tool)
    for make in (paminga, pakk, hubpay, hubpay_prefixed, pomelo, standard)
    for name, tool in (STANDARD_SIGNERS if make is standard else MACS).items()
}
# For many requests: these start no process for each signature.
FAST_SIGNERS = [
    partial(make, tool)
    for make in (paminga, pakk, hubpay, pomelo, standard)
    for name, tool in (STANDARD_SIGNERS if make is standard else MACS).items()
    if name != "openssl"
]


def now():
    return int(time.time())


def forgeries(genuine):
    """Returns the nearest rejects of a request: what is wrong, and the request."""
    path, headers, body = genuine
    *others, (name, value) = headers
    middle = len(body) // 2
    changed = bytes([body[middle] ^ 1])
    yield (
        "another body",
        Request(path, headers, body[:middle] + changed + body[middle + 1 :]),
    )
    yield "a longer body", Request(path, headers, body + b" ")
    # Two thirds of the way in is after the prefix of the MAC.
    place = len(value) * 2 // 3
    digit = "1" if value[place] == "0" else "0"
    forged = value[:place] + digit + value[place + 1 :]
    yield "another signature", Request(path, [*others, (name, forged)], body)
    yield "no signature", Request(path, others, body)
    yield "two signatures", Request(path, [*headers, (name, value)], body)


# Sending.

CURLS = {
    "HTTP/1.1": ["--http1.1", "--data-binary", "@-"],
    "HTTP/1.1 in chunks": [
        "--http1.1",
        "--data-binary",
        "@-",
        "-H",
        "Transfer-Encoding: chunked",
    ],
    "HTTP/2": ["--http2-prior-knowledge", "--data-binary", "@-"],
    # Without a `content-length`.
    "HTTP/2 from a pipe": ["--http2-prior-knowledge", "-X", "POST", "-T", "-"],
}


def curl(receiver, options, request):
    command = ["curl", "--silent", "--include", "--max-time", str(AT_LAST), *options]
    for name, value in request.headers:
        command += ["-H", f"{name}: {value}"]
    return [*command, f"http://{receiver.host}:{receiver.port}{request.path}"]


def send_with_curl(options, receiver, request):
    command = curl(receiver, options, request)
    for _ in range(10):
        result = subprocess.run(command, input=request.body, capture_output=True)
        # curl 7.88 at times drops a reply to HTTP/2 that comes before the end of
        # the body, although "clients MUST NOT" (RFC 9113, section 8.1).
        if options[0] != "--http2-prior-knowledge" or result.returncode not in DROPPED:
            break
    return curl_reply(result.stdout)


# CURLE_GOT_NOTHING and CURLE_HTTP2_STREAM.
DROPPED = [52, 92]
PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


def curl_reply(output):
    while output:
        head, _, output = output.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        status = int(status.split(" ")[1])
        if status != 100:
            return Reply.of(status, (line.split(": ", 1) for line in lines), output)
    return None


class Connection:
    """One HTTP/1.1 connection, kept alive. It is a failure if the receiver closes it without
    announcing that."""

    def __init__(self, receiver):
        self.receiver = receiver
        self.socket = None
        self.connect()

    def connect(self):
        if self.socket:
            self.socket.close()
        address = (self.receiver.host, self.receiver.port)
        self.socket = socket.create_connection(address, AT_LAST)

    def send(self, request, in_chunks=False):
        # In one segment: the receiver has all of it when it closes a connection,
        # which is then not reset before the reply has arrived.
        body = request.body
        if in_chunks:
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
            framing = "Transfer-Encoding: chunked"
        else:
            framing = f"Content-Length: {len(body)}"
        self.begin(request, framing, body)
        reply = self.reply()
        if ("connection", "close") in reply.headers:
            self.connect()
        return reply

    def begin(self, request, framing, start):
        lines = [f"POST {request.path} HTTP/1.1", "Host: localhost", framing]
        lines += [f"{name}: {value}" for name, value in request.headers]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + start)

    def reply(self):
        response = http.client.HTTPResponse(self.socket, method="POST")
        response.begin()
        return Reply.of(response.status, response.getheaders(), response.read())


class Http2Connection:
    """One connection of HTTP/2 with prior knowledge."""

    def __init__(self, receiver):
        self.socket = socket.create_connection((receiver.host, receiver.port), AT_LAST)
        self.h2 = h2.connection.H2Connection()
        self.h2.initiate_connection()
        # The receiver first announces its flow-control window.
        window = h2.events.WindowUpdated
        while not any(isinstance(event, window) for event in self.events()):
            pass

    def events(self):
        self.socket.sendall(self.h2.data_to_send())
        received = self.socket.recv(65536)
        if not received:
            raise ConnectionError("closed by the receiver")
        return self.h2.receive_data(received)

    def begin(self, request):
        """Opens a stream, and sends only the head."""
        stream = self.h2.get_next_available_stream_id()
        head = [(":method", "POST"), (":path", request.path)]
        head += [(":scheme", "http"), (":authority", "localhost")]
        head += [(name.lower(), value) for name, value in request.headers]
        self.h2.send_headers(stream, head)
        return stream

    def send(self, requests):
        """Sends all heads, then the bodies, a piece of each in turn, and returns the replies."""
        streams = [self.begin(request) for request in requests]
        rest = {stream: request.body for stream, request in zip(streams, requests)}
        while rest:
            for stream, body in list(rest.items()):
                piece, rest[stream] = body[:1000], body[1000:]
                self.h2.send_data(stream, piece, end_stream=not rest[stream])
                if not rest[stream]:
                    del rest[stream]
        return self.replies(streams)

    def replies(self, streams):
        heads, bodies = {}, defaultdict(bytes)
        awaited = set(streams)
        while awaited:
            for event in self.events():
                if isinstance(event, h2.events.ResponseReceived):
                    heads[event.stream_id] = event.headers
                elif isinstance(event, h2.events.DataReceived):
                    bodies[event.stream_id] += event.data
                elif isinstance(event, h2.events.StreamEnded):
                    awaited.remove(event.stream_id)
        return [self.reply(heads[stream], bodies[stream]) for stream in streams]

    @staticmethod
    def reply(head, body):
        (_, status), *headers = [
            (name.decode(), value.decode()) for name, value in head
        ]
        return Reply.of(int(status), headers, body)


# The checks.


class Checks:
    """Counts of what was checked, in groups."""

    def __init__(self):
        self.lock = threading.Lock()
        self.groups = defaultdict(Counter)

    def equal(self, group, seen, wanted, what):
        with self.lock:
            self.groups[group][seen == wanted] += 1
        if seen != wanted:
            print(f"{group}: {what}\n  saw    {seen}\n  wanted {wanted}")

    def report(self):
        """Prints the counts, and returns whether all checks passed."""
        for group, counts in self.groups.items():
            print(f"{group}: {counts[True]} passed, {counts[False]} failed")
        total = sum(self.groups.values(), Counter())
        print(f"senders: {total[True]} passed, {total[False]} failed")
        return total[True] > 0 and total[False] == 0


def every_sender(receiver, checks):
    """Each way to sign, with each way to send: genuine, repeated, and forged."""
    for name, sign in SIGNERS.items():
        for wire, options in CURLS.items():
            check = partial(checks.equal, f"curl {wire}")
            body = f'{{"type":"{name} {wire}, \u00fc"}}'.encode()
            genuine = sign(body, now())
            for fault, forged in forgeries(genuine):
                reply = send_with_curl(options, receiver, forged)
                closes = is_http1(wire) and fault in FAULTS_OF_THE_HEAD
                check(reply, rejected(closes=closes), f"{name}, {fault}")
            for verdict in ["accepted", "duplicate"]:
                reply = send_with_curl(options, receiver, genuine)
                check(reply, taken(verdict, genuine), f"{name}, {verdict}")


def replayed(receiver, checks):
    check = partial(checks.equal, "replay windows")
    for name, sign in SIGNERS.items():
        window = 60 if name.startswith("pomelo") else 300
        timed = name.startswith(("pomelo", "standard"))
        for ago in [window // 2, window + 1, -window // 2, -3 * window]:
            request = sign(f'{{"type":"{name} {ago}"}}'.encode(), now() - ago)
            stale = timed and not -window <= ago <= window
            wanted = rejected(closes=True) if stale else taken("accepted", request)
            reply = Connection(receiver).send(request)
            check(reply, wanted, f"{name}, {ago} s ago")


def branded(binary, checks):
    """Only svix's own header names are accepted."""
    check = partial(checks.equal, "svix headers")
    with Receiver(binary, STANDARD_WEBHOOKS_HEADER_PREFIX="svix") as receiver:
        for wire, options in CURLS.items():
            own = standard(BY_SVIX, b'{"type":"own"}', now(), prefix="svix")
            other = standard(BY_SVIX, b'{"type":"other"}', now())
            forged = [*forgeries(own), ("webhook- headers", other)]
            for fault, request in forged:
                reply = send_with_curl(options, receiver, request)
                closes = is_http1(wire) and fault in FAULTS_OF_THE_HEAD
                check(reply, rejected(closes=closes), f"{wire}, {fault}")
            reply = send_with_curl(options, receiver, own)
            check(reply, taken("accepted", own), wire)


# A response of Pomelo's Go example, which the tests of Pomelo's Postman collection accept
# (newman 6.2.2): the key of its public examples, and an empty body.
PUBLISHED = (
    base64.b64decode("uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E="),
    "1795310576",
    "/transactions/adjustments/credit",
    b"",
    "hmac-sha256 wB3D+6FUpqV5bjcxaXgdmelTA5UKVBR2C9NnE/o96hE=",
)


def authorised(receiver, checks):
    """Pomelo's authorisations: the response is signed, and is the same each time."""
    check = partial(checks.equal, "signed answers")
    *signed, signature = PUBLISHED
    check(answer_signature(*signed), signature, "the published answer")
    rejection = b'{"status":"REJECTED"}'
    text = ("content-type", "text/plain; charset=utf-8")
    for (wire, options), mac in itertools.product(CURLS.items(), MACS.values()):
        body = json.dumps({"transaction": {"id": f"ctx {wire}"}}).encode()
        request = pomelo(mac, body, now(), AUTHORIZATIONS)
        wanted = Reply(200, (("content-length", "21"), text, SIGNED), rejection)
        for attempt in ["first", "second"]:
            reply = send_with_curl(options, receiver, request)
            check(reply, wanted, f"{wire}, {attempt} attempt")
        # A refusal by the handler is signed too, but a refusal by the layer is not.
        request = pomelo(mac, b"no transaction", now(), AUTHORIZATIONS)
        reply = send_with_curl(options, receiver, request)
        check(reply, Reply(422, (("content-length", "0"), SIGNED), b""), wire)
        forged = pomelo(mac, body, now(), "/transactions/authorizations/credit")
        reply = send_with_curl(options, receiver, forged)
        check(reply, rejected(closes=is_http1(wire)), f"{wire}, another endpoint")


def send_over_http2(receiver, request):
    [reply] = Http2Connection(receiver).send([request])
    return reply


def announced(request):
    length = ("content-length", str(len(request.body)))
    return request._replace(headers=[*request.headers, length])


# Without curl's HTTP/2, which early replies confuse.
LONG_WAYS = {
    "HTTP/1.1": partial(send_with_curl, CURLS["HTTP/1.1"]),
    "HTTP/1.1 in chunks": partial(send_with_curl, CURLS["HTTP/1.1 in chunks"]),
    "HTTP/2": lambda receiver, request: send_over_http2(receiver, announced(request)),
    "HTTP/2 unannounced": send_over_http2,
}


def too_long(receiver, checks):
    check = partial(checks.equal, "over the limit")

    for wire, sign in itertools.product(LONG_WAYS, FAST_SIGNERS):
        for length, too_large in [(LIMIT, False), (LIMIT + 1, True)]:
            body = b'{"type":"%b"}' % wire.encode().ljust(length - 11)
            request = sign(body, now())
            wanted = taken("accepted", request)
            if too_large:
                wanted = rejected(413, closes=is_http1(wire))
            reply = LONG_WAYS[wire](receiver, request)
            check(reply, wanted, f"{wire}, {request.path}, {length}")

    # curl sends `Expect: 100-continue`, as it does for long bodies, and no body.
    options = [*CURLS["HTTP/1.1"], "--write-out", "%{size_upload}"]
    genuine = by_fastest(bytes(4 << 20))
    for what, request in [
        ("too long", genuine),
        ("too long and unsigned", genuine._replace(headers=[])),
    ]:
        reply = send_with_curl(options, receiver, request)
        wanted = rejected(413, closes=True)._replace(body=b"0")
        check(reply, wanted, f"{what}, asked first")
    connection = Connection(receiver)
    connection.begin(genuine, "Content-Length: 4194304", b"")
    check(connection.reply(), rejected(413, closes=True), "announced")


def by_fastest(body):
    return paminga(by_hmac, body, now())


def drip(send, piece):
    """Sends a piece ten times a second, as long as anyone listens."""

    def run():
        try:
            while True:
                send(piece)
                time.sleep(0.1)
        except OSError:
            pass

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def slow(binary, checks):
    check = partial(checks.equal, "slow bodies")

    too_slow = rejected(408, closes=True)
    request = by_fastest(b"without end")
    with Receiver(binary, BODY_TIMEOUT="1") as receiver:
        # `.`: curl looks for a reply while it waits for more to send.
        command = curl(receiver, ["--http1.1", "-X", "POST", "-T", "."], request)
        with subprocess.Popen(command, bufsize=0, **PIPES) as sender:
            dripping = drip(sender.stdin.write, b"x")
            check(curl_reply(sender.stdout.read()), too_slow, "curl")
            dripping.join()
        connection = Http2Connection(receiver)
        stream = connection.begin(request)
        connection.h2.send_data(stream, b"x")
        check(connection.replies([stream]), [rejected(408)], "HTTP/2")
        check(
            connection.send([request]), [taken("accepted", request)], "HTTP/2, the next"
        )
        for framing, piece in [
            ("Content-Length: 1000", b"x"),
            ("Transfer-Encoding: chunked", b"1\r\nx\r\n"),
        ]:
            never = Connection(receiver)
            never.begin(request, framing, piece)
            dripped = Connection(receiver)
            dripped.begin(request, framing, piece)
            dripping = drip(dripped.socket.sendall, piece)
            check(dripped.reply(), too_slow, f"{framing}, drop by drop")
            check(never.reply(), too_slow, f"{framing}, never")
            dripping.join()
        check(receiver.logs("body-timeout", 6), True, "log")

    with Receiver(binary, BODY_TIMEOUT="50") as receiver:
        for sign in FAST_SIGNERS:
            request = sign(b'{"type":"slow, and in time"}', now())
            connection = Connection(receiver)
            connection.begin(request, f"Content-Length: {len(request.body)}", b"")
            for byte in request.body:
                connection.socket.sendall(bytes([byte]))
                time.sleep(0.02)
            check(connection.reply(), taken("accepted", request), request.path)


def broken_off(receiver, checks):
    check = partial(checks.equal, "broken-off bodies")

    broken = 0
    whole = by_fastest(b"whole")
    for framing, start in [
        ("Content-Length: 5", b"whol"),
        ("Transfer-Encoding: chunked", b"5\r\nwhol"),
        ("Transfer-Encoding: chunked", b"5\r\nwhole\r\n"),
    ]:
        connection = Connection(receiver)
        connection.begin(whole, framing, start)
        connection.socket.shutdown(socket.SHUT_WR)
        wanted = rejected(400, closes=True)
        check(connection.reply(), wanted, f"{framing}, half closed")
        broken += 1

        connection = Connection(receiver)
        connection.begin(whole, framing, start)
        connection.socket.close()
        broken += 1
        check(receiver.logs("body-broken", broken), True, f"{framing}, closed")

        # A reset can overtake the request, so there may be nothing to log.
        connection = Connection(receiver)
        linger = struct.pack("ii", 1, 0)
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.begin(whole._replace(headers=[]), framing, start)
        connection.socket.close()

    # curl is killed when it has been told to go on.
    command = curl(receiver, ["--http1.1", "--verbose", "-X", "POST", "-T", "."], whole)
    with subprocess.Popen(command, **PIPES) as sender:
        sender.stdin.write(b"whol")
        sender.stdin.flush()
        told = any(b"100 Continue" in line for line in sender.stderr)
        check(told, True, "curl")
        sender.kill()
    broken += 1
    check(receiver.logs("body-broken", broken), True, "curl, log")

    connection = Http2Connection(receiver)
    stream = connection.begin(whole)
    connection.h2.send_data(stream, b"whol")
    connection.h2.reset_stream(stream)
    check(connection.send([whole]), [taken("accepted", whole)], "HTTP/2, after a reset")


# Senders that keep their connection, and do not repeat a request that was lost with it.
# `send` returns the reply to each request, or the OSError in its place. A request is sent as
# soon as the reply to the previous one has arrived.


class HttpClient:
    """Python's http.client."""

    name = "http.client"

    def __init__(self, receiver):
        self.client = http.client.HTTPConnection(receiver.host, receiver.port, AT_LAST)

    def send(self, *requests):
        return [self.outcome(self.post, request) for request in requests]

    def outcome(self, post, request):
        try:
            post(request)
            response = self.client.getresponse()
            return Reply.of(response.status, response.getheaders(), response.read())
        except http.client.HTTPException as error:
            self.client.close()
            return OSError(error)
        except OSError as error:
            self.client.close()
            return error

    def post(self, request):
        headers = dict(request.headers)
        self.client.request("POST", request.path, request.body, headers)

    def begin(self, request, framing):
        self.client.putrequest("POST", request.path)
        for name, value in [*request.headers, framing]:
            self.client.putheader(name, value)
        self.client.endheaders()

    def stall(self, request):
        def post(request):
            self.begin(request, ("Content-Length", str(len(request.body))))
            self.client.send(request.body[:1])

        return self.outcome(post, request)

    def break_off(self, request):
        def post(request):
            self.begin(request, ("Transfer-Encoding", "chunked"))
            self.client.send(b"no length\r\n")

        return self.outcome(post, request)

    def close(self):
        self.client.close()


class Aiohttp:
    """aiohttp, with one connection at a time."""

    name = "aiohttp"

    def __init__(self, receiver):
        self.origin = f"http://{receiver.host}:{receiver.port}"
        self.loop = asyncio.new_event_loop()
        self.session = self.loop.run_until_complete(self.start())

    async def start(self):
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=1),
            timeout=aiohttp.ClientTimeout(AT_LAST),
            skip_auto_headers=["Content-Type"],
        )

    def send(self, *requests):
        async def all_of_them():
            posts = (self.post(request, request.body) for request in requests)
            return await asyncio.gather(*posts)

        return self.loop.run_until_complete(all_of_them())

    async def post(self, request, data, *framing):
        headers = [*request.headers, *framing]
        url = self.origin + request.path
        try:
            async with self.session.post(url, data=data, headers=headers) as response:
                body = await response.read()
                return Reply.of(response.status, response.headers.items(), body)
        except aiohttp.ClientError as error:
            return OSError(error)

    def stall(self, request):
        async def first():
            yield request.body[:1]
            await asyncio.Event().wait()

        length = ("Content-Length", str(len(request.body)))
        return self.loop.run_until_complete(self.post(request, first(), length))

    def break_off(self, request):
        # With this header, aiohttp sends the data unchanged.
        chunked = ("Transfer-Encoding", "chunked")
        return self.loop.run_until_complete(
            self.post(request, b"no length\r\n", chunked)
        )

    def close(self):
        self.loop.run_until_complete(self.session.close())
        self.loop.close()


class Node:
    """The agent of Node.js that keeps its connection alive."""

    name = "Node.js"

    def __init__(self, receiver):
        script = pathlib.Path(__file__).with_name("keep_alive.mjs")
        self.process = subprocess.Popen(
            ["node", script, receiver.host, str(receiver.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, *requests, fault=None):
        for request in requests:
            line = {
                "path": request.path,
                "headers": dict(request.headers),
                "body": base64.b64encode(request.body).decode(),
                "fault": fault,
            }
            print(json.dumps(line), file=self.process.stdin)
        self.process.stdin.flush()
        return [self.outcome() for _ in requests]

    def outcome(self):
        outcome = json.loads(self.process.stdout.readline())
        if "error" in outcome:
            return OSError(outcome["error"])
        body = outcome["body"].encode()
        return Reply.of(outcome["status"], outcome["headers"], body)

    def stall(self, request):
        length = ("Content-Length", str(len(request.body)))
        stalled = request._replace(headers=[*request.headers, length])
        return self.send(stalled, fault="stalls")[0]

    def break_off(self, request):
        # It cannot send a chunk without a length, but it can send more trailers than hyper reads.
        return self.send(request, fault="trailers")[0]

    def close(self):
        self.process.stdin.close()
        self.process.wait(AT_LAST)


REFUSALS = 100


def kept_alive(binary, checks):
    """A refused request does not make another one fail."""
    limit = 200_000
    with Receiver(binary, BODY_LIMIT=str(limit), BODY_TIMEOUT="1") as receiver:
        for make in [HttpClient, Aiohttp, Node]:
            client = make(receiver)
            of_refused = partial(checks.equal, f"refused requests of {client.name}")
            of_genuine = partial(checks.equal, f"genuine requests of {client.name}")
            lost = Counter()

            def signed(what, number, length):
                body = f'{{"type":"{client.name} {what} {number}"}}'.encode()
                sign = FAST_SIGNERS[number % len(FAST_SIGNERS)]
                return sign(body.ljust(length), now())

            def judge(request, reply, what):
                if isinstance(reply, OSError):
                    lost[what] += 1
                else:
                    of_genuine(reply, taken("accepted", request), what)

            for length in [200, 1_000, 5_000, 100_000]:
                what = f"{length} bytes"
                for number in range(REFUSALS):
                    genuine = signed(what, number, length)
                    unsigned = genuine._replace(headers=genuine.headers[:-1])
                    first, second = client.send(unsigned, genuine)
                    # The rest of a long body arrives at a closed connection, and a reset
                    # can overtake the reply. At least the client notices the reset.
                    if not isinstance(first, OSError):
                        of_refused(first, rejected(closes=True), what)
                    judge(genuine, second, what)
                checks.equal(f"lost by {client.name}", lost[what], 0, what)

            for status, refuse in [
                (413, lambda request: client.send(request)[0]),
                (408, client.stall),
                (400, client.break_off),
            ]:
                what = f"status {status}"
                reply = refuse(signed(what, 0, limit + 1 if status == 413 else 100))
                # As above, but only for the long body.
                if status != 413 or not isinstance(reply, OSError):
                    of_refused(reply, rejected(status, closes=True), what)
                genuine = signed(what, 1, 100)
                judge(genuine, client.send(genuine)[0], what)
                checks.equal(f"lost by {client.name}", lost[what], 0, what)
            client.close()


CONNECTIONS = 64
REQUESTS = 10_000


def many(receiver, checks):
    """Many requests over many connections, with every verdict checked."""
    check = partial(checks.equal, f"{REQUESTS} requests over {CONNECTIONS} connections")
    shares = [range(first, REQUESTS, CONNECTIONS) for first in range(CONNECTIONS)]
    tampered = []

    def drive(share):
        draw = random.Random(share.start)
        connection = Connection(receiver)
        for number in share:
            sign = FAST_SIGNERS[number % len(FAST_SIGNERS)]
            padding = draw.choice("xy\u00e9") * draw.choice([0, 10, 1000])
            body = f'{{"type":"many","number":{number},"padding":"{padding}"}}'.encode()
            request = sign(body, now())
            wanted, what = taken("accepted", request), "genuine"
            if draw.random() < 0.4:
                tampered.append(request)
                what, request = draw.choice(list(forgeries(request)))
                wanted = rejected(closes=what in FAULTS_OF_THE_HEAD)
            try:
                reply = connection.send(request, in_chunks=draw.random() < 0.5)
            except (OSError, http.client.HTTPException) as error:
                reply = error
                connection = Connection(receiver)
            check(reply, wanted, f"{number}, {request.path}, {what}")

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(drive, shares))
    # Rejected requests were not handled.
    check = partial(checks.equal, "their genuine forms, afterwards")
    connection = Connection(receiver)
    # Only the last ones, whose signatures have not expired.
    for genuine in tampered[-500:]:
        reply = connection.send(genuine)
        check(reply, taken("accepted", genuine), genuine.path)


def multiplexed(receiver, checks):
    """Many requests over one HTTP/2 connection, with their frames interleaved."""
    check = partial(checks.equal, "many streams of one HTTP/2 connection")
    draw = random.Random(2)
    connection = Http2Connection(receiver)
    for batch in range(20):
        requests, wanted = [], []
        for number in range(50):
            sign = FAST_SIGNERS[number % len(FAST_SIGNERS)]
            body = f'{{"type":"multiplexed","numbers":[{batch},{number}]}}'.encode()
            request = sign(body.ljust(60 * number), now())
            expected = taken("accepted", request)
            if draw.random() < 0.4:
                _, request = draw.choice(list(forgeries(request)))
                expected = rejected()
            requests.append(request)
            wanted.append(expected)
        for request, reply, expected in zip(
            requests, connection.send(requests), wanted
        ):
            check(reply, expected, f"batch {batch}, {request.path}")


def main(binary):
    checks = Checks()
    with Receiver(binary) as receiver:
        every_sender(receiver, checks)
        replayed(receiver, checks)
        authorised(receiver, checks)
        too_long(receiver, checks)
        broken_off(receiver, checks)
        multiplexed(receiver, checks)
        many(receiver, checks)
        checks.equal("stop", receiver.stop(), 0, "exit status")
    branded(binary, checks)
    slow(binary, checks)
    kept_alive(binary, checks)
    return 0 if checks.report() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
