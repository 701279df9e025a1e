"""Finds payments by what people quote: the id of a payment, or the number of an order."""

from __future__ import annotations

import re

from monext_bridge.concerns import concerning
from monext_bridge.domain.ids import OrderNumber, PaymentId
from monext_bridge.domain.record import Payment, accepted_transaction
from monext_bridge.errors import NotFound
from monext_bridge.services.operations.modify_payment import PaymentOperations
from monext_bridge.services.remotes import CommercetoolsRecords

PAYMENT_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def find_payments(
    records: CommercetoolsRecords, operations: PaymentOperations, *, quoted: str
) -> tuple[Payment, ...]:
    """Return the payments of this bridge that go by a payment id or an order number, at least one.

    Of an order, the accepted payments are returned, or all where none was accepted: nobody asks for a failed
    attempt. A shop may number its orders as it likes, so what looks like a payment id and is none is taken for
    an order number. Raises NotFound where there is no payment of ours, Malformed, RemoteError.
    """
    by_id = _payment_or_none(operations, PaymentId(quoted)) if PAYMENT_ID.fullmatch(quoted) else None
    if by_id:
        return (by_id,)
    order = records.order(OrderNumber(quoted))
    found = [_payment_or_none(operations, payment_id) for payment_id in order.payment_ids] if order else []
    payments = tuple(payment for payment in found if payment)
    if not payments:
        what = "the order has no payment of this bridge" if order else "no such payment and no such order"
        raise NotFound(f"{what}: {quoted}")
    return tuple(payment for payment in payments if accepted_transaction(payment)) or payments


def _payment_or_none(operations: PaymentOperations, payment_id: PaymentId) -> Payment | None:
    try:
        with concerning(payment=payment_id):
            return operations.payment(payment_id)
    except NotFound:
        return None
