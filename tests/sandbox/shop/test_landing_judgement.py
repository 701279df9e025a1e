from typing import Any

import pytest

from sandbox.shop.landing import borne_out


def payment(*transactions: tuple[str, str]) -> dict[str, Any]:
    return {"transactions": [{"type": kind, "state": state} for kind, state in transactions]}


@pytest.mark.parametrize(
    ("status", "transactions"),
    [
        ("paid", [("Charge", "Success")]),
        ("authorized", [("Authorization", "Success")]),
        ("refused", [("Charge", "Failure")]),
        ("cancelled", [("Authorization", "Failure")]),
        ("expired", []),
        ("returned", [("Charge", "Success"), ("Refund", "Success")]),
        ("returned", [("Authorization", "Success"), ("CancelAuthorization", "Success")]),
    ],
)
def test_a_true_status_is_borne_out(status: str, transactions: list[tuple[str, str]]) -> None:
    assert borne_out(status, payment=payment(*transactions))


@pytest.mark.parametrize(
    ("status", "transactions"),
    [
        ("paid", [("Charge", "Pending")]),
        ("paid", [("Authorization", "Success")]),
        ("authorized", [("Authorization", "Failure")]),
        ("refused", [("Charge", "Success")]),
        ("cancelled", [("Authorization", "Success")]),
        ("expired", [("Charge", "Success")]),
        ("returned", [("Charge", "Success"), ("Refund", "Failure")]),
        ("nonsense", [("Charge", "Success")]),
        ("", []),
    ],
)
def test_a_false_status_is_not_borne_out(status: str, transactions: list[tuple[str, str]]) -> None:
    assert not borne_out(status, payment=payment(*transactions))
