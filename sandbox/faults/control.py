"""The faults' own endpoints, on the port of the application they spoil."""

import json
from wsgiref.types import WSGIApplication as WSGIApp
from wsgiref.types import WSGIEnvironment

from werkzeug.wrappers import Request, Response

from sandbox.faults.register import Faults
from sandbox.faults.rules import RuleError, parse_rule


def controlled(app: WSGIApp, environ: WSGIEnvironment, *, faults: Faults) -> Response:
    """Answers `/_control/faults` and `/_control/calls`; `/_control/reset` resets the faults and then the
    application; all other controls are the application's own.
    """
    request = Request(environ)
    if request.path == "/_control/faults":
        return _rules(request, faults=faults)
    if request.path == "/_control/calls":
        return _calls(request, faults=faults)
    if request.path == "/_control/reset" and request.method == "POST":
        faults.reset()
    return Response.from_app(app, environ, buffered=True)


def _rules(request: Request, *, faults: Faults) -> Response:
    if request.method == "GET":
        return _json({"faults": faults.listed()})
    if request.method == "POST":
        return _add(request, faults=faults)
    if request.method == "DELETE":
        return _remove(request, faults=faults)
    return _json({"message": "GET, POST or DELETE"}, status=405)


def _add(request: Request, *, faults: Faults) -> Response:
    try:
        rule_id = faults.add(parse_rule(json.loads(request.get_data())))
    except (RuleError, ValueError) as error:
        return _json({"message": str(error)}, status=400)
    return _json({"id": rule_id}, status=201)


def _remove(request: Request, *, faults: Faults) -> Response:
    wanted = request.args.get("id")
    if wanted is None:
        faults.clear()
    elif not wanted.isdecimal() or not faults.remove(int(wanted)):
        return _json({"message": "no rule of this id"}, status=404)
    return Response(status=204)


def _calls(request: Request, *, faults: Faults) -> Response:
    if request.method == "DELETE":
        faults.journal.clear()
        return Response(status=204)
    if request.method == "GET":
        return _json({"calls": [call.as_json() for call in faults.journal.calls()]})
    return _json({"message": "GET or DELETE"}, status=405)


def _json(document: object, *, status: int = 200) -> Response:
    return Response(json.dumps(document), status=status, content_type="application/json")
