"""What the answer of an introspection says about a caller: scopes, project, end."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from monext_bridge.errors import RemoteUnavailable
from monext_bridge.services.access.introspection import opens, read_verdict
from monext_bridge.services.access.token_verdicts import GRANTED_FOR, REFUSED_FOR, TokenVerdict

NOW = 1_790_000_000.0


def answer(**changes: Any) -> dict[str, Any]:
    """Of a token that opens for another hour; None takes a member out."""
    valid = {"active": True, "scope": "manage_project:shop", "exp": int((NOW + 3600) * 1000)}
    return {name: value for name, value in {**valid, **changes}.items() if value is not None}


def read(**changes: Any) -> tuple[TokenVerdict, float]:
    return read_verdict(answer(**changes), project_key="shop", now=NOW)


@pytest.mark.parametrize(
    "scopes",
    [
        "manage_project:shop",
        "manage_checkout_payment_intents:shop",
        "manage_checkout_payment_intents:shop:fr-store",
        "view_orders:shop manage_project:shop view_payments:shop",
        "manage_project:other manage_project:shop",
    ],
)
def test_these_scopes_open(scopes: str) -> None:
    assert opens(scopes, project_key="shop")


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
    assert not opens(scopes, project_key="shop")


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


@pytest.mark.parametrize("active", [None, "true", 1, {}])
def test_an_answer_that_does_not_say_active_says_nothing(active: object) -> None:
    with pytest.raises(RemoteUnavailable):
        read(active=active)
