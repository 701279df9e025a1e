"""What the answer of an introspection says about a caller: scopes, project, end."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from monext_bridge.errors import RemoteUnavailable
from monext_bridge.services.access.api_client import ApiClient, open_stores
from monext_bridge.services.access.introspection import read_verdict
from monext_bridge.services.access.token_verdicts import GRANTED_FOR, REFUSED_FOR, CheckedToken, TokenVerdict

NOW = 1_790_000_000.0


def answer(**changes: Any) -> dict[str, Any]:
    """Of a token that opens for another hour; None takes a member out."""
    valid = {
        "active": True,
        "scope": "manage_project:shop",
        "exp": int((NOW + 3600) * 1000),
        "client_id": "erp",
    }
    return {name: value for name, value in {**valid, **changes}.items() if value is not None}


def checked(**changes: Any) -> CheckedToken:
    return read_verdict(answer(**changes), project_key="shop", now=NOW)[0]


def read(**changes: Any) -> tuple[TokenVerdict, float]:
    verdict, life = read_verdict(answer(**changes), project_key="shop", now=NOW)
    return verdict.verdict, life


@pytest.mark.parametrize(
    "scopes",
    [
        "manage_project:shop",
        "manage_checkout_payment_intents:shop",
        "manage_checkout_payment_intents:shop:fr-store",
        "view_orders:shop manage_project:shop view_payments:shop",
        "manage_project:other manage_project:shop",
        "manage_project:shop:fr manage_checkout_payment_intents:shop:de",
    ],
)
def test_these_scopes_open(scopes: str) -> None:
    assert open_stores(scopes, project_key="shop") != frozenset()


@pytest.mark.parametrize(
    ("scopes", "stores"),
    [
        ("manage_project:shop", None),
        ("manage_project:shop:fr", {"fr"}),
        ("manage_project:shop:fr manage_project:shop:de", {"fr", "de"}),
        ("manage_project:shop:fr manage_checkout_payment_intents:shop:de", {"fr", "de"}),
        ("manage_project:shop:fr manage_checkout_payment_intents:shop", None),
        ("manage_project:shop:fr view_orders:shop", {"fr"}),
        ("manage_project:shop:fr manage_project:other", {"fr"}),
        ("manage_project:shop:fr manage_project:other:de", {"fr"}),
        ("manage_project:shop:fr manage_payments:shop:de", {"fr"}),
    ],
)
def test_scopes_of_stores_add_up_and_one_of_the_project_opens_all(
    scopes: str, stores: set[str] | None
) -> None:
    assert open_stores(scopes, project_key="shop") == stores


@pytest.mark.parametrize(
    "scopes",
    [
        "",
        "manage_project",
        "manage_project:",
        "manage_project:shop2",
        "manage_project:sho",
        "manage_project:Shop",
        "manage_project:other:shop",
        "manage_project:shop:a:b",
        "manage_project:shop:",
        "manage_project:shop:*",
        "manage_project::shop",
        ":manage_project:shop",
        "MANAGE_PROJECT:shop",
        "view_project:shop",
        "manage_payments:shop",
        "manage_orders:shop manage_payments:shop",
        "manage_checkout_payment_intents:shop2",
        "xmanage_project:shop",
        "manage_project:shop\tx",
        "manage_project:other,manage_project:shop",
    ],
)
def test_these_scopes_do_not_open(scopes: str) -> None:
    assert open_stores(scopes, project_key="shop") == frozenset()


@pytest.mark.parametrize(
    ("exp", "life"),
    [
        (int((NOW + 3600) * 1000), GRANTED_FOR),
        (int(NOW + 3600), GRANTED_FOR),
        (int((NOW + 20) * 1000), 20),
        (int(NOW + 20), 20),
        (Decimal(NOW + 20), 20),
        (None, 0),
        ("soon", 0),
        (True, 0),
    ],
)
def test_a_token_that_opens_is_relied_on_for_a_minute_and_never_past_its_end(
    exp: object, life: float
) -> None:
    assert read(exp=exp) == (TokenVerdict.GRANTED, life)


@pytest.mark.parametrize(
    "changes",
    [{"active": False}, {"exp": int(NOW)}, {"exp": int(NOW * 1000)}, {"exp": 0}, {"exp": -1}],
    ids=str,
)
def test_a_token_that_has_ended_is_worth_nothing(changes: dict[str, Any]) -> None:
    assert read(**changes) == (TokenVerdict.ENDED, REFUSED_FOR)


@pytest.mark.parametrize("scope", [None, "", "view_orders:shop", ["manage_project:shop"], 1])
def test_a_token_of_another_scope_is_forgotten_soon(scope: object) -> None:
    assert read(scope=scope) == (TokenVerdict.OTHER_SCOPE, REFUSED_FOR)


@pytest.mark.parametrize(
    "client_id",
    [None, "", 7, "a~b", "a b", "é", "x" * 65, "shipment", "terminal", "bridge", "reconciliation"],
)
def test_a_token_that_names_no_client_is_let_in_nowhere(client_id: object) -> None:
    assert read(client_id=client_id) == (TokenVerdict.NO_CLIENT, REFUSED_FOR)


def test_whose_token_it_is_is_said_also_where_its_scope_is_another() -> None:
    assert checked().client == ApiClient("erp", None)
    assert checked(scope="manage_project:shop:fr").client == ApiClient("erp", frozenset({"fr"}))
    assert checked(scope="view_orders:shop").client == ApiClient("erp", frozenset())


@pytest.mark.parametrize("active", [None, "true", 1, {}])
def test_an_answer_that_does_not_say_active_says_nothing(active: object) -> None:
    with pytest.raises(RemoteUnavailable):
        read(active=active)
