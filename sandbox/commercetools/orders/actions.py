"""Update actions of an order: https://docs.commercetools.com/api/projects/orders#update-actions"""

from typing import Annotated

from pydantic import Field

from sandbox.commercetools import custom
from sandbox.commercetools.errors import invalid_operation
from sandbox.commercetools.messages import number_messages, publish, say
from sandbox.commercetools.orders.drafts import OrderState, PaymentState, ShipmentState
from sandbox.commercetools.payments.actions import TransitionState, assign
from sandbox.commercetools.payments.holding import PaymentAction, add_payment, remove_payment
from sandbox.commercetools.schema import AddressDraft, Strict
from sandbox.commercetools.state import Request, held_payments
from sandbox.commercetools.states import move
from sandbox.commercetools.updates import ActionTable, update
from sandbox.commercetools.wire import Json, new_id, without_nulls

ORDER_ACTIONS = ActionTable()
custom.register(ORDER_ACTIONS)


def update_order(request: Request, order: Json, body: object) -> Json:
    """Update an order, and tell what came of it; raises as `updates.update`."""
    changed = update(request, "order", order, body=body, table=ORDER_ACTIONS, finish=number_messages)
    publish(request, "order", changed)
    return changed


class ChangePaymentState(Strict):
    """`changePaymentState`"""

    paymentState: PaymentState | None = None


@ORDER_ACTIONS.handles("changePaymentState", ChangePaymentState)
def _payment_state(_request: Request, draft: Json, action: ChangePaymentState) -> None:
    assign(draft, "paymentState", action.paymentState)


class ChangeShipmentState(Strict):
    """`changeShipmentState`"""

    shipmentState: ShipmentState | None = None


@ORDER_ACTIONS.handles("changeShipmentState", ChangeShipmentState)
def _shipment_state(request: Request, draft: Json, action: ChangeShipmentState) -> None:
    before = draft.get("shipmentState")
    assign(draft, "shipmentState", action.shipmentState)
    if action.shipmentState != before:
        say(
            request,
            "OrderShipmentStateChanged",
            shipmentState=action.shipmentState,
            oldShipmentState=before,
        )


class ChangeOrderState(Strict):
    """`changeOrderState`"""

    orderState: OrderState


@ORDER_ACTIONS.handles("changeOrderState", ChangeOrderState)
def _order_state(request: Request, draft: Json, action: ChangeOrderState) -> None:
    before = draft["orderState"]
    draft["orderState"] = action.orderState
    if action.orderState != before:
        say(
            request,
            "OrderStateChanged",
            orderState=action.orderState,
            oldOrderState=before,
        )


@ORDER_ACTIONS.handles("transitionState", TransitionState)
def _transition(request: Request, draft: Json, action: TransitionState) -> None:
    move(request.project, draft, action.state, kind="OrderState", force=bool(action.force))


@ORDER_ACTIONS.handles("addPayment", PaymentAction)
def _add_payment(request: Request, draft: Json, action: PaymentAction) -> None:
    before = held_payments(draft)
    add_payment(request.project, draft, action.payment)
    for payment_id in held_payments(draft):
        if payment_id not in before:
            say(request, "OrderPaymentAdded", paymentRef=_payment(payment_id))


@ORDER_ACTIONS.handles("removePayment", PaymentAction)
def _remove_payment(request: Request, draft: Json, action: PaymentAction) -> None:
    before = held_payments(draft)
    remove_payment(request.project, draft, action.payment)
    left = held_payments(draft)
    for payment_id in before:
        if payment_id not in left:
            say(
                request,
                "OrderPaymentRemoved",
                paymentRef=_payment(payment_id),
                removedPaymentInfo=not left,
            )


def _payment(payment_id: str) -> Json:
    return {"typeId": "payment", "id": payment_id}


class SetOrderNumber(Strict):
    """`setOrderNumber`; the number keeps once it is set."""

    orderNumber: str | None = None


@ORDER_ACTIONS.handles("setOrderNumber", SetOrderNumber)
def _order_number(_request: Request, draft: Json, action: SetOrderNumber) -> None:
    if draft.get("orderNumber", action.orderNumber) != action.orderNumber:
        raise invalid_operation("The order number is already set and cannot be changed.")
    assign(draft, "orderNumber", action.orderNumber)


class SetCustomerEmail(Strict):
    """`setCustomerEmail`"""

    email: str | None = None


@ORDER_ACTIONS.handles("setCustomerEmail", SetCustomerEmail)
def _email(_request: Request, draft: Json, action: SetCustomerEmail) -> None:
    assign(draft, "customerEmail", action.email)


class DeliveryItemDraft(Strict):
    """So many pieces of a line."""

    id: str
    quantity: Annotated[int, Field(ge=1)]


class TrackingDraft(Strict):
    """Where a parcel can be followed."""

    trackingId: str | None = None
    carrier: str | None = None
    provider: str | None = None
    providerTransaction: str | None = None
    isReturn: bool | None = None


class ParcelDraft(Strict):
    """A parcel of a delivery."""

    key: str | None = None
    trackingData: TrackingDraft | None = None
    items: list[DeliveryItemDraft] | None = None


class AddDelivery(Strict):
    """`addDelivery`; `shippingKey` where the order has several shipping methods."""

    deliveryKey: str | None = None
    shippingKey: str | None = None
    items: list[DeliveryItemDraft] | None = None
    address: AddressDraft | None = None
    parcels: list[ParcelDraft] | None = None


@ORDER_ACTIONS.handles("addDelivery", AddDelivery)
def _add_delivery(request: Request, draft: Json, action: AddDelivery) -> None:
    _require_lines(draft, action.items or [])
    now = request.project.now()
    parcels = [
        {"id": new_id(), "createdAt": now, "items": [], **parcel.wire()} for parcel in action.parcels or []
    ]
    delivery = without_nulls(
        {
            "id": new_id(),
            "key": action.deliveryKey,
            "createdAt": now,
            "items": [item.wire() for item in action.items or []],
            "parcels": parcels,
            "address": action.address.wire() if action.address else None,
        }
    )
    _shipping_info(draft, action.shippingKey).setdefault("deliveries", []).append(delivery)
    say(request, "DeliveryAdded", delivery=delivery, shippingKey=action.shippingKey)


def _require_lines(draft: Json, items: list[DeliveryItemDraft]) -> None:
    known = {line["id"] for line in [*draft["lineItems"], *draft["customLineItems"]]}
    for item in items:
        if item.id not in known:
            raise invalid_operation(f"The line item with ID '{item.id}' was not found.")


def _shipping_info(draft: Json, shipping_key: str | None) -> Json:
    infos: dict[str | None, Json] = {
        entry["shippingKey"]: entry["shippingInfo"] for entry in draft["shipping"]
    }
    if "shippingInfo" in draft:
        infos[None] = draft["shippingInfo"]
    if shipping_key not in infos:
        raise invalid_operation("Deliveries can only be added to an order that has shipping information.")
    return infos[shipping_key]
