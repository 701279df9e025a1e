"""Update actions of a payment itself: https://docs.commercetools.com/api/projects/payments#update-actions"""

from typing import Any

from sandbox.commercetools import custom
from sandbox.commercetools.errors import invalid_input, invalid_operation
from sandbox.commercetools.references import custom_fields, reference
from sandbox.commercetools.schema import (
    CustomFieldsDraft,
    IdentifierDraft,
    MoneyDraft,
    Strict,
    check_key,
    money_of,
)
from sandbox.commercetools.state import Request
from sandbox.commercetools.states import move
from sandbox.commercetools.updates import ActionTable
from sandbox.commercetools.wire import Json

PAYMENT_ACTIONS = ActionTable()
custom.register(PAYMENT_ACTIONS)


def assign(holder: Json, name: str, value: object) -> None:
    """Set a member, or remove it where the value is absent or empty."""
    if value is None or value == "":
        holder.pop(name, None)
    else:
        holder[name] = value


def assign_once(holder: Json, name: str, value: str) -> None:
    """Set a member that keeps its first value; raises InvalidOperation on another one."""
    if holder.get(name, value) != value:
        raise invalid_operation(f"The '{name}' is already set and cannot be changed.")
    holder[name] = value


class ChangeAmountPlanned(Strict):
    """`changeAmountPlanned`"""

    amount: MoneyDraft


@PAYMENT_ACTIONS.handles("changeAmountPlanned", ChangeAmountPlanned)
def _change_amount_planned(_request: Request, draft: Json, action: ChangeAmountPlanned) -> None:
    draft["amountPlanned"] = money_of(action.amount)


class SetKey(Strict):
    """`setKey`"""

    key: str | None = None


@PAYMENT_ACTIONS.handles("setKey", SetKey)
def _set_key(_request: Request, draft: Json, action: SetKey) -> None:
    assign(draft, "key", check_key(action.key))


class SetCustomer(Strict):
    """`setCustomer`"""

    customer: IdentifierDraft | None = None


@PAYMENT_ACTIONS.handles("setCustomer", SetCustomer)
def _set_customer(request: Request, draft: Json, action: SetCustomer) -> None:
    named = action.customer
    assign(draft, "customer", reference(request.project, named, kind="customer") if named else None)


class SetAnonymousId(Strict):
    """`setAnonymousId`"""

    anonymousId: str | None = None


@PAYMENT_ACTIONS.handles("setAnonymousId", SetAnonymousId)
def _set_anonymous_id(_request: Request, draft: Json, action: SetAnonymousId) -> None:
    if "customer" in draft:
        raise invalid_operation("The payment is already associated with a customer.")
    assign(draft, "anonymousId", action.anonymousId)


class SetInterfaceId(Strict):
    """`setInterfaceId`; the value keeps once it is set."""

    interfaceId: str


@PAYMENT_ACTIONS.handles("setInterfaceId", SetInterfaceId)
def _set_interface_id(_request: Request, draft: Json, action: SetInterfaceId) -> None:
    assign_once(draft, "interfaceId", action.interfaceId)


class SetStatusInterfaceCode(Strict):
    """`setStatusInterfaceCode`"""

    interfaceCode: str | None = None


@PAYMENT_ACTIONS.handles("setStatusInterfaceCode", SetStatusInterfaceCode)
def _set_status_code(_request: Request, draft: Json, action: SetStatusInterfaceCode) -> None:
    assign(draft["paymentStatus"], "interfaceCode", action.interfaceCode)


class SetStatusInterfaceText(Strict):
    """`setStatusInterfaceText`; the text is required, an empty one removes it."""

    interfaceText: str


@PAYMENT_ACTIONS.handles("setStatusInterfaceText", SetStatusInterfaceText)
def _set_status_text(request: Request, draft: Json, action: SetStatusInterfaceText) -> None:
    longest = request.project.conditions.differences.longest_status_text
    if longest and len(action.interfaceText) > longest:
        raise invalid_input(f"The 'interfaceText' has more than {longest} characters.")
    assign(draft["paymentStatus"], "interfaceText", action.interfaceText)


class TransitionState(Strict):
    """`transitionState`"""

    state: IdentifierDraft
    force: bool | None = None


@PAYMENT_ACTIONS.handles("transitionState", TransitionState)
def _transition_state(request: Request, draft: Json, action: TransitionState) -> None:
    move(request.project, draft["paymentStatus"], action.state, kind="PaymentState", force=bool(action.force))


class AddInterfaceInteraction(Strict):
    """`addInterfaceInteraction`"""

    type: IdentifierDraft
    fields: dict[str, Any] | None = None


@PAYMENT_ACTIONS.handles("addInterfaceInteraction", AddInterfaceInteraction)
def _add_interaction(request: Request, draft: Json, action: AddInterfaceInteraction) -> None:
    fields = CustomFieldsDraft(type=action.type, fields=action.fields)
    draft["interfaceInteractions"].append(custom_fields(request.project, fields))
