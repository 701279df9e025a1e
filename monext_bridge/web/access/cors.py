"""Lets a shop's own pages, those of SHOP_ORIGINS, call what endpoints declare from a browser (CORS).

A browser asks first (a preflight) before it sends what a page of another origin could not send by itself. It hides
every answer that does not name the page's origin. So errors name it as well: the page has to tell a session that has
ended from a bridge that is down. Cookies are neither asked for nor read, and nothing here proves a principal.
The script module that makes these calls is public code, and every page may load it.
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

import re
from collections.abc import Collection

from flask import Flask, Response, request

from monext_bridge.web.endpoints import Cors, Endpoints, method_of

MODULE = re.compile(r"enabler(/[a-z]+)?\.js")
"""The script module and its parts, in the folder `static`. Pages of other origins may run it only if we allow it."""

REQUEST_HEADERS = "Content-Type, X-Correlation-ID, X-Session-Id"
ANSWER_HEADERS = "Retry-After, X-Correlation-ID"
KEPT_SECONDS = 7200
"""How long a browser may remember the answer to a preflight. No browser remembers it longer."""

MODULE_CACHE = "no-cache"
"""A browser keeps the module but checks its ETag each time: parts of two releases would not fit together."""


def init_cors(app: Flask, *, origins: Collection[str], endpoints: Endpoints) -> None:
    """Let pages of `origins`, which are written as browsers send them, call what endpoints declare.

    Must run before the rate limits and principals are set up: a preflight counts against no rate limit, proves
    nothing and calls nobody.
    """

    def preflight() -> Response | None:
        if request.method != "OPTIONS" or request.url_rule is None or _declared(endpoints) is not Cors.CALL:
            return None
        response = Response(status=204)
        if _is_known(origins):
            response.headers["Access-Control-Allow-Methods"] = method_of(request.url_rule)
            response.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
            response.headers["Access-Control-Max-Age"] = str(KEPT_SECONDS)
        return response

    def name_origin(response: Response) -> Response:
        cors = _declared(endpoints)
        if cors is Cors.CLOSED:
            return response
        response.vary.add("Origin")
        if _is_known(origins) and (cors is Cors.CALL or response.is_json):
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers["Access-Control-Expose-Headers"] = ANSWER_HEADERS
        return response

    def open_module(response: Response) -> Response:
        if _is_module() and response.status_code in (200, 206, 304):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Cache-Control"] = MODULE_CACHE
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    app.before_request(preflight)
    app.after_request(name_origin)
    app.after_request(open_module)


def _declared(endpoints: Endpoints) -> Cors:
    endpoint = endpoints.get(request.endpoint or "")
    return endpoint.cors if endpoint else Cors.CLOSED


def _is_module() -> bool:
    filename = (request.view_args or {}).get("filename", "")
    return request.endpoint == "static" and MODULE.fullmatch(filename) is not None


def _is_known(origins: Collection[str]) -> bool:
    return request.headers.get("Origin") in origins
