"""What each action does to a call."""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from wsgiref.types import WSGIApplication as WSGIApp
from wsgiref.types import WSGIEnvironment

from werkzeug.wrappers import Response

from sandbox.faults.killing import kill
from sandbox.faults.rules import Action, Rule

_PROXY_PAGE = """<!doctype html>
<html><head><title>Service unavailable</title></head>
<body><h1>We'll be back shortly</h1><p>The page you asked for cannot be shown.</p></body></html>
"""


_DRIP_EVERY = 0.2


class Dropped(ConnectionAbortedError):
    """The connection is to be closed without a (further) word; `sandbox.serving` does so."""


@dataclass(frozen=True, slots=True)
class Act:
    """A call about to be made to the application, and the rule that spoils it."""

    app: WSGIApp
    environ: WSGIEnvironment
    rule: Rule
    wait: Callable[[float], bool]
    """Lets so many seconds pass; True, and at once, where the rules are cleared."""

    def done(self) -> Response:
        """The application does what it was asked; its answer."""
        return Response.from_app(self.app, self.environ, buffered=True)


def spoil(act: Act) -> Response:
    """The answer to a call under a rule. Raises Dropped where there is none."""
    return _SPOILERS[act.rule.action](act)


def _delay(act: Act) -> Response:
    act.wait(act.rule.seconds)
    return act.done()


def _status(act: Act) -> Response:
    rule = act.rule
    response = Response(_body(rule), status=rule.code, content_type=rule.content_type)
    if rule.retry_after is not None:
        response.headers["Retry-After"] = rule.retry_after
    return response


def _status_after(act: Act) -> Response:
    act.done()
    return _status(act)


def _drop_before(_act: Act) -> Response:
    raise Dropped


def _drop_after(act: Act) -> Response:
    act.done()
    raise Dropped


def _half_body(act: Act) -> Response:
    response = act.done()
    body = response.get_data()
    connection: socket.socket = act.environ["werkzeug.socket"]
    head = [f"HTTP/1.1 {response.status}"]
    head += [f"{name}: {value}" for name, value in response.headers.items() if name != "Content-Length"]
    head += [f"Content-Length: {len(body)}", "", ""]
    connection.sendall("\r\n".join(head).encode("latin-1") + body[: len(body) // 2])
    raise Dropped


def _html(_act: Act) -> Response:
    return Response(_PROXY_PAGE, status=200, content_type="text/html; charset=utf-8")


def _hang(act: Act) -> Response:
    act.wait(act.rule.seconds)
    raise Dropped


def _drip(act: Act) -> Response:
    connection: socket.socket = act.environ["werkzeug.socket"]
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 65536\r\n\r\n")
    end = time.monotonic() + act.rule.seconds
    while time.monotonic() < end and not act.wait(_DRIP_EVERY):
        connection.sendall(b" ")
    raise Dropped


def _kill_before(act: Act) -> Response:
    kill(act.rule)
    raise Dropped


def _kill_after(act: Act) -> Response:
    act.done()
    kill(act.rule)
    raise Dropped


def _body(rule: Rule) -> str:
    if isinstance(rule.body, str):
        return rule.body
    neutral = {"message": "The sandbox was told to answer so.", "statusCode": rule.code}
    return json.dumps(neutral if rule.body is None else rule.body)


_SPOILERS: dict[Action, Callable[[Act], Response]] = {
    "delay": _delay,
    "status": _status,
    "status_after": _status_after,
    "drop_before": _drop_before,
    "drop_after": _drop_after,
    "half_body": _half_body,
    "html": _html,
    "hang": _hang,
    "drip": _drip,
    "kill_before": _kill_before,
    "kill_after": _kill_after,
}
