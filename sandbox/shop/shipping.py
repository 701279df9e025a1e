"""An order on its way: what the shop tells commercetools of it, and commercetools the bridge."""

from uuid import UUID

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from sandbox.shop import controls
from sandbox.shop.calls import Json
from sandbox.shop.shop import shop

pages = Blueprint("shipping", __name__)

# What a button says, and the shipment state that it sets.
STEPS = {"Ship this order": "Shipped", "Deliver": "Delivered"}


@pages.post("/orders/<uuid:order_id>/shipment")
def change(order_id: UUID) -> Response:
    """The next shipment state, by commercetools' API; the message goes out by itself."""
    state = request.form.get("state")
    if state not in STEPS.values():
        abort(400)
    project, path = shop().project, f"orders/{order_id}"
    version = project.get(path)["version"]
    project.update(path, version=version, action={"action": "changeShipmentState", "shipmentState": state})
    return _to_order(order_id)


@pages.post("/orders/<uuid:order_id>/messages/<int:number>/again")
def send_again(order_id: UUID, number: int) -> Response:
    """The same message once more, as may happen at any time."""
    controls.send_message_again(shop().settings.commercetools_url, place=number)
    return _to_order(order_id)


def messages_about(order_id: str) -> list[Json]:
    """The messages about an order, the oldest first, with what the bridge answered."""
    told = controls.messages(shop().settings.commercetools_url)["messages"]
    return [message for message in told if message["resource"]["id"] == order_id]


def _to_order(order_id: UUID) -> Response:
    return redirect(url_for("views.order", order_id=order_id), code=303)
