"""Answers every error honestly: with a page for the buyer, or with the JSON of the operations API.

A page says one of two things about money. Where the error proves it, the page says that nothing was taken: at the
endpoints that start a payment, before anything could be paid. At all other endpoints it says that we do not know, and
that the buyer should not pay again. An unknown address gets a page without a word about money. An error never says
that something was paid. Every answer has the correlation id to quote.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Flask, Request, Response, has_request_context, jsonify, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from monext_bridge.errors import (
    BridgeError,
    CartNotPayable,
    EarlierAttemptUnknown,
    PageNotFetched,
    RemoteError,
    RemoteRefused,
    RemoteTimeout,
    RemoteUnavailable,
    RemoteUnreachable,
    RequestError,
    SchedulerBusy,
    StoreNotConfigured,
    VersionConflict,
)
from monext_bridge.logs import correlation_id, event
from monext_bridge.web.endpoints import BuyerVisit, Endpoints
from monext_bridge.web.http import parameters
from monext_bridge.web.pages.branding import PLAIN, PageBranding
from monext_bridge.web.pages.error_words import words_for
from monext_bridge.web.pages.i18n import render

log = logging.getLogger(__name__)

STATUSES: tuple[tuple[type[BridgeError], int], ...] = (
    (StoreNotConfigured, 503),
    (SchedulerBusy, 503),
    (PageNotFetched, 503),
    (RemoteRefused, 502),
    (RemoteTimeout, 504),
    (RemoteUnavailable, 503),
)
"""Status by error; the first match wins. A RequestError knows its own status, and whatever is not here is 500."""

CODES = {
    400: "InvalidJsonInput",
    401: "invalid_token",
    403: "access_denied",
    404: "ResourceNotFound",
    405: "InvalidOperation",
    415: "InvalidJsonInput",
}
"""Codes of Flask's own errors at JSON endpoints; any other status is `General`."""

LOOK_AGAIN = 15
MOST_ERROR_POLLS = 20
"""Seconds between the polls of an error page, and their number: five minutes in all."""

RETRY_AFTER_ERROR = 30
"""Seconds to wait where a remote failed and did not name a time itself."""

A_MINUTE = 60
"""Seconds to wait after too many requests, as the page says. Rate limits set their own."""


def init_error_pages(
    app: Flask,
    *,
    is_json: Callable[[Request], bool],
    branding: Callable[[], PageBranding] = lambda: PLAIN,
    endpoints: Endpoints,
) -> Callable[[Exception], Response]:
    """Make `app` answer every BridgeError, HTTPException and unexpected exception.

    `is_json` says which requests get JSON; `branding` returns the branding of the present page. The
    declaration of the endpoint tells what a page may say about money, and whether it polls. The returned function
    makes the answer of an error, without a line in the log.
    """

    def visit() -> BuyerVisit | None:
        declared = endpoints.get(request.endpoint or "")
        return declared.buyer if declared else None

    def respond(error: Exception) -> Response:
        status, json = status_of(error), is_json(request)
        response = _json(error, status) if json else _page(error, status, visit=visit(), branding=branding())
        response.headers.update(_headers(error, status, visit=visit()))
        return response

    def answer(error: Exception) -> AnyResponse:
        if isinstance(error, HTTPException) and error.response is not None:
            return error.get_response()
        _report(error, status_of(error))
        return respond(error)

    app.register_error_handler(Exception, answer)
    return respond


def status_of(error: Exception) -> int:
    """Return the HTTP status with which an error is answered."""
    if isinstance(error, RequestError):
        return error.status
    if isinstance(error, HTTPException):
        return error.code or 500
    if isinstance(error, RemoteError) and _at_operations():
        return 503  # a caller of the operations API must not read "not done" out of any remote's answer
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def _at_operations() -> bool:
    return has_request_context() and (request.endpoint or "").startswith("operations.")


def _page(error: Exception, status: int, *, visit: BuyerVisit | None, branding: PageBranding) -> Response:
    html = render(
        "errors/error.html",
        words=words_for(error, status),
        status=status,
        proves=_proves(error, visit),
        can_retry=request.method == "GET" and (status == 429 or status >= 500),
        reference=correlation_id.get(),
        branding=branding,
        default=branding.language,
    )
    return Response(html, status=status, content_type="text/html; charset=utf-8")


