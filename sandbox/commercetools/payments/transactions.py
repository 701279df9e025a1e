"""Update actions of a payment's transactions.

None removes a transaction or changes its type or amount: what was booked stays booked.
"""

from typing import Any

from sandbox.commercetools import custom
from sandbox.commercetools.errors import invalid_operation
from sandbox.commercetools.payments.actions import PAYMENT_ACTIONS, assign
from sandbox.commercetools.payments.drafts import TransactionDraft, TransactionState, transaction
from sandbox.commercetools.schema import IdentifierDraft, Moment, Strict
from sandbox.commercetools.state import Request
from sandbox.commercetools.wire import Json


def _of(draft: Json, transaction_id: str) -> Json:
    for row in draft["transactions"]:
        if row["id"] == transaction_id:
            found: Json = row
            return found
    raise invalid_operation(f"A transaction with the ID '{transaction_id}' was not found.")


class AddTransaction(Strict):
    """`addTransaction`"""

    transaction: TransactionDraft


@PAYMENT_ACTIONS.handles("addTransaction", AddTransaction)
def _add(request: Request, draft: Json, action: AddTransaction) -> None:
    draft["transactions"].append(transaction(request.project, action.transaction))


class ChangeTransactionState(Strict):
    """`changeTransactionState`"""

    transactionId: str
    state: TransactionState


@PAYMENT_ACTIONS.handles("changeTransactionState", ChangeTransactionState)
def _change_state(_request: Request, draft: Json, action: ChangeTransactionState) -> None:
    _of(draft, action.transactionId)["state"] = action.state


class ChangeTransactionTimestamp(Strict):
    """`changeTransactionTimestamp`"""

    transactionId: str
    timestamp: Moment


@PAYMENT_ACTIONS.handles("changeTransactionTimestamp", ChangeTransactionTimestamp)
def _change_timestamp(_request: Request, draft: Json, action: ChangeTransactionTimestamp) -> None:
    _of(draft, action.transactionId)["timestamp"] = action.timestamp


class ChangeTransactionInteractionId(Strict):
    """`changeTransactionInteractionId`"""

    transactionId: str
    interactionId: str


@PAYMENT_ACTIONS.handles("changeTransactionInteractionId", ChangeTransactionInteractionId)
def _change_interaction(_request: Request, draft: Json, action: ChangeTransactionInteractionId) -> None:
    _of(draft, action.transactionId)["interactionId"] = action.interactionId


class SetTransactionInterfaceId(Strict):
    """`setTransactionInterfaceId`; absent removes it."""

    transactionId: str
    interfaceId: str | None = None


@PAYMENT_ACTIONS.handles("setTransactionInterfaceId", SetTransactionInterfaceId)
def _set_interface_id(_request: Request, draft: Json, action: SetTransactionInterfaceId) -> None:
    assign(_of(draft, action.transactionId), "interfaceId", action.interfaceId)


class SetTransactionCustomType(Strict):
    """`setTransactionCustomType`"""

    transactionId: str
    type: IdentifierDraft | None = None
    fields: dict[str, Any] | None = None


@PAYMENT_ACTIONS.handles("setTransactionCustomType", SetTransactionCustomType)
def _set_custom_type(request: Request, draft: Json, action: SetTransactionCustomType) -> None:
    wanted = custom.SetCustomType(type=action.type, fields=action.fields)
    custom.set_type(request.project, _of(draft, action.transactionId), wanted)


class SetTransactionCustomField(Strict):
    """`setTransactionCustomField`"""

    transactionId: str
    name: str
    value: Any = None


@PAYMENT_ACTIONS.handles("setTransactionCustomField", SetTransactionCustomField)
def _set_custom_field(request: Request, draft: Json, action: SetTransactionCustomField) -> None:
    wanted = custom.SetCustomField(name=action.name, value=action.value)
    custom.set_field(request.project, _of(draft, action.transactionId), wanted)
