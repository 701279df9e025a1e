"""Reads commercetools' Payment into ours."""

from __future__ import annotations

from monext_bridge.domain.ids import MonextTransactionId, PaymentId, RecordTransactionId, SessionToken
from monext_bridge.domain.record import Payment, Transaction, TransactionState, TransactionType
from monext_bridge.mapping.commercetools.status_text import read_status_text
from monext_bridge.mapping.json_object import Json, JsonObject

TYPES = {each.value: each for each in TransactionType}
STATES = {each.value: each for each in TransactionState}


def read_payment(body: Json) -> Payment:
    """Reads a payment. Raises UnreadableResource without id, version or planned amount.

    It also raises for a transaction without id, type or amount.
    """
    found = JsonObject.of(body, what="payment")
    method, status = found.part("paymentMethodInfo"), found.part("paymentStatus")
    token = found.text("interfaceId")
    status_text, start_note = read_status_text(status.text("interfaceText"))
    return Payment(
        id=PaymentId(found.required_text("id")),
        version=found.required_whole("version"),
        planned=found.required_money("amountPlanned"),
        key=found.text("key"),
        interface=method.text("paymentInterface"),
        interface_id=SessionToken(token) if token else None,
        method=method.text("method"),
        status_code=status.text("interfaceCode"),
        status_text=status_text,
        start_note=start_note,
        created_at=found.instant("createdAt"),
        modified_at=found.instant("lastModifiedAt"),
        transactions=tuple(_transaction(t) for t in found.parts("transactions")),
    )


def read_expanded(resource: JsonObject) -> tuple[Payment, ...]:
    """Returns the payments of a cart or an order that were expanded when it was read."""
    references = resource.part("paymentInfo").parts("payments")
    return tuple(read_payment(dict(r.part("obj").members)) for r in references if r.part("obj").members)


def _transaction(found: JsonObject) -> Transaction:
    interface_id = found.text("interfaceId")
    return Transaction(
        id=RecordTransactionId(found.required_text("id")),
        type=_type(found.required_text("type")),
        state=_state(found.text("state")),
        amount=found.required_money("amount"),
        interaction_id=found.text("interactionId"),
        interface_id=MonextTransactionId(interface_id) if interface_id else None,
        timestamp=found.instant("timestamp"),
    )


def _type(name: str) -> TransactionType:
    return TYPES.get(name, TransactionType.OTHER)


def _state(name: str | None) -> TransactionState:
    """Returns the state. Without one it is commercetools' default, Initial.

    A state that we don't know is not final, so it is Pending.
    """
    if name is None:
        return TransactionState.INITIAL
    return STATES.get(name, TransactionState.PENDING)
