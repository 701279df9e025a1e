"""Reads what a back office asks for with a payment intent: one operation, its key and its reference."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from monext_bridge.domain.ids import PaymentId, RecordTransactionId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import (
    IDEMPOTENCY_KEY,
    OWN_KEYS,
    Cancel,
    Capture,
    Operation,
    Refund,
    Reverse,
)
from monext_bridge.errors import Malformed
from monext_bridge.services.operations import AuditedAct
from monext_bridge.web.api import models
from monext_bridge.web.api.bodies import read_body
from monext_bridge.web.http import parameters


@dataclass(frozen=True, slots=True)
class ActRequest:
    payment_id: PaymentId
    operation: Operation
    key: str | None
    merchant_reference: str | None


def read_act(payment_id: str, *, told: AuditedAct) -> ActRequest:
    """Return what the request asks for; `told` takes over what could be read. Raises Malformed and its kinds."""
    given = request.headers.get("Idempotency-Key")
    told.key = given if given and IDEMPOTENCY_KEY.fullmatch(given) else None
    told.payment_id = read_payment_id(payment_id)
    action = read_body(models.PaymentIntentUpdate).actions[0]
    operation = _operation(action)
    told.asks(operation, merchant_reference=action.merchantReference)
    return ActRequest(told.payment_id, operation, _key(given), action.merchantReference)


def read_payment_id(text: str) -> PaymentId:
    return PaymentId(parameters.uuid(text, field="id"))


def _operation(
    action: models.CapturePayment | models.RefundPayment | models.CancelPayment | models.ReversePayment,
) -> Operation:
    match action:
        case models.CapturePayment():
            return Capture(_money(action.amount), final=action.final)
        case models.RefundPayment():
            charge = RecordTransactionId(action.transactionId) if action.transactionId else None
            return Refund(_money(action.amount), charge)
        case models.CancelPayment():
            return Cancel()
        case models.ReversePayment():
            return Reverse()


def _money(amount: models.Amount) -> Money:
    return Money(amount.centAmount, amount.currencyCode)


def _key(given: str | None) -> str | None:
    """Return the caller's operation key. Raises Malformed for keys that only the bridge itself makes."""
    if given is not None and given.startswith(OWN_KEYS):
        raise Malformed(
            f"keys beginning with {' or '.join(OWN_KEYS)} are the bridge's", field="Idempotency-Key"
        )
    return given
