"""The HTTP API of the project: every resource by the same five verbs, the project itself, and sessions."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, request

from sandbox.commercetools.answers import answer
from sandbox.commercetools.auth.scopes import caller_of, require_scope
from sandbox.commercetools.auth.tokens import Tokens
from sandbox.commercetools.carts.mine import my_cart, update_my_cart
from sandbox.commercetools.errors import invalid_input
from sandbox.commercetools.orders.edits import apply_edit
from sandbox.commercetools.query.expansion import expand
from sandbox.commercetools.query.paging import answer_query
from sandbox.commercetools.resources import RESOURCES, Resource, find
from sandbox.commercetools.schema import read_json
from sandbox.commercetools.sessions import create_session, get_session
from sandbox.commercetools.state import Project, Request, require_version
from sandbox.commercetools.wire import Json


def project_api(project: Project, tokens: Tokens) -> Blueprint:
    """All endpoints under `/{projectKey}`."""
    endpoints = _Endpoints(project=project, tokens=tokens)
    api = Blueprint("api", __name__, url_prefix="/<project_key>")
    api.get("")(endpoints.describe)
    api.post("/sessions")(endpoints.open_session)
    api.get("/sessions/<session_id>")(endpoints.show_session)
    api.get("/me/carts/<cart_id>")(endpoints.show_my_cart)
    api.post("/me/carts/<cart_id>")(endpoints.update_my_cart)
    api.post("/orders/edits/<edit_id>/apply")(endpoints.apply_edit)
    for path, fixed in (("/<plural>", {}), ("/orders/edits", {"plural": "orders/edits"})):
        api.get(path, defaults=fixed)(endpoints.query)
        api.post(path, defaults=fixed)(endpoints.create)
        api.get(f"{path}/<selector>", defaults=fixed)(endpoints.show)
        api.post(f"{path}/<selector>", defaults=fixed)(endpoints.update)
        api.delete(f"{path}/<selector>", defaults=fixed)(endpoints.delete)
    return api


@dataclass(frozen=True, slots=True)
class _Endpoints:
    """The views; each first proves its caller, then works with the project's lock held."""

    project: Project
    tokens: Tokens

    def describe(self, project_key: str) -> Response:
        self._enter(project_key, "project_settings", writes=False)
        return answer(_description(self.project))

    def open_session(self, project_key: str) -> Response:
        self._enter(project_key, "sessions", writes=True)
        with self.project.lock:
            return answer(create_session(self.project, read_json(request.data)), status=201)

    def show_session(self, project_key: str, session_id: str) -> Response:
        self._enter(project_key, "sessions", writes=False)
        with self.project.lock:
            return answer(get_session(self.project, session_id))

    def query(self, project_key: str, plural: str) -> Response:
        resource = _resource(plural)
        self._enter(project_key, resource.scope, writes=False)
        with self.project.lock:
            parameters = dict(request.args.lists())
            found = answer_query(self.project, resource.kind, parameters=parameters)
            results = [resource.present(self.project, each, parameters) for each in found["results"]]
        return answer({**found, "results": results})

    def create(self, project_key: str, plural: str) -> Response:
        resource = _resource(plural)
        if resource.create is None:
            abort(405)
        entered = self._enter(project_key, resource.scope, writes=True)
        body = read_json(request.data)
        with self.project.lock:
            made = self._expanded(resource.create(entered, body))
        return answer(made, status=201)

    def show(self, project_key: str, plural: str, selector: str) -> Response:
        resource = _resource(plural)
        self._enter(project_key, resource.scope, writes=False)
        with self.project.lock:
            found = self._expanded(find(self.project, resource, selector))
            shown = resource.present(self.project, found, dict(request.args.lists()))
        return answer(shown)

    def update(self, project_key: str, plural: str, selector: str) -> Response:
        resource = _resource(plural)
        if resource.update is None:
            abort(405)
        entered = self._enter(project_key, resource.scope, writes=True)
        body = read_json(request.data)
        with self.project.lock:
            changed = resource.update(entered, find(self.project, resource, selector), body)
            changed = self._expanded(changed)
        return answer(changed)

    def delete(self, project_key: str, plural: str, selector: str) -> Response:
        resource = _resource(plural)
        if resource.update is None:
            abort(405)
        self._enter(project_key, resource.scope, writes=True)
        with self.project.lock:
            document = find(self.project, resource, selector)
            require_version(document, _version())
            self.project.delete(resource.kind, document)
        return answer(document)

    def show_my_cart(self, project_key: str, cart_id: str) -> Response:
        entered = self._enter(project_key, "my_orders", writes=False)
        with self.project.lock:
            cart = self._expanded(my_cart(entered, cart_id))
        return answer(cart)

    def update_my_cart(self, project_key: str, cart_id: str) -> Response:
        entered = self._enter(project_key, "my_orders", writes=True)
        body = read_json(request.data)
        with self.project.lock:
            changed = self._expanded(update_my_cart(entered, my_cart(entered, cart_id), body))
        return answer(changed)

    def apply_edit(self, project_key: str, edit_id: str) -> Response:
        entered = self._enter(project_key, "orders", writes=True)
        body = read_json(request.data)
        with self.project.lock:
            edit = find(self.project, RESOURCES["orders/edits"], edit_id)
            applied = self._expanded(apply_edit(entered, edit, body))
        return answer(applied)

    def _enter(self, project_key: str, scope: str, *, writes: bool) -> Request:
        headers = request.headers
        kept = self.project.conditions.differences.external_users
        external_user = headers.get("X-External-User-ID") if kept else None
        caller = caller_of(self.tokens, headers.get("Authorization"), external_user=external_user)
        require_scope(caller, scope, project_key=project_key, writes=writes)
        return Request(project=self.project, caller=caller)

    def _expanded(self, document: Json) -> Json:
        return expand(self.project, document, paths=request.args.getlist("expand"))


def _resource(plural: str) -> Resource:
    if plural not in RESOURCES:
        abort(404)
    return RESOURCES[plural]


def _version() -> int:
    text = request.args.get("version", "")
    if not text.isascii() or not text.isdigit():
        raise invalid_input(f"Malformed parameter: version: '{text}' is not a number.")
    return int(text)


def _description(project: Project) -> Json:
    """The project's settings: https://docs.commercetools.com/api/projects/project"""
    return {
        "version": 1,
        "key": project.settings.project_key,
        "name": "Sandbox",
        "countries": ["FR", "DE", "BE", "FI", "JP", "KW"],
        "currencies": ["EUR", "JPY", "KWD"],
        "languages": ["fr", "fr-FR", "en", "de", "de-DE", "es", "it", "nl", "pt"],
        "createdAt": "2026-01-01T00:00:00.000Z",
        "messages": {"enabled": True, "deleteDaysAfterCreation": 15},
        "carts": {"deleteDaysAfterLastModification": 90, "priceRoundingMode": "HalfEven"},
    }
