"""The door: who has a token is proved there, and what is not declared is served to nobody."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from monext_bridge.web.access.authenticate import AT_THE_ENDPOINT, BY_TOKEN, bearer, init_principals
from monext_bridge.web.access.rate_limiter import init_rate_limits
from monext_bridge.web.endpoints import UNLIMITED, Answers, Endpoint, Principal
from monext_bridge.web.pages.error_pages import init_error_pages
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.services.api_clients import Tokens, principals_of
from tests.web.declared_endpoints import ENDPOINTS
from tests.world import World


def called_by(caller: Principal) -> Endpoint:
    return Endpoint(does="serves", caller=caller, limits=UNLIMITED, answers=Answers.JSON)


DECLARED = {
    "office": called_by(Principal.BACK_OFFICE),
    "center": called_by(Principal.MERCHANT_CENTER),
    "open": called_by(Principal.ANYBODY),
}


@pytest.fixture
def tokens(sandbox: Sandbox) -> Tokens:
    return Tokens(sandbox)


@pytest.fixture
def served() -> list[str]:
    """The endpoints that were reached."""
    return []


@pytest.fixture
def app(in_process: InProcess, served: list[str], world: World) -> Flask:
    app = Flask("door")
    refuse = init_error_pages(app, is_json=lambda _: True, endpoints={})
    secret = in_process.settings.secret_keys[0]
    init_rate_limits(app, secret=secret, redis_url=None, refuse=refuse, endpoints=DECLARED)
    init_principals(app, principals=principals_of(in_process), endpoints=DECLARED)

    def endpoint(name: str) -> None:
        def serve() -> str:
            served.append(name)
            return name

        app.add_url_rule(f"/{name}", endpoint=name, view_func=serve, methods=["GET", "POST"])

    for name in ("office", "center", "open", "unlisted"):
        endpoint(name)
    return app


def call(app: Flask, path: str, *, token: str | None = None, method: str = "GET", **options: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return app.test_client().open(path, method=method, headers=headers, **options)


def test_every_kind_of_caller_is_proved_at_one_place() -> None:
    assert set(BY_TOKEN) | AT_THE_ENDPOINT == set(Principal)
    assert not set(BY_TOKEN) & AT_THE_ENDPOINT


def test_the_operations_api_is_not_left_to_its_endpoints() -> None:
    callers = {name: each.caller for name, each in ENDPOINTS.items() if name.startswith("operations.")}
    assert {name for name, caller in callers.items() if caller not in BY_TOKEN} <= {"operations.config"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_back_office_with_its_token_is_served(
    method: str, app: Flask, tokens: Tokens, served: list[str]
) -> None:
    token = tokens.oauth("manage_checkout_payment_intents")
    assert call(app, "/office", token=token, method=method).status_code == 200
    assert served == ["office"]


def test_a_user_of_the_merchant_center_is_served(app: Flask, tokens: Tokens, served: list[str]) -> None:
    assert call(app, "/center", token=tokens.jwt()).status_code == 200
    assert served == ["center"]


@pytest.mark.parametrize("path", ["/office", "/center"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS"])
def test_without_a_token_nothing_is_served(path: str, method: str, app: Flask, served: list[str]) -> None:
    assert call(app, path, method=method).status_code == 401
    assert served == []


def test_a_refusal_has_the_shape_of_commercetools_connectors(app: Flask) -> None:
    answer = call(app, "/office", token="made-up")
    message = "the token is not active (any more)"
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.get_json() == {
        "message": message,
        "statusCode": 401,
        "errors": [{"code": "invalid_token", "message": message}],
        "error": "invalid_token",
        "error_description": message,
    }


def test_another_scope_is_access_denied(app: Flask, tokens: Tokens, served: list[str]) -> None:
    answer = call(app, "/office", token=tokens.oauth("manage_payments"))
    assert (answer.status_code, answer.get_json()["error"], served) == (403, "access_denied", [])


@pytest.mark.parametrize(("path", "remote"), [("/office", "introspect"), ("/center", "jwks")])
def test_where_nobody_can_say_the_answer_is_503(
    path: str, remote: str, app: Flask, tokens: Tokens, world: World, served: list[str]
) -> None:
    token = tokens.oauth("manage_project") if path == "/office" else tokens.jwt()
    world.fault("commercetools", action="status", path=remote, times=0)
    answer = call(app, path, token=token)
    assert (answer.status_code, answer.headers["Retry-After"], served) == (503, "30", [])


@pytest.mark.parametrize("path", ["/office", "/center"])
def test_one_s_token_does_not_open_the_other_s_door(path: str, app: Flask, tokens: Tokens) -> None:
    token = tokens.jwt() if path == "/office" else tokens.oauth("manage_project")
    assert call(app, path, token=token).status_code == 401


def test_who_needs_no_token_is_not_asked_for_one(app: Flask, world: World) -> None:
    assert call(app, "/open", token="made-up").status_code == 200
    assert world.calls("commercetools") == []


def test_an_endpoint_that_is_not_declared_is_served_to_nobody(
    app: Flask, tokens: Tokens, served: list[str]
) -> None:
    assert call(app, "/unlisted", token=tokens.oauth("manage_project")).status_code == 403
    assert served == []


def test_a_caller_that_nobody_knows_to_prove_is_served_nothing(
    in_process: InProcess, served: list[str]
) -> None:
    caller: Any = "a kind that is in no enumeration"
    app = Flask("door")
    init_error_pages(app, is_json=lambda _: True, endpoints={})
    init_principals(app, principals=principals_of(in_process), endpoints={"odd": called_by(caller)})
    app.add_url_rule("/odd", endpoint="odd", view_func=lambda: "served")
    assert call(app, "/odd").status_code == 403


def test_what_does_not_exist_is_not_found_and_not_forbidden(app: Flask) -> None:
    assert call(app, "/nowhere").status_code == 404
    assert call(app, "/office", method="DELETE").status_code == 405


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer abc", "abc"), ("bearer abc", "abc"), ("BEARER a b", "a b"), ("Bearer ", "")],
)
def test_the_token_is_what_follows_the_word(header: str, token: str) -> None:
    assert bearer(header) == token


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer  abc", "Bearer a b", "Bearer abc,Bearer abc", "Basic abc", "abc"],
)
def test_a_header_that_is_not_exactly_a_bearer_token_is_refused(
    header: str | None, app: Flask, world: World
) -> None:
    headers = {} if header is None else {"Authorization": header}
    assert app.test_client().get("/office", headers=headers).status_code == 401
    assert world.calls("commercetools") == []
