"""Begins and ends every request: with a correlation id, a deadline, a slot, and a check that a person meant it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from flask import Flask, Request, Response, g, redirect, request, url_for
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response as AnyResponse

from monext_bridge import observed
from monext_bridge.concerns import CONCERNS, begin_concerns, end_concerns
from monext_bridge.errors import Forbidden
from monext_bridge.logs import correlation_id
from monext_bridge.runtime import (
    LONGEST_QUEUE,
    LONGEST_WAIT_IN_ALL,
    ROUNDS,
    SLOTS_IN_ALL,
    Bulkhead,
    deadlines,
)
from monext_bridge.web.endpoints import OTHER_SECONDS, Answers, Endpoints, Navigated
from monext_bridge.web.http.navigation import is_fetched_ahead, is_navigated
from monext_bridge.web.http.parameters import wishes

CORRELATION = re.compile(r"[A-Za-z0-9_.:-]{8,128}")
RETRY_AFTER_CROWD = 5
REQUESTS = "requests"
"""What takes these slots, in metrics."""


def json_requests(app: Flask, *, endpoints: Endpoints) -> Callable[[Request], bool]:
    """Return a function that tells whether a program reads the answer to a request, an error included.

    At an unknown address the beginning of the path decides. Everybody else gets a page.
    """
    rules = [
        rule.rule for rule in app.url_map.iter_rules() if endpoints[rule.endpoint].answers is Answers.JSON
    ]
    paths = tuple(sorted({_beginning(rule) for rule in rules}))
    either = {name for name, endpoint in endpoints.items() if endpoint.answers is Answers.EITHER}
    return lambda request: (
        request.path.startswith(paths) or (request.endpoint in either and wants_json(request))
    )


def _beginning(rule: str) -> str:
    """Return the first part of the path, with the slash that ends it where more follows."""
    return "/" + "".join(rule.removeprefix("/").partition("/")[:2])


def wants_json(request: Request) -> bool:
    """Tell whether the request prefers JSON to a page. A browser that opens a page never does."""
    offered = ("text/html", "application/json")
    return wishes(request, "Accept", kind=MIMEAccept).best_match(offered, default=offered[0]) == offered[1]


def init_request_lifecycle(
    app: Flask, *, endpoints: Endpoints, slots: int = SLOTS_IN_ALL, framed: bool = False
) -> None:
    """Set up what begins and ends every request. `framed`: some origins may show our pages in a frame."""
    bulkhead = Bulkhead(
        slots, longest_wait=LONGEST_WAIT_IN_ALL, longest_queue=LONGEST_QUEUE, is_crowded=ROUNDS.are_long
    )

    def begin() -> None:
        given = request.headers.get("X-Correlation-ID") or request.headers.get("X-Request-ID") or ""
        begin_concerns(request.environ.setdefault(CONCERNS, {}))
        correlation_id.set(given if CORRELATION.fullmatch(given) else str(uuid.uuid4()))
        declared = endpoints.get(request.endpoint or "")
        deadlines.begin(declared.seconds if declared else OTHER_SECONDS)

    def enter() -> None:
        """Take a slot, so that only so many requests hang at a remote or a lock, and the next ones are told."""
        declared = endpoints.get(request.endpoint or "")
        if declared and not declared.calls_remotes:
            return
        if not bulkhead.enter():
            raise ServiceUnavailable("too much is under way", retry_after=RETRY_AFTER_CROWD)
        g.bulkhead = bulkhead
        observed.slot_entered(REQUESTS)

    def answer_unmeant() -> AnyResponse | None:
        declared = endpoints.get(request.endpoint or "")
        if declared is None or declared.buyer is None:
            return None
        return _answer_ahead() or _answer_embedded(declared.buyer.navigated, framed=framed)

    app.before_request(begin)
    app.before_request(enter)
    app.before_request(answer_unmeant)
    app.after_request(_end)
    app.teardown_request(_clean_up)


def _answer_ahead() -> Response | None:
    """Answer a HEAD, or a browser that fetches ahead of its user, without starting or cancelling anything."""
    if request.method == "HEAD":
        return Response(status=200)
    return Response(status=503) if is_fetched_ahead(request) else None


def _answer_embedded(wanted: Navigated, *, framed: bool) -> AnyResponse | None:
    """Answer who was not led to this page: with the result where a payment is named, else with a refusal.

    Raises Forbidden. Nothing is started or cancelled, no remote is called, and nobody's limit is spent.
    """
    if is_navigated(request, wanted, framed=framed):
        return None
    ref = (request.view_args or {}).get("ref")
    if ref is None:
        raise Forbidden("a payment is started by a visit, not by an image, a script or a foreign frame")
    return redirect(url_for("buyer.result", ref=ref), code=303)


def _end(response: Response) -> Response:
    response.headers.setdefault("X-Correlation-ID", correlation_id.get() or "")
    return response


def _clean_up(_: BaseException | None) -> None:
    """Free what belongs to this request. A connection brings many, and what is done between them belongs to none."""
    correlation_id.set(None)
    end_concerns()
    deadlines.clear()
    entered: Bulkhead | None = g.pop("bulkhead", None)
    if entered:
        entered.leave()
        observed.slot_left(REQUESTS)
