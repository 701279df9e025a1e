"""Encodes the bytes of a query that a URL can't hold, as a browser would have done it.

A server hands on whatever bytes stand behind the `?`. Werkzeug reads them as UTF-8, and raises an error that nobody
expects for other bytes (3.1.9: `Request.args`), also while the page of that error is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class AsciiQuery:
    """Hands requests on to `app` with a query of ASCII alone. One that was ASCII is not touched."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ = {**environ, "QUERY_STRING": _encoded(query)}
        return self._app(environ, start_response)


def _encoded(query: str) -> str:
    """Returns the query with each byte beyond ASCII as `%` and two hex digits. WSGI holds bytes as Latin-1."""
    return "".join(each if each.isascii() else f"%{ord(each):02X}" for each in query)
