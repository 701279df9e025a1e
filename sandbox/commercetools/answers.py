"""HTTP answers: JSON bodies, errors and the correlation id."""

import json
import uuid

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from sandbox.clock import Clock
from sandbox.commercetools.errors import ApiError, uri_not_found
from sandbox.commercetools.wire import Json

CORRELATION = "X-Correlation-ID"


def answer(document: object, *, status: int = 200) -> Response:
    """A JSON answer."""
    text = json.dumps(document, ensure_ascii=False)
    return Response(text, status=status, content_type="application/json; charset=utf-8")


def install_errors(app: Flask, *, clock: Clock) -> None:
    """Every fault answers with a commercetools error body; every answer has a correlation id, and its `Date`."""

    def date(response: Response) -> Response:
        response.date = clock()
        return response

    app.register_error_handler(ApiError, _refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    app.after_request(_correlate)
    app.after_request(date)


def _refuse(fault: ApiError) -> Response:
    refusal = answer(fault.body(), status=fault.status)
    if fault.status == 401:
        refusal.headers["WWW-Authenticate"] = f'Bearer error="{fault.error["code"]}"'
    return refusal


def _refuse_http(fault: HTTPException) -> Response:
    if fault.code == 404:
        return _refuse(uri_not_found(request.path))
    status = fault.code or 500
    body: Json = {"statusCode": status, "message": fault.name, "errors": []}
    return answer(body, status=status)


def _correlate(response: Response) -> Response:
    response.headers[CORRELATION] = request.headers.get(CORRELATION) or f"projects-{uuid.uuid4()}"
    return response
