"""Answers about a payment and its operations: requests have their models in `models`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from monext_bridge.domain.operations import STATES_IN_PROGRESS, open_amounts, operation_name
from monext_bridge.domain.record import (
    Order,
    Payment,
    Transaction,
    TransactionState,
    TransactionType,
    own_amounts,
)
from monext_bridge.services.operations import OperationResult


class PaymentIntentResult(BaseModel):
    """`received`: taken by Monext, and not final yet. The ids are commercetools' and Monext's of the act."""

    outcome: Literal["approved", "rejected", "received"]
    transactionId: str | None = None
    interfaceId: str | None = None

    @classmethod
    def of(cls, performed: OperationResult) -> PaymentIntentResult:
        return cls(
            outcome=performed.outcome.value,
            transactionId=performed.transaction_id,
            interfaceId=performed.interface_id,
        )


class TransactionView(BaseModel):
    """One transaction of the Payment; `amount` in minor units. Monext's session token is cut short.

    Of an act, `by` is who asked for it: the id of an API client, or a part of the bridge; `key` is its operation key.
    """

    id: str
    type: TransactionType
    state: TransactionState
    amount: int
    currencyCode: str
    by: str | None = None
    key: str | None = None
    interactionId: str | None = None
    interfaceId: str | None = None
    timestamp: datetime | None = None

    @classmethod
    def of(cls, transaction: Transaction, token: str | None) -> TransactionView:
        name = operation_name(transaction)
        return cls(
            id=transaction.id,
            type=transaction.type,
            state=transaction.state,
            amount=transaction.amount.cent_amount,
            currencyCode=transaction.amount.currency,
            by=name.principal if name else None,
            key=_without(token, name.key) if name else None,
            interactionId=_without(token, transaction.interaction_id),
            interfaceId=transaction.interface_id,
            timestamp=transaction.timestamp,
        )


def _without(token: str | None, text: str | None) -> str | None:
    return text.replace(token, f"{token[:6]}…") if text and token else text


class PaymentIntentView(BaseModel):
    """What happened to a payment and what may still be done, in minor units of `currencyCode`, which Monext took."""

    paymentId: str
    orderNumber: str | None = None
    currencyCode: str
    planned: int
    authorized: int
    captured: int
    refunded: int
    cancelled: int
    capturable: int
    cancellable: int
    refundable: int
    pending: list[TransactionView]
    transactions: list[TransactionView]

    @classmethod
    def of(cls, payment: Payment, order: Order | None) -> PaymentIntentView:
        left, own = open_amounts(payment), own_amounts(payment)
        currency = own.charged.currency
        views = [TransactionView.of(t, payment.interface_id) for t in payment.transactions]
        return cls(
            paymentId=payment.id,
            orderNumber=order.number if order else None,
            currencyCode=currency,
            planned=payment.planned.cent_amount if payment.planned.currency == currency else 0,
            authorized=own.authorized.cent_amount,
            captured=own.charged.cent_amount,
            refunded=own.refunded.cent_amount,
            cancelled=own.cancelled.cent_amount,
            capturable=left.capturable.cent_amount,
            cancellable=left.cancellable.cent_amount,
            refundable=left.refundable.cent_amount,
            pending=[view for view in views if view.state in STATES_IN_PROGRESS],
            transactions=views,
        )
