"""What commercetools makes of our changes, for tests of decisions that follow each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from monext_bridge.domain import changes as c
from monext_bridge.domain.ids import RecordTransactionId
from monext_bridge.domain.payment import Payment, Transaction

ON_TRANSACTION = {
    c.ChangeTransactionState: "state",
    c.ChangeTransactionTimestamp: "timestamp",
    c.ChangeInteractionId: "interaction_id",
    c.SetTransactionInterfaceId: "interface_id",
}
ON_PAYMENT = {
    c.SetKey: ("key", "key"),
    c.ChangeAmountPlanned: ("planned", "amount"),
    c.SetInterfaceId: ("interface_id", "token"),
    c.SetStatusCode: ("status_code", "code"),
    c.SetStatusText: ("status_text", "text"),
    c.SetMethod: ("method", "method"),
}


def applied(payment: Payment, changes: Iterable[c.Change]) -> Payment:
    for change in changes:
        payment = _applied(payment, change)
    return replace(payment, version=payment.version + 1)


def _applied(payment: Payment, change: Any) -> Payment:
    if isinstance(change, c.AddTransaction):
        new = Transaction(
            id=RecordTransactionId(f"added-{len(payment.transactions)}"),
            type=change.type,
            state=change.state,
            amount=change.amount,
            interaction_id=change.interaction_id,
            interface_id=change.interface_id,
            timestamp=change.timestamp,
        )
        return replace(payment, transactions=(*payment.transactions, new))
    if type(change) in ON_PAYMENT:
        field, source = ON_PAYMENT[type(change)]
        return replace(payment, **{field: getattr(change, source)})
    field = ON_TRANSACTION[type(change)]
    known = {t.id for t in payment.transactions}
    assert change.transaction_id in known, change
    changed = tuple(
        replace(t, **{field: getattr(change, field)}) if t.id == change.transaction_id else t
        for t in payment.transactions
    )
    return replace(payment, transactions=changed)
