"""Checks what commercetools holds after a buyer has paid, or not paid, in the browser."""

from __future__ import annotations

from tests.world import World


def assert_paid_once(world: World, cart: str) -> str:
    """Check that there is one order, paid by one charge that succeeded, and give the payment's id."""
    (order,) = world.orders(cart)
    assert order["paymentState"] == "Paid"
    assert [shape[:2] for shape in world.transactions(cart) if shape[1] != "Failure"] == [
        ("Charge", "Success")
    ]
    return next(str(p["id"]) for p in world.payments(cart) if p["transactions"][-1]["state"] == "Success")


def assert_nothing_taken(world: World, cart: str) -> None:
    """Check that there is no order, and no transaction that took or may still take money."""
    assert world.orders(cart) == []
    assert {state for _, state, _ in world.transactions(cart)} <= {"Failure", "Initial"}
