"""Updating carts: the actions on lines, and what the cart's state allows."""

from typing import Annotated

from pydantic import Field

from sandbox.commercetools.carts.actions import CART_ACTIONS
from sandbox.commercetools.carts.drafts import settle_totals
from sandbox.commercetools.carts.lines import (
    CustomLineItemDraft,
    LineItemDraft,
    custom_line_item,
    find_line,
    line_item,
    set_quantity,
)
from sandbox.commercetools.carts.prices import price_of
from sandbox.commercetools.catalogue import PRODUCTS
from sandbox.commercetools.errors import insufficient_scope, invalid_operation
from sandbox.commercetools.schema import Quantity, Strict
from sandbox.commercetools.state import Request
from sandbox.commercetools.updates import ActionTable, update
from sandbox.commercetools.wire import Json

LOCK_SCOPE = "manage_locked_carts"

# A frozen cart keeps its price: what would change it is refused, what prepares the order is not.
_CHANGES_THE_PRICE = frozenset(
    [
        "addLineItem",
        "changeLineItemQuantity",
        "removeLineItem",
        "addCustomLineItem",
        "removeCustomLineItem",
        "setShippingMethod",
        "setCustomShippingMethod",
        "setShippingAddress",
        "setCountry",
        "setDirectDiscounts",
        "setCustomerId",
        "recalculate",
    ]
)


def update_cart(request: Request, cart: Json, body: object, *, table: ActionTable = CART_ACTIONS) -> Json:
    """Update a cart, and derive its totals anew where an action may change its price.

    Raises as `updates.update`; InvalidOperation where the cart is ordered or merged, locked (and the caller
    may not touch locked carts), or frozen and the action would change its price.
    """
    return update(request, "cart", cart, body=body, table=table, guard=_require_open, finish=_settle)


def _require_open(request: Request, cart: Json, actions: list[str]) -> None:
    if {"lockCart", "unlockCart"}.intersection(actions) and not _may_touch_locks(request):
        raise insufficient_scope(LOCK_SCOPE)
    require_changeable(request, cart)
    refused = _CHANGES_THE_PRICE.intersection(actions)
    if cart["cartState"] == "Frozen" and refused:
        raise invalid_operation(f"The cart is frozen; '{min(refused)}' is not allowed.")


def _settle(request: Request, draft: Json, actions: list[str]) -> None:
    if _CHANGES_THE_PRICE.intersection(actions):
        settle_totals(request, draft)


def require_changeable(request: Request, cart: Json) -> None:
    """Raise InvalidOperation for a cart that is ordered, merged, or locked for this caller.

    The documentation says that a lock prevents all updates and names no error code; InvalidOperation is the
    code of a state that forbids an act.
    """
    if cart["cartState"] in ("Ordered", "Merged"):
        raise invalid_operation(f"The cart is in state '{cart['cartState']}' and cannot be modified.")
    if "lock" in cart and not _may_touch_locks(request):
        raise invalid_operation("The cart is locked and cannot be modified.")


def _may_touch_locks(request: Request) -> bool:
    return f"{LOCK_SCOPE}:{request.project.settings.project_key}" in request.caller.scopes


@CART_ACTIONS.handles("addLineItem", LineItemDraft)
def _add_line(request: Request, draft: Json, action: LineItemDraft) -> None:
    added = line_item(request.project, action, currency=draft["totalPrice"]["currencyCode"])
    for item in draft["lineItems"]:
        if item["variant"]["sku"] == added["variant"]["sku"] and item.get("custom") == added.get("custom"):
            set_quantity(item, item["quantity"] + action.quantity)
            return
    draft["lineItems"].append(added)


class ChangeLineItemQuantity(Strict):
    """`changeLineItemQuantity`; 0 removes the line."""

    quantity: Quantity
    lineItemId: str | None = None
    lineItemKey: str | None = None


@CART_ACTIONS.handles("changeLineItemQuantity", ChangeLineItemQuantity)
def _change_quantity(_request: Request, draft: Json, action: ChangeLineItemQuantity) -> None:
    item = find_line(draft, line_id=action.lineItemId, key=action.lineItemKey)
    if action.quantity == 0:
        draft["lineItems"].remove(item)
    else:
        set_quantity(item, action.quantity)


class RemoveLineItem(Strict):
    """`removeLineItem`; without a quantity the whole line."""

    lineItemId: str | None = None
    lineItemKey: str | None = None
    quantity: Annotated[int, Field(ge=1)] | None = None


@CART_ACTIONS.handles("removeLineItem", RemoveLineItem)
def _remove_line(_request: Request, draft: Json, action: RemoveLineItem) -> None:
    item = find_line(draft, line_id=action.lineItemId, key=action.lineItemKey)
    left = item["quantity"] - (action.quantity or item["quantity"])
    if left > 0:
        set_quantity(item, left)
    else:
        draft["lineItems"].remove(item)


@CART_ACTIONS.handles("addCustomLineItem", CustomLineItemDraft)
def _add_custom(request: Request, draft: Json, action: CustomLineItemDraft) -> None:
    currency = draft["totalPrice"]["currencyCode"]
    draft["customLineItems"].append(custom_line_item(request.project, action, currency=currency))


class RemoveCustomLineItem(Strict):
    """`removeCustomLineItem`"""

    customLineItemId: str | None = None
    customLineItemKey: str | None = None


@CART_ACTIONS.handles("removeCustomLineItem", RemoveCustomLineItem)
def _remove_custom(_request: Request, draft: Json, action: RemoveCustomLineItem) -> None:
    line_id, key = action.customLineItemId, action.customLineItemKey
    draft["customLineItems"].remove(find_line(draft, line_id=line_id, key=key, lines="customLineItems"))


class Recalculate(Strict):
    """`recalculate`: prices as the catalogue has them now."""

    updateProductData: bool | None = None


@CART_ACTIONS.handles("recalculate", Recalculate)
def _recalculate(request: Request, draft: Json, _action: Recalculate) -> None:
    for item in draft["lineItems"]:
        product = PRODUCTS.get(item["variant"]["sku"])
        if product is not None:
            item["price"] = price_of(
                request.project, product, currency=item["price"]["value"]["currencyCode"]
            )
