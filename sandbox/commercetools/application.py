"""The commercetools stand-in as one Flask application."""

from flask import Flask, Response

from sandbox.clock import Clock, utc_now
from sandbox.commercetools.answers import answer, install_errors
from sandbox.commercetools.api import project_api
from sandbox.commercetools.auth.endpoints import auth_server
from sandbox.commercetools.auth.merchant_center import key_set
from sandbox.commercetools.auth.tokens import Tokens
from sandbox.commercetools.controls import controls
from sandbox.commercetools.push import Pusher, Send, send_push
from sandbox.commercetools.push_controls import push_controls
from sandbox.commercetools.seed import plant
from sandbox.commercetools.settings import ProjectSettings
from sandbox.commercetools.situation_controls import situation_controls
from sandbox.commercetools.staff_controls import staff_controls
from sandbox.commercetools.state import Project


def create_app(
    settings: ProjectSettings | None = None, *, clock: Clock = utc_now, send: Send = send_push
) -> Flask:
    """The auth server, the HTTP API, the session API and the controls on one port, with the seed planted.

    Safe to serve from several threads: every request is atomic. `app.extensions["pusher"]` sends nothing in
    the background until its `start`; the controls can flush it. `app.extensions["project"]` is what `plant` fills.
    """
    chosen = settings or ProjectSettings()
    project = Project(settings=chosen, clock=clock)
    tokens = Tokens(settings=chosen, clock=clock)
    pusher = Pusher(project, send=send)
    project.listener = pusher.publish
    plant(project)
    app = Flask(__name__, static_folder=None)
    app.extensions["pusher"] = pusher
    app.extensions["project"] = project
    app.url_map.strict_slashes = False
    install_errors(app, clock=clock)
    app.register_blueprint(auth_server(tokens))
    app.get("/.well-known/jwks.json")(_show_keys)
    app.register_blueprint(controls(project, tokens, pusher=pusher))
    app.register_blueprint(situation_controls(project))
    app.register_blueprint(staff_controls(project))
    app.register_blueprint(push_controls(pusher))
    app.register_blueprint(project_api(project, tokens))
    return app


def _show_keys() -> Response:
    """The keys that verify the Merchant Center's tokens."""
    return answer(key_set())
