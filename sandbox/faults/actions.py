"""What each action does to a call."""

import json
import socket
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
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
_MEGABYTE = b" " * 1_000_000
_BOMB_MEGABYTES = 200
_INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" * 1000
_HEADER_LINES = 10_000
_GZIP = zlib.MAX_WBITS | 16


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
    connection.sendall(_head(response, ending=f"Content-Length: {len(body)}") + body[: len(body) // 2])
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


def _gzip_bomb(act: Act) -> Response:
    response = act.done()
    padding, state = _packed_padding()
    packer = state.copy()
    response.set_data(padding + packer.compress(response.get_data()) + packer.flush())
    response.headers["Content-Encoding"] = "gzip"
    return response


@cache
def _packed_padding() -> tuple[bytes, "zlib._Compress"]:
    """What comes before the answer, and the state to go on from. It takes a second, so it is made once."""
    packer = zlib.compressobj(level=1, wbits=_GZIP)
    return b"".join([packer.compress(_MEGABYTE) for _ in range(_BOMB_MEGABYTES)]), packer


def _endless(act: Act) -> Response:
    response = act.done()
    connection: socket.socket = act.environ["werkzeug.socket"]
    connection.sendall(_head(response, ending="Transfer-Encoding: chunked"))
    chunk, end = response.get_data() + b" ", time.monotonic() + act.rule.seconds
    while time.monotonic() < end and not act.wait(0):
        connection.sendall(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        chunk = _MEGABYTE
    raise Dropped


def _many_1xx(act: Act) -> Response:
    response = act.done()
    connection: socket.socket = act.environ["werkzeug.socket"]
    connection.sendall(_INTERIM)
    return response


def _huge_headers(act: Act) -> Response:
    response = act.done()
    for number in range(_HEADER_LINES):
        response.headers.add(f"X-Line-{number}", "x" * 90)
    return response


def _head(response: Response, *, ending: str) -> bytes:
    """The head of an answer whose body is written here; `ending` says how its end is told."""
    head = [f"HTTP/1.1 {response.status}"]
    head += [f"{name}: {value}" for name, value in response.headers.items() if name != "Content-Length"]
    return "\r\n".join([*head, ending, "", ""]).encode("latin-1")


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
    "gzip_bomb": _gzip_bomb,
    "endless": _endless,
    "many_1xx": _many_1xx,
    "huge_headers": _huge_headers,
    "kill_before": _kill_before,
    "kill_after": _kill_after,
}
