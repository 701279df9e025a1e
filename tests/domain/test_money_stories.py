"""Stories of money around the payment that chance plays seldom, with the checks of the property tests."""

from __future__ import annotations

from typing import Any

from monext_bridge.domain.operations.rules import Capture
from tests.builders import eur
from tests.domain.concurrent_flows import NORMAL
from tests.domain.stage import AUTHORIZATION
from tests.domain.test_money_events import MoneyEvents

BEGINNING: dict[str, Any] = {
    "echoes": True,
    "staff": False,
    "makes_orders": True,
    "slow": False,
    "skew": 0,
    "unruly": False,
    "bought": AUTHORIZATION,
    "sessions": 1,
    "rush": [],
}


def begun(**changes: Any) -> MoneyEvents:
    """A cart whose only session is authorised, and its order."""
    events = MoneyEvents()
    events.begin(shares=None, foreign=False, refused=None, edited=None, beginning=BEGINNING | changes)
    return events


def test_what_was_captured_by_hand_is_not_captured_again_by_a_shipment() -> None:
    events = begun()
    events.somebody_captures(0, "a", Capture(eur(4000)), NORMAL, 0)
    events.they_come_to_their_ends()
    events.order_changes(4000, None, shipped=True, conditions=NORMAL, skew=0)
    events.they_come_to_their_ends()
    events.teardown()


def test_a_capture_by_hand_between_a_shipments_reading_and_its_write_is_counted() -> None:
    events = begun()
    events.order_changes(4000, None, shipped=True, conditions=NORMAL, skew=0)
    for _ in range(2):
        events.goes_on(events.callers[0])
    events.run(events.bridge.operates(events.payment(0).id, Capture(eur(4000)), "a"))
    events.they_come_to_their_ends()
    events.teardown()


def test_money_that_comes_after_the_shops_order_was_cancelled_goes_back() -> None:
    events = begun(bought=None, makes_orders=False)
    events.shop_orders_the_cart_itself()
    events.order_changes(11100, "Cancelled", shipped=False, conditions=NORMAL, skew=0)
    events.minutes_pass(6)
    events.is_paid(events.payment(0), captured=True)
    events.teardown()
