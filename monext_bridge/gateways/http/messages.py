"""Writes requests as HTTP/1.1 sends them (RFC 9112)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from monext_bridge import __version__

ALWAYS = {"User-Agent": f"monext_bridge/{__version__}", "Accept-Encoding": "gzip"}
"""Headers of every request. A remote that packs its answer otherwise was not asked to."""

WITHOUT_BODY = frozenset({"GET", "HEAD"})

ENCODER = json.JSONEncoder(allow_nan=False)


@dataclass(frozen=True, slots=True)
class Request:
    """Holds what a call says, beside its method and path. Its body is `json` or `form`."""

    params: Mapping[str, str | Sequence[str]] | None = None
    json: object | None = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def request_bytes(request: Request, method: str, path: str, *, host: str) -> bytes:
    """Returns the whole message. `path` is quoted already.

    Raises ValueError for what can't be sent: a number that JSON does not know, a line break in a header.
    """
    target = f"{path}?{urlencode(request.params, doseq=True)}" if request.params else path
    if not (target.isascii() and target.isprintable()) or " " in target:
        raise ValueError("a path that is not quoted")
    body, described = _body(request, method)
    fields = {"Host": host, **ALWAYS, **described, **request.headers}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or head.count("\r") != len(lines) - 1 or "\0" in head:
        raise ValueError("a header with a line break")
    return head.encode("latin-1") + body


def _body(request: Request, method: str) -> tuple[bytes, dict[str, str]]:
    """Returns the body and the headers that describe it."""
    if request.json is not None:
        content, kind = ENCODER.encode(request.json), "application/json"
    elif request.form is not None:
        content, kind = urlencode(request.form), "application/x-www-form-urlencoded"
    else:
        return b"", {} if method in WITHOUT_BODY else {"Content-Length": "0"}
    body = content.encode()
    return body, {"Content-Type": kind, "Content-Length": str(len(body))}
