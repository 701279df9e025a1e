"""Where the bridge sends the buyer back to.

What the address says is a hint that anybody can type; what happened is asked from commercetools.
"""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, render_template, request

from sandbox.shop import carts
from sandbox.shop.calls import Json, Refused
from sandbox.shop.languages import Words, words_for
from sandbox.shop.shop import shop

pages = Blueprint("landing", __name__)

PARAMETERS = ("status", "paymentReference", "orderId", "orderNumber")


@pages.get("/thanks")
def thanks() -> str:
    """After a payment that is authorised or paid."""
    return _landing(lambda words: words.thanks)


@pages.get("/cancelled")
def cancelled() -> str:
    """After a payment that did not come about, or was given back."""
    return _landing(lambda words: words.not_placed)


def borne_out(status: str, *, payment: Json) -> bool:
    """Whether a payment's transactions agree with the status that the bridge put in the address.

    A status nobody defined is never borne out.
    """
    judge = _JUDGES.get(status)
    return judge is not None and judge(payment)


def _landing(title: Callable[[Words], str]) -> str:
    """The page with that heading, in the language of the cart that the payment is on."""
    payment = _asked("payments", request.args.get("paymentReference", ""))
    order = _asked("orders", request.args.get("orderId", ""))
    if payment and not order:
        order = carts.order_of_payment(shop().project, payment["id"])
    bought = order or (carts.cart_of_payment(shop().project, payment["id"]) if payment else None)
    words = words_for(bought)
    return render_template(
        "landing.html",
        title=title(words),
        words=words,
        hints={name: request.args[name] for name in PARAMETERS if name in request.args},
        others={name: value for name, value in request.args.items() if name not in PARAMETERS},
        payment=payment,
        order=order,
        agrees=payment is not None and borne_out(request.args.get("status", ""), payment=payment),
    )


def _asked(resource: str, resource_id: str) -> Json | None:
    """The resource that an address names; None where it names none, or none that exists."""
    try:
        return shop().project.get(f"{resource}/{UUID(resource_id)}")
    except ValueError:
        return None
    except Refused as refusal:
        if refusal.status == 404:
            return None
        raise


def _succeeded(payment: Json, *types: str) -> bool:
    return any(t["type"] in types and t["state"] == "Success" for t in payment["transactions"])


def _paid(payment: Json) -> bool:
    return _succeeded(payment, "Charge")


def _authorized(payment: Json) -> bool:
    return _succeeded(payment, "Authorization")


def _nothing_taken(payment: Json) -> bool:
    return not _succeeded(payment, "Authorization", "Charge")


def _given_back(payment: Json) -> bool:
    return _succeeded(payment, "Refund", "CancelAuthorization")


_JUDGES: dict[str, Callable[[Json], bool]] = {
    "paid": _paid,
    "authorized": _authorized,
    "refused": _nothing_taken,
    "cancelled": _nothing_taken,
    "expired": _nothing_taken,
    "returned": _given_back,
}
