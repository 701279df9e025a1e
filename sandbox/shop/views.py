"""Carts, payments and orders as commercetools holds them: a summary to read, and the JSON itself."""

from uuid import UUID

from flask import Blueprint, render_template

from sandbox.shop import carts, shipping
from sandbox.shop.shop import shop
from sandbox.shop.situations import situation_of
from sandbox.shop.storefront import choices

pages = Blueprint("views", __name__)


@pages.get("/carts/<uuid:cart_id>")
def cart(cart_id: UUID) -> str:
    """One cart, what may be done with it, and what became of it."""
    here = shop()
    document = carts.cart_with_payments(here.project, str(cart_id))
    return render_template(
        "cart.html",
        cart=document,
        payments=carts.payments_of(document),
        order=carts.order_of_cart(here.project, document),
        situation=situation_of(here.copies.original(document["id"])),
        **choices(),
    )


@pages.get("/payments/<uuid:payment_id>")
def payment(payment_id: UUID) -> str:
    """One payment with its transactions."""
    project = shop().project
    document = project.get(f"payments/{payment_id}")
    order = carts.order_of_payment(project, document["id"])
    return render_template("payment.html", payment=document, order=order)


@pages.get("/orders/<uuid:order_id>")
def order(order_id: UUID) -> str:
    """One order with its payments, what may be done to ship it, and the messages about it."""
    document = shop().project.get(f"orders/{order_id}", expand="paymentInfo.payments[*]")
    return render_template(
        "order.html",
        order=document,
        payments=carts.payments_of(document),
        steps=shipping.STEPS,
        messages=shipping.messages_about(document["id"]),
    )
