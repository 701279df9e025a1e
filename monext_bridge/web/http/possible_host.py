"""Hands on a request whose `Host` can be no host's name as one for `invalid`, the name that nobody has (RFC 2606).

Werkzeug refuses such a name before Flask knows the addresses of the application (3.1.9: `Map.bind`), so that the page
of that refusal could not be written either, and the answer was 500.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from monext_bridge.web.http.ascii_query import WsgiApp

NOBODY = "invalid"


class PossibleHost:
    """Hands requests on to `app`. A `Host` that can be a name is not touched, whoever it names."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _is_possible(environ.get("HTTP_HOST", "")):
            environ = {**environ, "HTTP_HOST": NOBODY}
        return self._app(environ, start_response)


def _is_possible(host: str) -> bool:
    """Tells whether Werkzeug takes the name."""
    try:
        host.lower().partition(":")[0].encode("idna")
    except UnicodeError:
        return False
    return True
