"""Turns away requests for the name of another host, and those that a proxy says came without TLS."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any
from urllib.parse import quote

from flask import Flask, redirect, request
from werkzeug.http import parse_list_header
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Response

from monext_bridge.errors import Forbidden, Malformed
from monext_bridge.web.endpoints import Endpoints
from monext_bridge.web.http.ascii_query import WsgiApp

PATH_SAFE = "/:@!$&'()*+,;=~"
"""Characters that stay as they are in the path of a redirect."""

NOBODY = "invalid"
"""Names no host (RFC 2606). It stands for what can be no name: Werkzeug refuses that before Flask knows any address
(3.1.9: `Map.bind`), so that the page of that refusal could not be written either.
"""


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


def init_front_door(
    app: Flask, *, public_url: str, trusted_hosts: Collection[str], proxies: int, endpoints: Endpoints
) -> None:
    """Make `app` answer 400 to a name that `trusted_hosts` lacks, unless that is empty, and lead http to https.

    The latter holds where `public_url` is https, for what the last of `proxies` says came by http: GET is redirected,
    anything else is refused, since its body has already gone in the clear. What no proxy says is not judged, and
    probes are answered whatever they came by.
    """
    https = public_url.startswith("https://")

    def check() -> Response | None:
        declared = endpoints.get(request.endpoint or "")
        if declared and declared.is_probe:
            return None
        if trusted_hosts and not host_is_trusted(request.headers.get("Host", "").lower(), trusted_hosts):
            raise Malformed("this bridge is not served under this host name", field="Host")
        return _lead_to_https(public_url) if https and _came_by_http(proxies) else None

    app.before_request(check)


def _lead_to_https(public_url: str) -> Response:
    if request.method not in ("GET", "HEAD"):
        raise Forbidden("https is needed")
    query = request.query_string.decode("latin-1")
    path = quote(request.path, safe=PATH_SAFE)
    return redirect(f"{public_url}{path}{'?' if query else ''}{query}", code=301)


def _came_by_http(proxies: int) -> bool:
    """Tell whether the proxy that counts says so: each proxy appends the scheme that it was called by."""
    schemes = parse_list_header(request.headers.get("X-Forwarded-Proto", ""))
    return 0 < proxies <= len(schemes) and schemes[-proxies].lower() == "http"
