"""Makes an order name a payment again that it has lost: buyers and staff can take it off while it is being paid."""

from __future__ import annotations

import logging

from monext_bridge.domain.record import Order, Payment
from monext_bridge.logs import event
from monext_bridge.services.remotes.commercetools_records import CommercetoolsRecords
from monext_bridge.services.remotes.conflicts import decide_and_write

log = logging.getLogger(__name__)


def named_by_order(records: CommercetoolsRecords, order: Order, payment: Payment) -> Order | None:
    """Make the order name the payment, and return the order; None where another order names the payment.

    An order that names it already is not written. May be repeated. Raises RemoteError.
    """

    def step(read: Order) -> Order | None:
        if payment.id in read.payment_ids:
            return read
        other = records.order_of_payment(payment.id)
        if other is not None:
            return other if other.id == order.id else None
        written = records.add_to_order(read, payment.id)
        event(log, "lost_payment_found", level=logging.WARNING, payment=payment.id, order=order.id)
        return written

    return decide_and_write(
        order, step, again=lambda _: records.order_by_id(order.id), what=f"order {order.id}"
    )
