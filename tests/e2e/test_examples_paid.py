"""Both shops of `examples` judge by the same rule what was paid."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.storefronts import EXAMPLES, NAMES, why_not

Transaction = tuple[str, str, int] | tuple[str, str, int, str]

CHARGED = ("Charge", "Success", 2499)
RESERVED = ("Authorization", "Success", 2499)

ORDERS: list[tuple[str, list[list[Transaction]]]] = [
    ("paid", [[CHARGED]]),
    ("paid", [[RESERVED, CHARGED]]),
    ("paid", [[("Charge", "Success", 2000)], [("Charge", "Success", 499)]]),
    ("paid", [[("Charge", "Failure", 2499), CHARGED]]),
    ("paid", [[CHARGED, ("Refund", "Failure", 2499)]]),
    ("reserved", [[RESERVED]]),
    ("reserved", [[RESERVED, ("Charge", "Success", 1000)]]),
    ("reserved", [[("Charge", "Success", 2000)], [("Authorization", "Success", 499)]]),
    ("open", []),
    ("open", [[]]),
    ("open", [[("Charge", "Success", 2498)]]),
    ("open", [[("Charge", "Pending", 2499)]]),
    ("open", [[("Charge", "Initial", 2499)]]),
    ("open", [[("Charge", "Success", 2499, "JPY")]]),
    ("open", [[CHARGED, ("Refund", "Success", 1)]]),
    ("open", [[CHARGED, ("Refund", "Pending", 1)]]),
    ("open", [[CHARGED, ("Refund", "Initial", 2499)]]),
    ("open", [[CHARGED, ("Chargeback", "Success", 2499)]]),
    ("open", [[RESERVED, ("CancelAuthorization", "Success", 2499)]]),
    ("open", [[RESERVED, CHARGED, ("Refund", "Success", 2499)]]),
]

CARTS: list[tuple[bool, list[list[Transaction]]]] = [
    (True, [[CHARGED]]),
    (True, [[RESERVED]]),
    (True, [[("Charge", "Pending", 2499)]]),
    (True, [[("Authorization", "Pending", 2499)]]),
    (False, []),
    (False, [[("Charge", "Initial", 2499)]]),
    (False, [[("Charge", "Failure", 2499)]]),
    (False, [[CHARGED, ("Refund", "Success", 2499)]]),
    (False, [[RESERVED, ("CancelAuthorization", "Initial", 2499)]]),
]

PROGRAMS = {
    "node": """
        import { readFileSync } from "node:fs";
        const { %(function)s: judge } = await import(%(folder)s + "/paid.mjs");
        console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(judge)));
    """,
    "python": """if True:
        import json, sys
        sys.path.insert(0, %(folder)s)
        from paid import %(function)s as judge
        print(json.dumps([judge(each) for each in json.load(sys.stdin)]))
    """,
}
COMMANDS = {"node": ["node", "--input-type=module", "-e"], "python": [sys.executable, "-c"]}
FUNCTIONS = {
    "node": {"order": "stateOfOrder", "cart": "isUnderWay"},
    "python": {"order": "state_of_order", "cart": "is_under_way"},
}

Judge = Callable[[str, list[Any]], Any]


@pytest.fixture(params=NAMES)
def judge(request: pytest.FixtureRequest) -> Judge:
    name = request.param
    if reason := why_not(name):
        pytest.skip(reason)

    def ask(kind: str, documents: list[Any]) -> Any:
        values = {"folder": json.dumps(str(EXAMPLES / name)), "function": FUNCTIONS[name][kind]}
        done = subprocess.run(
            [*COMMANDS[name], PROGRAMS[name] % values],
            input=json.dumps(documents),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


def read(payments: list[list[Transaction]], **members: Any) -> dict[str, Any]:
    """A cart or order of 24.99 EUR, as commercetools gives it with its payments."""
    references = [
        {"obj": {"transactions": [_transaction(*each) for each in payment]}} for payment in payments
    ]
    cost = {"centAmount": 2499, "currencyCode": "EUR"}
    order = {"orderState": "Open", "paymentState": "Paid", "totalPrice": cost}
    return {**order, "paymentInfo": {"payments": references}, **members}


def _transaction(kind: str, state: str, amount: int, currency: str = "EUR") -> dict[str, Any]:
    return {"type": kind, "state": state, "amount": {"centAmount": amount, "currencyCode": currency}}


def test_an_order_counts_as_paid_once_its_money_covers_what_it_costs(judge: Judge) -> None:
    assert judge("order", [read(payments) for _, payments in ORDERS]) == [state for state, _ in ORDERS]


def test_it_costs_what_it_costs_with_tax(judge: Judge) -> None:
    taxed = {"totalGross": {"centAmount": 2999, "currencyCode": "EUR"}}
    assert judge("order", [read([[CHARGED]], taxedPrice=taxed)]) == ["open"]


def test_an_order_without_any_payment_is_open(judge: Judge) -> None:
    order = read([])
    del order["paymentInfo"]
    assert judge("order", [order]) == ["open"]


def test_an_order_is_shipped_by_its_payment_state_as_well(judge: Judge) -> None:
    states = ["Paid", "Pending", "BalanceDue", "Failed", "CreditOwed", None]
    told = judge("order", [read([[CHARGED]], paymentState=state) for state in states])
    assert told == ["paid"] * 3 + ["open"] * 3


def test_a_cancelled_order_is_not_shipped_whatever_was_paid(judge: Judge) -> None:
    assert judge("order", [read([[CHARGED]], orderState="Cancelled")]) == ["open"]


def test_a_balance_that_is_due_does_not_hide_that_all_money_went_back(judge: Judge) -> None:
    went_back: list[Transaction] = [RESERVED, ("Charge", "Success", 2000), ("Refund", "Success", 2000)]
    assert judge("order", [read([went_back], paymentState="BalanceDue")]) == ["open"]


def test_money_that_the_bridge_returns_counts_for_nothing(judge: Judge) -> None:
    order = read([[CHARGED]])
    order["paymentInfo"]["payments"][0]["obj"]["paymentStatus"] = {"interfaceCode": "AMOUNT_MISMATCH"}
    assert (judge("order", [order]), judge("cart", [order])) == (["open"], [False])


def test_a_cart_is_under_way_where_money_is_there_or_may_come(judge: Judge) -> None:
    assert judge("cart", [read(payments) for _, payments in CARTS]) == [under_way for under_way, _ in CARTS]
