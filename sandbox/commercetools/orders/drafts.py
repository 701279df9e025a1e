"""Orders from carts: https://docs.commercetools.com/api/projects/orders#create-order-from-cart"""

from typing import Literal

from sandbox.commercetools.carts.stock import take
from sandbox.commercetools.carts.updating import require_changeable
from sandbox.commercetools.errors import ApiError, invalid_input, invalid_json, invalid_operation
from sandbox.commercetools.messages import publish, say
from sandbox.commercetools.orders.rules import require_orderable
from sandbox.commercetools.orders.troubles import raise_trouble
from sandbox.commercetools.references import custom_fields, reference, resolve
from sandbox.commercetools.schema import CustomFieldsDraft, IdentifierDraft, Strict, parse
from sandbox.commercetools.state import Project, Request, held_payments, require_version
from sandbox.commercetools.wire import Json, without_nulls

PaymentState = Literal["BalanceDue", "CreditOwed", "Failed", "Paid", "Pending"]
ShipmentState = Literal[
    "Shipped", "Delivered", "Ready", "Pending", "Delayed", "Partial", "Backorder", "Canceled"
]
OrderState = Literal["Open", "Confirmed", "Complete", "Cancelled"]

_COPIED = [
    "customerId",
    "customerEmail",
    "customerGroup",
    "anonymousId",
    "store",
    "businessUnit",
    "lineItems",
    "customLineItems",
    "totalPrice",
    "taxedPrice",
    "taxedShippingPrice",
    "discountOnTotalPrice",
    "taxMode",
    "taxRoundingMode",
    "priceRoundingMode",
    "taxCalculationMode",
    "inventoryMode",
    "billingAddress",
    "shippingAddress",
    "shippingMode",
    "shippingInfo",
    "shipping",
    "itemShippingAddresses",
    "discountCodes",
    "directDiscounts",
    "refusedGifts",
    "paymentInfo",
    "country",
    "locale",
    "origin",
    "purchaseOrderNumber",
    "custom",
]


class OrderFromCartDraft(Strict):
    """`id` is the deprecated way to name the cart."""

    version: int
    cart: IdentifierDraft | None = None
    id: str | None = None
    orderNumber: str | None = None
    purchaseOrderNumber: str | None = None
    paymentState: PaymentState | None = None
    shipmentState: ShipmentState | None = None
    orderState: OrderState | None = None
    state: IdentifierDraft | None = None
    custom: CustomFieldsDraft | None = None


def create_order(request: Request, body: object) -> Json:
    """Store an order and make its cart Ordered, both or neither, and tell of it.

    Raises ReferencedResourceNotFound for an unknown cart, ConcurrentModification for another version of it,
    InvalidOperation for a cart that is empty, ordered, merged, locked, or whose payment has an order,
    DuplicateField for a taken order number, the trouble that was ordered by a control, and what the cart itself says
    (`rules`).
    """
    draft = parse(OrderFromCartDraft, body)
    cart = _cart(request, draft)
    require_version(cart, draft.version)
    _require_orderable(request, cart)
    raise_trouble(request.project, cart)
    require_orderable(request.project, cart)
    order = request.project.insert("order", _order(request, draft, cart), caller=request.caller)
    take(request.project, cart, caller=request.caller)
    request.project.replace("cart", {**cart, "cartState": "Ordered"}, caller=request.caller)
    say(request, "OrderCreated", order=order)
    publish(request, "order", order)
    return order


def _cart(request: Request, draft: OrderFromCartDraft) -> Json:
    if (draft.cart is None) == (draft.id is None):
        raise invalid_json("cart: exactly one of 'cart' and 'id' is required")
    return resolve(request.project, draft.cart or IdentifierDraft(id=draft.id), kind="cart")


def _require_orderable(request: Request, cart: Json) -> None:
    require_changeable(request, cart)
    if cart["cartState"] == "Frozen" and not request.project.conditions.differences.frozen_orders:
        raise invalid_operation("The cart is frozen.")
    if not cart["lineItems"] and not cart["customLineItems"]:
        raise invalid_operation(
            "The cart is empty: an order needs at least one line item or custom line item."
        )
    for payment_id in held_payments(cart):
        if any(kind == "order" for kind, _ in request.project.holders(payment_id)):
            raise invalid_operation(f"The payment '{payment_id}' is already assigned to another order.")


def _order(request: Request, draft: OrderFromCartDraft, cart: Json) -> Json:
    project = request.project
    content = {
        **{name: cart[name] for name in _COPIED if name in cart},
        "cart": {"typeId": "cart", "id": cart["id"]},
        "orderNumber": _order_number(project, draft.orderNumber),
        "paymentState": draft.paymentState,
        "shipmentState": draft.shipmentState,
        "orderState": draft.orderState or "Open",
        "state": reference(project, draft.state, kind="state") if draft.state else None,
        "syncInfo": [],
        "returnInfo": [],
        "lastMessageSequenceNumber": 1,
    }
    if draft.purchaseOrderNumber is not None:
        content["purchaseOrderNumber"] = draft.purchaseOrderNumber
    if draft.custom is not None:
        content["custom"] = custom_fields(project, draft.custom)
    return without_nulls(content)


def _order_number(project: Project, number: str | None) -> str | None:
    longest = project.conditions.differences.longest_order_number
    if longest and len(number or "") > longest:
        raise invalid_input(f"The order number has more than {longest} characters.")
    if number == "":
        raise ApiError(400, code="InvalidInput", message="Invalid order number: it must not be empty.")
    return number
