"""Begins and ends every request: with a correlation id, a deadline, a slot, and a check that a person meant it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping

from flask import Flask, Request, Response, g, request
from werkzeug.exceptions import ServiceUnavailable

from monext_bridge.logs import correlation_id
from monext_bridge.runtime import LONGEST_WAIT_IN_ALL, SLOTS_IN_ALL, Bulkhead, deadlines

CORRELATION = re.compile(r"[A-Za-z0-9_.:-]{8,128}")
BUYER_ENDPOINTS = frozenset({"checkout.start", "buyer.returned", "buyer.cancel", "buyer.result"})

SECONDS_BY_ENDPOINT: Mapping[str | None, float] = {
    **dict.fromkeys(BUYER_ENDPOINTS, 11.0),
    "notifications.notify": 15.0,
    "operations.modify": 19.0,
    "events.receive": 19.0,
}
"""Seconds that an endpoint has for its answer. Routers in front give up after 30 s, buyers long before. The last two
endpoints carry out operations at Monext, where a lost answer costs more than a wait."""

OTHERS = 10.0
CALL_NOBODY = frozenset({"health.health", "static", "branding.theme", "openapi.description", "openapi.docs"})
"""Endpoints that call no remote, and so are served whatever the remotes do."""

RETRY_AFTER_CROWD = 5

JSON_PATHS = ("/payment", "/operations/", "/events/", "/notification/", "/health", "/ready", "/openapi.json")
"""Beginnings of the paths that programs call."""


def is_json(request: Request) -> bool:
    """Tell whether a program reads the answer, an error included. Everybody else gets a page."""
    return request.path.startswith(JSON_PATHS) or (request.endpoint == "buyer.result" and wants_json(request))


def wants_json(request: Request) -> bool:
    """Tell whether the request prefers JSON to a page. A browser that opens a page never does."""
    offered = ("text/html", "application/json")
    return request.accept_mimetypes.best_match(offered, default=offered[0]) == offered[1]


def init_request_lifecycle(app: Flask, *, slots: int = SLOTS_IN_ALL) -> None:
    bulkhead = Bulkhead(slots, longest_wait=LONGEST_WAIT_IN_ALL)

    def enter() -> None:
        """Take a slot, so that requests that hang at a remote or a lock leave threads to those that call nobody."""
        if request.endpoint in CALL_NOBODY:
            return
        if not bulkhead.enter():
            raise ServiceUnavailable("too much is under way", retry_after=RETRY_AFTER_CROWD)
        g.bulkhead = bulkhead

    app.before_request(_begin)
    app.before_request(enter)
    app.before_request(_answer_unmeant)
    app.after_request(_end)
    app.teardown_request(_clean_up)


def _begin() -> None:
    given = request.headers.get("X-Correlation-ID") or request.headers.get("X-Request-ID") or ""
    correlation_id.set(given if CORRELATION.fullmatch(given) else str(uuid.uuid4()))
    deadlines.begin(SECONDS_BY_ENDPOINT.get(request.endpoint, OTHERS))


def _answer_unmeant() -> Response | None:
    """Answer a HEAD, or a browser that fetches ahead of its user, without starting or cancelling anything."""
    if request.endpoint not in BUYER_ENDPOINTS:
        return None
    if request.method == "HEAD":
        return Response(status=200)
    purpose = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    if "prefetch" in purpose or "prerender" in purpose:
        return Response(status=503)
    return None


def _end(response: Response) -> Response:
    response.headers.setdefault("X-Correlation-ID", correlation_id.get() or "")
    return response


def _clean_up(_: BaseException | None) -> None:
    """Free what belongs to this request. A thread serves many, and what it does between them belongs to none."""
    correlation_id.set(None)
    deadlines.clear()
    entered: Bulkhead | None = g.pop("bulkhead", None)
    if entered:
        entered.leave()
