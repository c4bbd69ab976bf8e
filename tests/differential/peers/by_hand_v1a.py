"""Standard Webhooks' `v1a` as a receiver writes it by hand, after the specification.

The argument names the package that does Ed25519: `cryptography` (OpenSSL) or `nacl` (libsodium).
"""

import base64
import sys

from lines import Refused, header, recent, serve

if sys.argv[1] == "nacl":
    from nacl.signing import SigningKey, VerifyKey

    def sign_bytes(seed, message):
        return SigningKey(seed).sign(message).signature

    def verify_bytes(key, signature, message):
        VerifyKey(key).verify(message, signature)

else:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    def sign_bytes(seed, message):
        return Ed25519PrivateKey.from_private_bytes(seed).sign(message)

    def verify_bytes(key, signature, message):
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)


def key(question, prefix):
    if not question["secret"].startswith(prefix):
        raise Refused("another kind of key")
    return base64.b64decode(question["secret"].removeprefix(prefix), validate=True)


def signed(id, timestamp, body):
    return f"{id}.{timestamp}.".encode("latin-1") + body


def sign(message):
    seed = key(message, "whsk_")[:32]
    signature = sign_bytes(seed, signed(message["id"], message["timestamp"], message["body"]))
    return "v1a," + base64.b64encode(signature).decode()


def verify(request):
    family = request["family"]
    entries = header(request, f"{family}-signature").split(" ")
    id, timestamp = header(request, f"{family}-id"), recent(header(request, f"{family}-timestamp"), 300)
    public, message = key(request, "whpk_"), signed(id, timestamp, request["body"])
    why = Refused("no signature")
    for entry in entries:
        if not entry.startswith("v1a,"):
            continue
        try:
            return verify_bytes(public, base64.b64decode(entry.removeprefix("v1a,"), validate=True), message)
        except Exception as fault:
            why = fault
    raise why


serve(sign, verify)
