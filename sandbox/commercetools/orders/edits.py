"""Order edits: an order changes after it was made, in two steps.

https://docs.commercetools.com/api/projects/order-edits: an edit is stored with its staged actions and a
preview, and `apply` then changes the order. The staged actions are those of carts that change what an order
costs or where it goes; other ones of the documentation are refused as unknown.
"""

from collections.abc import Callable
from typing import Any

from sandbox.commercetools.carts import updating
from sandbox.commercetools.carts.actions import CART_ACTIONS
from sandbox.commercetools.carts.drafts import settle_totals
from sandbox.commercetools.errors import ApiError, invalid_operation
from sandbox.commercetools.messages import number_messages, publish, say
from sandbox.commercetools.references import resolve
from sandbox.commercetools.schema import IdentifierDraft, Strict, check_key, parse
from sandbox.commercetools.state import Request, require_version
from sandbox.commercetools.updates import ActionTable, update
from sandbox.commercetools.wire import Json, copied, without_nulls

# Importing the module fills the table.
_FILLED_BY = (updating,)

STAGED_ACTIONS = CART_ACTIONS.only(
    "addLineItem",
    "changeLineItemQuantity",
    "removeLineItem",
    "addCustomLineItem",
    "removeCustomLineItem",
    "addPayment",
    "removePayment",
    "setBillingAddress",
    "setShippingAddress",
    "setShippingMethod",
    "setCustomShippingMethod",
    "setDirectDiscounts",
    "setCountry",
    "setCustomerEmail",
    "setLocale",
    "setCustomType",
    "setCustomField",
)
EDIT_ACTIONS = ActionTable()


class OrderEditDraft(Strict):
    """An edit of an order."""

    resource: IdentifierDraft
    stagedActions: list[dict[str, Any]] | None = None
    key: str | None = None
    comment: str | None = None


def create_edit(request: Request, body: object) -> Json:
    """Store an edit with its preview; the order stays as it is.

    Raises InvalidJsonInput, ReferencedResourceNotFound for an unknown order, and DuplicateField.
    """
    draft = parse(OrderEditDraft, body)
    order = resolve(request.project, draft.resource, kind="order")
    staged = draft.stagedActions or []
    content: Json = {
        "key": check_key(draft.key),
        "resource": {"typeId": "order", "id": order["id"]},
        "stagedActions": staged,
        "comment": draft.comment,
        "result": _preview(request, order, staged),
    }
    return request.project.insert("order-edit", without_nulls(content), caller=request.caller)


def update_edit(request: Request, edit: Json, body: object) -> Json:
    """Update an edit and its preview; raises as `updates.update`, and InvalidOperation once it is applied."""
    return update(
        request,
        "order-edit",
        edit,
        body=body,
        table=EDIT_ACTIONS,
        guard=_require_unapplied,
        finish=_look_again,
    )


class OrderEditApply(Strict):
    """The versions of edit and order that the caller decided on."""

    editVersion: int
    resourceVersion: int


def apply_edit(request: Request, edit: Json, body: object) -> Json:
    """Change the order as the edit has it, and tell of it; answers the edit with what it came to.

    Raises ConcurrentModification for another version of either, EditPreviewFailed where the staged actions
    cannot be applied, and InvalidOperation for an edit that is applied already.
    """
    wanted = parse(OrderEditApply, body)
    require_version(edit, wanted.editVersion)
    _require_unapplied(request, edit, [])
    order = resolve(request.project, IdentifierDraft(id=edit["resource"]["id"]), kind="order")
    require_version(order, wanted.resourceVersion)
    try:
        edited = _edited(request, order, edit["stagedActions"])
    except ApiError as error:
        raise _preview_failed(error) from error
    result = {
        "type": "Applied",
        "appliedAt": request.project.now(),
        "excerptBeforeEdit": _excerpt(order, version=order["version"]),
        "excerptAfterEdit": _excerpt(edited, version=order["version"] + 1),
    }
    applied = request.project.replace("order-edit", {**edit, "result": result}, caller=request.caller)
    say(request, "OrderEditApplied", edit=applied, result=result)
    number_messages(request, edited, [])
    publish(request, "order", request.project.replace("order", edited, caller=request.caller))
    return applied


def _require_unapplied(_request: Request, edit: Json, _actions: list[str]) -> None:
    if edit["result"]["type"] == "Applied":
        raise invalid_operation("The order edit is already applied.")


def _look_again(request: Request, draft: Json, _actions: list[str]) -> None:
    order = request.project.get("order", draft["resource"]["id"]) or {}
    draft["result"] = _preview(request, order, draft["stagedActions"])


def _preview(request: Request, order: Json, staged: list[Json]) -> Json:
    try:
        edited = _edited(request, order, staged)
    except ApiError as error:
        return {"type": "PreviewFailure", "errors": [error.error]}
    return {"type": "PreviewSuccess", "preview": edited, "messagePayloads": []}


def _edited(request: Request, order: Json, staged: list[Json]) -> Json:
    """The order after the staged actions, not yet stored."""
    steps: list[Callable[[Request, Json], None]] = [STAGED_ACTIONS.read(action) for action in staged]
    edited = copied(order)
    for step in steps:
        step(request, edited)
    settle_totals(request, edited)
    return edited


def _excerpt(order: Json, *, version: int) -> Json:
    parts = {name: order.get(name) for name in ("totalPrice", "taxedPrice")}
    return without_nulls({**parts, "version": version})


def _preview_failed(error: ApiError) -> ApiError:
    message = f"Error while applying staged actions. {error.error['message']}"
    result = {"type": "PreviewFailure", "errors": [error.error]}
    return ApiError(400, code="EditPreviewFailed", message=message, result=result)


class SetStagedActions(Strict):
    """`setStagedActions`: replaces them all."""

    stagedActions: list[dict[str, Any]]


@EDIT_ACTIONS.handles("setStagedActions", SetStagedActions)
def _set_staged(_request: Request, draft: Json, action: SetStagedActions) -> None:
    draft["stagedActions"] = action.stagedActions


class AddStagedAction(Strict):
    """`addStagedAction`"""

    stagedAction: dict[str, Any]


@EDIT_ACTIONS.handles("addStagedAction", AddStagedAction)
def _add_staged(_request: Request, draft: Json, action: AddStagedAction) -> None:
    draft["stagedActions"].append(action.stagedAction)
