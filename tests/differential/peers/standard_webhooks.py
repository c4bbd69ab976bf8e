"""The packages `standardwebhooks` and `svix`; the argument says which."""

import inspect
import sys
from datetime import datetime, timezone

import lines

if sys.argv[1] == "svix":
    from svix.webhooks import Webhook
else:
    from standardwebhooks.webhooks import Webhook


def webhook(question):
    secret = question["secret"]
    return Webhook(secret.encode() if question["raw_secret"] else secret)


def sign(message):
    try:
        text = message["body"].decode()
    except UnicodeDecodeError:
        raise lines.Inexpressible("`sign` takes a `str`")
    moment = datetime.fromtimestamp(int(message["timestamp"]), timezone.utc)
    return webhook(message).sign(message["id"], moment, text)


def verify(request):
    receiver = webhook(request)
    # Bodies need not be JSON; svix does not ask.
    parses = "json_parse" in inspect.signature(receiver.verify).parameters
    options = {"json_parse": False} if parses else {}
    receiver.verify(request["body"], request["headers"], **options)


lines.serve(sign, verify)
