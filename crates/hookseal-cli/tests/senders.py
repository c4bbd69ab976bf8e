"""Drives `hookseal listen` as senders do: with the libraries standardwebhooks and svix.

Each library signs a request that is delivered as it is, and one whose body is changed in
transit. `listen` says of the first that it is verified and of the second what was changed,
and `hookseal verify` and `hookseal explain` say the same of the files that it saves.

    python senders.py target/debug/hookseal
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from datetime import datetime, timezone

import standardwebhooks
import svix.webhooks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type":"order.paid","data":{"id":7,"total":10.50}}'
# The body after a framework has parsed and serialized it.
CHANGED = json.dumps(json.loads(BODY))

LIBRARIES = {
    "webhook": standardwebhooks.Webhook(SECRET),
    "svix": svix.webhooks.Webhook(SECRET),
}


def signed(prefix, library, message_id):
    now = datetime.now(timezone.utc)
    return {
        f"{prefix}-id": message_id,
        f"{prefix}-timestamp": str(int(now.timestamp())),
        f"{prefix}-signature": library.sign(message_id, now, BODY),
        "content-type": "application/json",
    }


def post(address, headers, body):
    request = urllib.request.Request(f"http://{address}/hooks", body.encode(), headers)
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


def equal(found, wanted, what):
    if found != wanted:
        sys.exit(f"{what}: {found!r}, and not {wanted!r}")


def main(binary):
    environment = {**os.environ, "HOOKSEAL_SECRET": SECRET}
    for prefix, library in LIBRARIES.items():
        options = ["--scheme", "standard-webhooks", "--header-prefix", prefix]
        with tempfile.TemporaryDirectory() as folder:
            listen = subprocess.Popen(
                [binary, "listen", *options, "--port", "0", "--json", "--count", "2", "--save", folder],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            # The first line contains the address.
            line = listen.stderr.readline()
            address = line.strip().rsplit("://", 1)[-1].rsplit(" ", 1)[-1].strip("/")
            headers = signed(prefix, library, f"msg_{prefix}")
            equal(post(address, headers, BODY), 204, f"{prefix}, genuine")
            equal(post(address, headers, CHANGED), 401, f"{prefix}, changed")
            out, _ = listen.communicate(timeout=30)
            said = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
            verdicts = [request["verified"] for request in said if "verified" in request]
            equal(verdicts, [True, False], f"{prefix}, what listen says")
            equal("body-json-rewritten" in out, True, f"{prefix}, the cause")
            equal(SECRET in out, False, f"{prefix}, the secret")
            files = sorted(pathlib.Path(folder).iterdir())
            equal(len(files), 2, f"{prefix}, saved files")
            for command, file, status in [
                ("verify", files[0], 0),
                ("verify", files[1], 1),
                ("explain", files[1], 1),
            ]:
                run = subprocess.run(
                    [binary, command, *options, file], env=environment, capture_output=True, text=True
                )
                equal(run.returncode, status, f"{prefix}, {command} {file.name}: {run.stdout}")
            equal("parsed and written again" in run.stdout, True, f"{prefix}, explained: {run.stdout}")
        print(f"{prefix}: genuine and changed, listened to, saved, verified and explained")


main(sys.argv[1])
