"""What staff, finance and buyers do beside paying: edit and cancel orders, charge back, move payments."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from sandbox.shop import controls
from sandbox.shop.shop import shop

pages = Blueprint("staff", __name__)


@pages.post("/orders/<uuid:order_id>/edit")
def edit_order(order_id: UUID) -> Response:
    """Another total, by an order edit. Raises Refused for what is no amount."""
    controls.edit_order(_url(), str(order_id), total=request.form.get("total", ""))
    return _to_order(order_id)


@pages.post("/orders/<uuid:order_id>/cancel")
def cancel_order(order_id: UUID) -> Response:
    """The order is not wanted any more; what becomes of its money is the bridge's matter."""
    controls.cancel_order(_url(), str(order_id))
    return _to_order(order_id)


@pages.post("/payments/<uuid:payment_id>/chargeback")
def charge_back(payment_id: UUID) -> Response:
    """A bank takes money back. Raises Refused where nothing is charged."""
    controls.charge_back(_url(), str(payment_id), form=request.form)
    return redirect(url_for("back_office.payment", payment_id=payment_id), code=303)


@pages.post("/carts/<uuid:cart_id>/payments")
def add_payment(cart_id: UUID) -> Response:
    """A payment of another interface on the cart. Raises Refused for what is no amount or currency."""
    controls.add_foreign_payment(_url(), str(cart_id), form=request.form)
    return _to_cart(cart_id)


@pages.post("/carts/<uuid:cart_id>/payments/<uuid:payment_id>/remove")
def remove_payment(cart_id: UUID, payment_id: UUID) -> Response:
    """The buyer takes a payment off the cart. Raises Refused where the cart can't change any more."""
    controls.remove_payment(_url(), str(cart_id), payment_id=str(payment_id))
    return _to_cart(cart_id)


def _url() -> str:
    return shop().settings.commercetools_url


def _to_order(order_id: UUID) -> Response:
    return redirect(url_for("views.order", order_id=order_id), code=303)


def _to_cart(cart_id: UUID) -> Response:
    return redirect(url_for("views.cart", cart_id=cart_id), code=303)
