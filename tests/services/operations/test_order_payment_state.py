"""The order's payment state, written by several at once: no older reading undoes what a newer one said."""

from __future__ import annotations

from monext_bridge.services.operations.order_payment_state import OrderStateUpdater
from tests.bridges import InProcess
from tests.services.paid_payments import a_paid_payment
from tests.world import World


def test_a_payment_that_was_read_before_its_order_does_not_undo_the_state(
    in_process: InProcess, world: World
) -> None:
    paid = a_paid_payment(in_process, world, situation="german-store")
    records = in_process.services.operations.records
    read_early = records.payment(paid.id)
    paid.capture(1000, final=True)
    OrderStateUpdater(records, records.order_of_payment(paid.id)).follow(read_early)
    assert paid.order_state() == "BalanceDue"
