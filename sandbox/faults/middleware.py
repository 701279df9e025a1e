"""The middleware: control first, then the journal, then the rules, then the application."""

from collections.abc import Iterable
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.types import WSGIApplication as WSGIApp

from werkzeug.wrappers import Response

from sandbox.faults.actions import Act, spoil
from sandbox.faults.control import controlled
from sandbox.faults.register import Faults

CONTROL = "/_control/"
OBSERVER = "X-Sandbox-Observer"
_OBSERVER = "HTTP_X_SANDBOX_OBSERVER"


def faulty(app: WSGIApp, faults: Faults) -> WSGIApp:
    """`app` with the faults before it.

    Calls under `/_control/`, and those with an `X-Sandbox-Observer` header, are never spoilt and never in the
    journal: whoever only looks (the shop, a test) must not use up a fault that is meant for the bridge.
    """

    def middleware(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(CONTROL):
            return controlled(app, environ, faults=faults)(environ, start_response)
        if _OBSERVER in environ:
            return app(environ, start_response)
        return _journalled(app, environ, faults=faults)(environ, start_response)

    return middleware


def _journalled(app: WSGIApp, environ: WSGIEnvironment, *, faults: Faults) -> Response:
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    sequence = faults.journal.begin(
        method,
        path=path,
        query=tuple(name for name, _ in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
        correlation_id=environ.get("HTTP_X_CORRELATION_ID"),
    )
    rule = faults.take(method, path=path)
    status = None
    try:
        if rule is None:
            response = Response.from_app(app, environ, buffered=True)
        else:
            response = spoil(Act(app=app, environ=environ, rule=rule, wait=faults.waiting()))
        status = response.status_code
    finally:
        faults.journal.end(sequence, status=status, fault=rule.action if rule else None)
    return response
