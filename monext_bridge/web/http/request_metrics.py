"""Counts every request that is answered, with the time that it took."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request

from monext_bridge import observed


def init_request_metrics(app: Flask) -> None:
    """Count the requests of `app`. Call it before all else that looks at a request, so that it sees all answers."""
    app.before_request(_begin)
    app.after_request(_count)


def _begin() -> None:
    g.began = time.monotonic()


def _count(response: Response) -> Response:
    if "began" not in g:
        return response  # nobody asked: a command makes an answer to look at its headers
    observed.request_answered(
        request.endpoint,
        method=request.method,
        status=response.status_code,
        seconds=time.monotonic() - g.began,
    )
    return response
