"""What every request goes through: its correlation id, and a check that its browser means it."""

from __future__ import annotations

import re
import uuid

from flask import Flask, Response, request

from monext_bridge.logs import correlation_id

CORRELATION = re.compile(r"[A-Za-z0-9_.:-]{8,128}")
BUYER_ENDPOINTS = frozenset({"checkout.start", "buyer.returned", "buyer.cancel", "buyer.result"})


def init_requests(app: Flask) -> None:
    app.before_request(_begin)
    app.before_request(_idle)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    given = request.headers.get("X-Correlation-ID") or request.headers.get("X-Request-ID") or ""
    correlation_id.set(given if CORRELATION.fullmatch(given) else str(uuid.uuid4()))


def _idle() -> Response | None:
    """A HEAD, or a browser that fetches ahead of its user, starts and cancels nothing."""
    if request.endpoint not in BUYER_ENDPOINTS:
        return None
    if request.method == "HEAD":
        return Response(status=200)
    ahead = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    if "prefetch" in ahead or "prerender" in ahead:
        return Response(status=503)
    return None


def _end(response: Response) -> Response:
    response.headers.setdefault("X-Correlation-ID", correlation_id.get() or "")
    return response


def _forget(_: BaseException | None) -> None:
    """A thread serves many requests; what it does between them belongs to none."""
    correlation_id.set(None)
