"""The peers' side of the protocol (README.md), for those written in Python."""

import base64
import json
import sys


def tell(event, **details):
    """Tells the test what happened."""
    _write({"event": event, **details})


def tell_message(label, message):
    """Tells the test what came on a data channel: str or bytes."""
    if isinstance(message, str):
        tell("message", label=label, text=message)
    else:
        tell("message", label=label, base64=base64.b64encode(message).decode())


def messages_of(request):
    """The messages of a request: str or bytes."""
    return [m["text"] if "text" in m else base64.b64decode(m["base64"])
            for m in request["messages"]]


def answer(request, result=None, error=None):
    """Answers a request."""
    if error is not None:
        _write({"id": request["id"], "error": error})
    else:
        _write({"id": request["id"], **(result or {})})


def _write(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
