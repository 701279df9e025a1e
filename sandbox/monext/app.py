"""The sandbox's Monext as one WSGI application: REST API, hosted page, widget, back office and controls."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from sandbox.bank import Bank
from sandbox.clock import Clock, utc_now
from sandbox.monext.api import answer_api_error, answer_http_error, api
from sandbox.monext.backoffice import backoffice
from sandbox.monext.control import control
from sandbox.monext.hosted import hosted
from sandbox.monext.key_controls import key_controls
from sandbox.monext.merchants_api import merchants_api
from sandbox.monext.money import as_read
from sandbox.monext.notifications import Send
from sandbox.monext.notifications import send as send_message
from sandbox.monext.platform import Platform, platform
from sandbox.monext.play import play
from sandbox.monext.results import ApiError
from sandbox.monext.settings import MonextSettings
from sandbox.monext.three_d_secure import three_d_secure
from sandbox.monext.widget_api import widget_api
from sandbox.monext.words import ENGLISH, language_of, method_name, words_in

_STATIC = Path(__file__).with_name("static")
_FLUSH = "/_control/notifications/flush"
_BLUEPRINTS = (
    *(api, merchants_api, hosted, three_d_secure, widget_api),
    *(backoffice, control, key_controls, play),
)
_Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def create_app(
    settings: MonextSettings | None = None,
    *,
    clock: Clock = utc_now,
    send: Send = send_message,
    bank: Bank | None = None,
) -> Flask:
    """A server with nothing in it yet. `app.extensions["monext"]` is its Platform, `bank` that of all cards.

    Its notifier sends nothing in the background until `.notifier.start()`; the controls can flush it.
    """
    app = Flask(__name__)
    state = Platform(settings or MonextSettings(), clock=clock, send=send, bank=bank or Bank())
    app.extensions["monext"] = state
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_error_handler(ApiError, answer_api_error)
    app.register_error_handler(HTTPException, answer_error)
    app.context_processor(_language_of_the_page)
    app.add_template_filter(_money_of, "money")
    app.add_template_filter(method_name, "method_name")
    for kind in ("scripts", "styles"):
        for prefix in ("/cdn", ""):
            rule = f"{prefix}/{kind}/<any('widget-min.js', 'widget-min.css'):name>"
            app.add_url_rule(rule, endpoint=f"asset{prefix}/{kind}", view_func=widget_asset)
    app.wsgi_app = one_at_a_time(app.wsgi_app, state=state)  # type: ignore[method-assign, assignment]
    return app


def answer_error(error: HTTPException) -> Response | tuple[Response | str, int]:
    """An error in the form that its caller reads: Monext's Result, plain JSON, or a page."""
    status = error.code or 500
    if request.path.startswith("/v1/"):
        return answer_http_error(error)
    if request.path.startswith(("/_control/", "/services/")):
        return jsonify({"message": error.description, "statusCode": status}), status
    return render_template("monext/error.html", error=error), status


def widget_asset(name: str) -> Response:
    """The widget's script and stylesheet, by the names that they have at Monext."""
    kind = "text/javascript" if name.endswith(".js") else "text/css"
    return Response((_STATIC / name).read_bytes(), mimetype=kind, headers={"Cache-Control": "no-cache"})


def one_at_a_time(wsgi: _Wsgi, *, state: Platform) -> _Wsgi:
    """One request after the other, save the flush: its notifications make the merchant call back."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == _FLUSH:
            return wsgi(environ, start_response)
        with state.lock:
            return wsgi(environ, start_response)

    return serve


def _money_of(amount: int, currency: str, language: str = ENGLISH) -> str:
    return as_read(amount, currency=currency, language=language)


def _language_of_the_page() -> dict[str, Any]:
    """The words of a page: in the language of the payment that its address names, else in English."""
    session = platform().sessions.get(request.args.get("token", ""))
    language = language_of(session) if session else ENGLISH
    return {"language": language, "words": words_in(language)}
