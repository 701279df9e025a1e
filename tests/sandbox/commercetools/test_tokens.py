from collections.abc import Callable

import pytest

from sandbox.clock import ShiftedClock
from sandbox.commercetools.auth.tokens import grants
from sandbox.commercetools.seed import cart_id
from tests.sandbox.commercetools.conftest import Api, basic, code
from tests.sandbox.commercetools.json_client import JsonClient

BRIDGE = basic("bridge", "bridge-secret")


def test_token_has_the_scopes_of_its_client(http: JsonClient) -> None:
    answer = http.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=BRIDGE)

    assert answer.json["scope"] == "manage_project:sandbox"
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 172_800)


def test_requested_part_of_the_scopes_is_honoured(http: JsonClient) -> None:
    form = {"grant_type": "client_credentials", "scope": "view_payments:sandbox"}
    token = http.post("/oauth/token", data=form, headers=BRIDGE).json

    api = Api(http=http, token=token["access_token"])

    assert token["scope"] == "view_payments:sandbox"
    assert api.get("payments").status_code == 200
    assert code(api.get("orders")) == "403 insufficient_scope"


@pytest.mark.parametrize("scope", ["view_payments:elsewhere", "manage_locked_carts:sandbox", "nonsense"])
def test_scope_beyond_the_client_is_refused(http: JsonClient, scope: str) -> None:
    form = {"grant_type": "client_credentials", "scope": scope}

    answer = http.post("/oauth/token", data=form, headers=BRIDGE)

    assert code(answer) == "400 invalid_scope"
    assert answer.json["error"] == "invalid_scope"


@pytest.mark.parametrize("headers", [{}, basic("bridge", "wrong"), basic("nobody", "bridge-secret")])
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/introspect"])
def test_wrong_credentials_are_refused(http: JsonClient, headers: dict[str, str], path: str) -> None:
    form = {"grant_type": "client_credentials", "token": "any"}

    answer = http.post(path, data=form, headers=headers)

    assert code(answer) == "401 invalid_client"
    assert answer.json["error"] == "invalid_client"
    assert answer.json["error_description"] == answer.json["message"]


def test_other_grants_are_refused(http: JsonClient) -> None:
    answer = http.post("/oauth/token", data={"grant_type": "password"}, headers=BRIDGE)

    assert code(answer) == "400 unsupported_grant_type"


@pytest.mark.parametrize("value", [None, "Bearer", "Bearer made-up", "Basic YTpi"])
def test_call_without_a_valid_token_is_refused(http: JsonClient, value: str | None) -> None:
    headers = {"Authorization": value} if value else {}

    answer = http.get("/sandbox/payments", headers=headers)

    assert code(answer) == "401 invalid_token"
    assert answer.json["error"] == "invalid_token"


def test_token_ends_with_its_lifetime(api: Api, clock: ShiftedClock) -> None:
    clock.advance(172_790)
    assert api.get("payments").status_code == 200

    clock.advance(20)

    assert code(api.get("payments")) == "401 invalid_token"


def test_revoked_token_is_refused(api: Api, http: JsonClient) -> None:
    http.post("/_control/revoke-tokens")

    assert code(api.get("payments")) == "401 invalid_token"


def test_the_shop_may_order_and_not_subscribe(login: Callable[..., Api]) -> None:
    shop = login("shop", "shop-secret")
    cart = {"typeId": "cart", "id": cart_id("guest")}

    assert shop.post("orders", {"cart": cart, "version": shop.cart("guest")["version"]}).status_code == 201
    assert shop.post("subscriptions", {}).json["error"] == "insufficient_scope"


def test_reader_may_look_and_not_touch(login: Callable[..., Api]) -> None:
    reader = login("reader", "reader-secret")

    assert reader.get("payments").status_code == 200
    refusal = reader.post("payments", {"amountPlanned": {"centAmount": 1, "currencyCode": "EUR"}})
    assert code(refusal) == "403 insufficient_scope"
    assert "manage_payments" in refusal.json["message"]


def test_token_does_not_open_another_project(api: Api) -> None:
    answer = api.http.get("/elsewhere/payments", headers=api.headers)

    assert code(answer) == "403 insufficient_scope"


