"""The five schemes as a receiver writes them by hand, after the providers' pages.

The argument says what computes the MAC: Python's `hmac`, or the command `openssl`.
"""

import base64
import hashlib
import hmac
import subprocess
import sys

from lines import Refused, header, recent, serve


def mac_by_hmac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def mac_by_openssl(key, message):
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "-binary"]
    return subprocess.run(command, input=message, stdout=subprocess.PIPE, check=True).stdout


def mac(key, message):
    if not key:
        raise Refused("no secret")
    return {"hmac": mac_by_hmac, "openssl": mac_by_openssl}[sys.argv[1]](key, message)


def in_base64(digest):
    return base64.b64encode(digest).decode()


def paminga(question, _id, _timestamp):
    return mac(question["secret"].encode(), question["body"]).hex()


def pakk(question, _id, _timestamp):
    return in_base64(mac(question["secret"].encode(), question["body"]))


def hubpay(question, _id, _timestamp):
    digest = mac(question["secret"].encode(), question["body"])
    spelled = digest.hex() if question["encoding"] == "hex" else in_base64(digest)
    return question["prefix"] + spelled


def pomelo(question, _id, timestamp):
    key = base64.b64decode(question["secret"], validate=True)
    place, body = (timestamp + question["endpoint"]).encode("latin-1"), question["body"]
    return "hmac-sha256 " + in_base64(mac(key, body + place if question["body_first"] else place + body))


def standard_webhooks(question, id, timestamp):
    secret = question["secret"]
    if question["raw_secret"]:
        key = secret.encode()
    else:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    return "v1," + in_base64(mac(key, f"{id}.{timestamp}.".encode("latin-1") + question["body"]))


schemes = {
    "paminga": paminga,
    "pakk": pakk,
    "hubpay": hubpay,
    "pomelo": pomelo,
    "standard-webhooks": standard_webhooks,
}


def sign(message):
    return schemes[message["scheme"]](message, message["id"], message["timestamp"])


def verify(request):
    id = timestamp = None
    match request["scheme"]:
        case "paminga":
            found = [header(request, "x-paminga-signature")]
        case "pakk":
            found = [header(request, "x-pakk-webhook-signature")]
        case "hubpay":
            found = [header(request, "x-hubpay-hmac")]
        case "pomelo":
            found = [header(request, "x-signature")]
            timestamp = recent(header(request, "x-timestamp"), 60)
            if header(request, "x-api-key") != request["api_key"]:
                raise Refused("an unknown key")
            if header(request, "x-endpoint") != request["endpoint"]:
                raise Refused("another endpoint")
        case "standard-webhooks":
            family = request["family"]
            found = header(request, f"{family}-signature").split(" ")
            id, timestamp = header(request, f"{family}-id"), recent(header(request, f"{family}-timestamp"), 300)
    computed = schemes[request["scheme"]](request, id, timestamp)
    same = [hmac.compare_digest(one.encode("latin-1"), computed.encode()) for one in found]
    if not any(same):
        raise Refused("another signature")


serve(sign, verify)