def _proves(error: Exception, visit: BuyerVisit | None) -> str:
    """Return what the page may say about money: that this visit took none, that it is not known, or nothing."""
    if request.endpoint is None:
        return "no payment"
    earlier = isinstance(error, EarlierAttemptUnknown)
    proved = visit is not None and visit.nothing_taken_on_error and not earlier
    return "nothing taken" if proved else "not known"


def _json(error: Exception, status: int) -> Response:
    code, message = code_of(error, status), _message(error, status)
    details = [_detail(error, status)]
    if isinstance(error, RequestError):
        details += [_detail(other, status) for other in error.others]
        message = "; ".join(detail["message"] for detail in details)
    body: dict[str, object] = {"message": message, "statusCode": status, "errors": details}
    if status in (401, 403):
        body |= {"error": code, "error_description": message}
    response = jsonify(body)
    response.status_code = status
    return response


def _detail(error: Exception, status: int) -> dict[str, str]:
    detail = {"code": code_of(error, status), "message": _message(error, status)}
    if isinstance(error, RequestError) and error.field:
        detail["field"] = error.field
    return detail


def code_of(error: Exception, status: int) -> str:
    """Return the code of the JSON error, one of those that commercetools' payment connectors use."""
    if isinstance(error, RequestError):
        return error.code
    if isinstance(error, VersionConflict):
        return "ConcurrentModification"
    return CODES.get(status, "General") if isinstance(error, HTTPException) else "General"


def _message(error: Exception, status: int) -> str:
    """Return words for the caller of the JSON API. What a remote said stays in the log."""
    if isinstance(error, RequestError):
        return str(error)
    if isinstance(error, HTTPException) and error.description and status < 500:
        return error.description
    if isinstance(error, RemoteError):
        return f"{error.remote} {_happened(error)}"
    if isinstance(error, StoreNotConfigured):
        return "this store is not configured"
    return f"{HTTPStatus(status).phrase}: the log has the details"


def _happened(error: RemoteError) -> str:
    if isinstance(error, RemoteRefused):
        return "refused the request"
    if isinstance(error, RemoteUnreachable):
        return "could not be reached"
    return "did not answer: whether it acted is not known yet"


def _headers(error: Exception, status: int, *, visit: BuyerVisit | None) -> dict[str, str]:
    if isinstance(error, HTTPException):
        return {name: value for name, value in error.get_headers() if name != "Content-Type"}
    if isinstance(error, RemoteError | StoreNotConfigured) and status == 503:
        named = error.retry_after if isinstance(error, RemoteUnavailable) else None
        return {"Retry-After": str(math.ceil(named or RETRY_AFTER_ERROR))} | _poll_again(visit)
    if status == 429:
        return {"Retry-After": str(A_MINUTE)}
    return {"WWW-Authenticate": "Bearer"} if status == 401 else {}


def _poll_again(visit: BuyerVisit | None) -> dict[str, str]:
    """Make the page poll by itself, so that a buyer who returns while a remote is down need not do anything.

    The polls end after some minutes, and leave the buyer the page's "Check again".
    """
    args = request.args
    so_far = int(args["waiting"]) if parameters.POLL.fullmatch(args.get("waiting", "")) else 0
    polls = visit is not None and visit.polls_after_error
    if not polls or request.endpoint is None or so_far >= MOST_ERROR_POLLS:
        return {}
    kept: dict[str, Any] = {name: args[name] for name in ("lang", *parameters.RETURN_TOKENS) if name in args}
    again = url_for(request.endpoint, **(request.view_args or {}), **kept, waiting=so_far + 1)
    return {"Refresh": f"{LOOK_AGAIN}; url={again}"}


def _report(error: Exception, status: int) -> None:
    """Log an error in a line, and the unexpected with its stack."""
    if not isinstance(error, BridgeError | HTTPException):
        log.error("unexpected error at %s, answered with 500", request.endpoint, exc_info=error)
        return
    reason = error.reason if isinstance(error, CartNotPayable) else str(error)
    level = logging.ERROR if status >= 500 else logging.INFO
    event(
        log,
        "request_failed",
        level=level,
        endpoint=request.endpoint,
        status=status,
        error=type(error).__name__,
        reason=reason,
    )