def test_new_api_client_gets_its_scopes(http: JsonClient, login: Callable[..., Api]) -> None:
    client = {"id": "orders-only", "secret": "orders-secret", "scopes": ["manage_orders"]}
    http.post("/_control/clients", json=client)

    api = login("orders-only", "orders-secret")

    assert api.get("carts").status_code == 200
    assert code(api.get("payments")) == "403 insufficient_scope"


def test_a_deleted_api_client_is_refused_with_its_tokens(
    http: JsonClient, api: Api, login: Callable[..., Api]
) -> None:
    http.post(
        "/_control/clients", json={"id": "newer", "secret": "newer-secret", "scopes": ["manage_project"]}
    )
    newer = login("newer", "newer-secret")

    assert http.delete("/_control/clients/bridge").status_code == 200

    form = {"grant_type": "client_credentials"}
    assert http.post("/oauth/token", data=form, headers=BRIDGE).status_code == 401
    assert http.post("/oauth/introspect", data={"token": newer.token}, headers=BRIDGE).status_code == 401
    assert code(api.get("carts")) == "401 invalid_token"
    asked = http.post("/oauth/introspect", data={"token": api.token}, headers=basic("newer", "newer-secret"))
    assert asked.json == {"active": False}
    assert newer.get("carts").status_code == 200
    assert http.delete("/_control/clients/bridge").status_code == 404


def test_a_reset_brings_the_first_api_clients_back(http: JsonClient, login: Callable[..., Api]) -> None:
    http.delete("/_control/clients/bridge")
    http.post("/_control/reset", json={})
    assert login().get("carts").status_code == 200


def test_introspection_tells_client_and_scopes_of_a_live_token(api: Api, http: JsonClient) -> None:
    answer = http.post("/oauth/introspect", data={"token": api.token}, headers=BRIDGE).json

    assert answer["active"] is True
    assert (answer["client_id"], answer["scope"]) == ("bridge", "manage_project:sandbox")


def test_introspection_of_an_expired_token_says_nothing_else(
    api: Api, http: JsonClient, clock: ShiftedClock
) -> None:
    clock.advance(200_000)

    answer = http.post("/oauth/introspect", data={"token": api.token}, headers=BRIDGE).json

    assert answer == {"active": False}


@pytest.mark.parametrize(
    ("held", "wanted", "granted"),
    [
        ("manage_payments:p", "manage_payments:p", True),
        ("manage_payments:p", "view_payments:p", True),
        ("view_payments:p", "manage_payments:p", False),
        ("manage_payments:p:store", "manage_payments:p", False),
        ("manage_payments:p", "manage_payments:p:store", True),
        ("manage_payments:p:store", "view_payments:p:store", True),
        ("manage_payments:p:store", "manage_payments:p:other", False),
        ("manage_payments:q", "manage_payments:p:store", False),
        ("manage_project:p", "view_orders:p:store", True),
        ("manage_project:p", "view_orders:p", True),
        ("manage_project:p", "manage_locked_carts:p", False),
        ("manage_project:p", "view_orders:q", False),
        ("manage_project:p", "anything:p", False),
    ],
)
def test_scopes_cover_what_they_should(held: str, wanted: str, granted: bool) -> None:
    assert grants(frozenset([held]), wanted, project_key="p") is granted


def test_a_client_of_one_store_says_so_in_its_scopes(http: JsonClient, login: Callable[..., Api]) -> None:
    client = {"id": "fr-desk", "secret": "fr-desk-secret", "scopes": ["manage_payments:fr-store"]}
    http.post("/_control/clients", json=client)

    api = login("fr-desk", "fr-desk-secret")
    told = http.post("/oauth/introspect", data={"token": api.token}, headers=BRIDGE).json

    assert told["scope"] == "manage_payments:sandbox:fr-store"
    assert code(api.get("payments")) == "403 insufficient_scope"


def test_a_scope_may_be_narrowed_to_a_store(http: JsonClient) -> None:
    form = {"grant_type": "client_credentials", "scope": "manage_payments:sandbox:fr-store"}
    assert http.post("/oauth/token", data=form, headers=BRIDGE).json["scope"] == form["scope"]
