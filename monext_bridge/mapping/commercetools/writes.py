"""Writes what we send to commercetools: the SDK's drafts, actions and enums, serialised to plain JSON.

The SDK checks names and enum values here, where a fault is ours, and not in an answer. What it can't say is
set beside its output: `TransactionDraft.interfaceId` and the action `setTransactionInterfaceId`, both newer than
the SDK.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.record import (
    AddTransaction,
    ChangeAmountPlanned,
    ChangeInteractionId,
    ChangeTransactionState,
    ChangeTransactionTimestamp,
    Payment,
    SetInterfaceId,
    SetKey,
    SetMethod,
    SetStartNote,
    SetStatusCode,
    SetStatusText,
    SetTransactionInterfaceId,
    TransactionState,
    TransactionType,
    Update,
    with_updates,
)
from monext_bridge.mapping.commercetools.sdk import models, to_json
from monext_bridge.mapping.commercetools.status_text import write_status_text
from monext_bridge.mapping.json_object import Json
from monext_bridge.mapping.monext import display_names

PAYMENT_KEY = re.compile(r"[A-Za-z0-9_-]{2,256}")
MOST_ACTIONS = 500
"""commercetools takes at most this many update actions in one request."""


def payment_draft(
    *, key: str, amount: Money, interface: str, customer_id: str | None, anonymous_id: str | None
) -> Json:
    """Returns a PaymentDraft without transactions, of a customer or else of an anonymous session.

    Raises ValueError for a key that commercetools would refuse.
    """
    customer = models.CustomerResourceIdentifier(id=customer_id) if customer_id else None
    draft = models.PaymentDraft(
        key=_payment_key(key),
        amount_planned=_money(amount),
        payment_method_info=models.PaymentMethodInfo(payment_interface=interface),
        customer=customer,
        anonymous_id=None if customer_id else anonymous_id,
    )
    return to_json(draft)


def payment_update(payment: Payment, changes: Sequence[Update]) -> Json:
    """Returns a PaymentUpdate of the payment as it was read, with the actions of the updates in their order.

    Text and start note of the status are one field, so that setting one of them writes the other again. Raises
    ValueError above MOST_ACTIONS.
    """
    after = with_updates(payment, changes)
    text = write_status_text(after.status_text, after.start_note)
    actions = [action for update in _needed(changes) for action in _actions(update, status_text=text)]
    if len(actions) > MOST_ACTIONS:
        raise ValueError(f"{len(actions)} update actions are more than {MOST_ACTIONS}")
    return {"version": payment.version, "actions": actions}


def add_payment(version: int, payment_id: PaymentId) -> Json:
    """Returns the update that puts a payment on a cart, or on an order: the action reads the same."""
    payment = models.PaymentResourceIdentifier(id=payment_id)
    return _update(version, models.CartAddPaymentAction(payment=payment))


def order_draft(*, cart_id: CartId, version: int, number: OrderNumber, payment_state: str) -> Json:
    """Returns an OrderFromCartDraft; `version` is the cart's. Raises ValueError for an unknown payment state."""
    draft = models.OrderFromCartDraft(
        cart=models.CartResourceIdentifier(id=cart_id),
        version=version,
        order_number=number,
        payment_state=models.PaymentState(payment_state),
    )
    return to_json(draft)


def payment_state_update(version: int, state: str) -> Json:
    """Returns the update of an order's payment state. Raises ValueError for an unknown one."""
    action = models.OrderChangePaymentStateAction(payment_state=models.PaymentState(state))
    return _update(version, action)


def _update(version: int, action: Any) -> Json:
    return {"version": version, "actions": [to_json(action)]}


def _needed(changes: Sequence[Update]) -> Iterator[Update]:
    """Yields the updates, but no second one of the field that text and start note share."""
    shared = False
    for update in changes:
        if isinstance(update, SetStatusText | SetStartNote):
            if shared:
                continue
            shared = True
        yield update


def _actions(update: Update, *, status_text: str) -> tuple[Json, ...]:
    match update:
        case SetKey(key):
            return (to_json(models.PaymentSetKeyAction(key=_payment_key(key))),)
        case ChangeAmountPlanned(amount):
            return (to_json(models.PaymentChangeAmountPlannedAction(amount=_money(amount))),)
        case SetInterfaceId(token):
            return (to_json(models.PaymentSetInterfaceIdAction(interface_id=token)),)
        case SetStatusCode(code):
            return (to_json(models.PaymentSetStatusInterfaceCodeAction(interface_code=code)),)
        case SetStatusText() | SetStartNote():
            return (to_json(models.PaymentSetStatusInterfaceTextAction(interface_text=status_text)),)
        case SetMethod(method):
            return _method(method)
        case _:
            return (_transaction_action(update),)


def _transaction_action(
    update: AddTransaction
    | ChangeTransactionState
    | ChangeTransactionTimestamp
    | ChangeInteractionId
    | SetTransactionInterfaceId,
) -> Json:
    match update:
        case AddTransaction():
            return _add_transaction(update)
        case ChangeTransactionState(transaction_id, state):
            action = models.PaymentChangeTransactionStateAction(
                transaction_id=transaction_id, state=_state(state)
            )
            return to_json(action)
        case ChangeTransactionTimestamp(transaction_id, timestamp):
            moved = models.PaymentChangeTransactionTimestampAction(
                transaction_id=transaction_id, timestamp=timestamp
            )
            return to_json(moved)
        case ChangeInteractionId(transaction_id, interaction_id):
            renamed = models.PaymentChangeTransactionInteractionIdAction(
                transaction_id=transaction_id, interaction_id=interaction_id
            )
            return to_json(renamed)
        case SetTransactionInterfaceId(transaction_id, interface_id):
            return {
                "action": "setTransactionInterfaceId",
                "transactionId": transaction_id,
                "interfaceId": interface_id,
            }
        case _:
            assert_never(update)


def _add_transaction(update: AddTransaction) -> Json:
    draft = models.TransactionDraft(
        type=_type(update.type),
        amount=_money(update.amount),
        interaction_id=update.interaction_id,
        state=_state(update.state),
        timestamp=update.timestamp,
    )
    transaction = to_json(draft)
    if update.interface_id is not None:
        transaction["interfaceId"] = update.interface_id
    return {"action": "addTransaction", "transaction": transaction}


def _method(method: str) -> tuple[Json, ...]:
    names = models.LocalizedString(display_names(method))
    return (
        to_json(models.PaymentSetMethodInfoMethodAction(method=method)),
        to_json(models.PaymentSetMethodInfoNameAction(name=names)),
    )


def _payment_key(key: str) -> str:
    if not PAYMENT_KEY.fullmatch(key):
        raise ValueError("a payment key has 2 to 256 characters of A-Z a-z 0-9 _ -")
    return key


def _type(kind: TransactionType) -> models.TransactionType:
    """Returns the SDK's type. Raises ValueError for OTHER, which is only ever read."""
    return models.TransactionType(kind.value)


def _state(state: TransactionState) -> models.TransactionState:
    return models.TransactionState(state.value)


def _money(amount: Money) -> models.Money:
    return models.Money(cent_amount=amount.cent_amount, currency_code=amount.currency)
