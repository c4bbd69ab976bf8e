"""Answers questions, a line of JSON each, until there are no more."""

import base64
import json
import re
import sys
import time


class Inexpressible(Exception):
    """The interface has no place for the question."""


class Refused(Exception):
    """What a receiver written by hand says no with."""


def serve(sign, verify):
    for line in sys.stdin.buffer:
        ((what, question),) = json.loads(line).items()
        question["body"] = base64.b64decode(question["body"])
        try:
            if what == "sign":
                answer = {"signed": sign(question)}
            else:
                question["headers"] = as_dict(question["headers"])
                verify(question)
                answer = "accepted"
        except Inexpressible as why:
            answer = {"inexpressible": str(why)}
        except Exception as why:
            answer = {"refused": repr(why)}
        print(json.dumps(answer), flush=True)


def as_dict(headers):
    """By names in lower case, as in ASGI; values are read as Latin-1, as in WSGI."""
    found = {}
    for name, value in headers:
        if name.lower() in found:
            raise Inexpressible(f"{name} twice in a dict")
        found[name.lower()] = value
    return found


def header(request, name):
    value = request["headers"].get(name)
    if not value:
        raise Refused(f"no {name}")
    return value


def recent(timestamp, tolerance):
    if not re.fullmatch("[0-9]{1,19}", timestamp):
        raise Refused("no timestamp")
    if abs(int(time.time()) - int(timestamp)) > tolerance:
        raise Refused("not from now")
    return timestamp
