"""My Carts: what a buyer does with a token of its own: https://docs.commercetools.com/api/projects/me-carts

A shop's page in the browser may hold such a token, so whatever is in this list a buyer can do at any moment of a
payment: also take the payment off the cart.
"""

from sandbox.commercetools.carts.actions import CART_ACTIONS
from sandbox.commercetools.carts.updating import update_cart
from sandbox.commercetools.errors import insufficient_scope, not_found
from sandbox.commercetools.state import Caller, Project, Request
from sandbox.commercetools.wire import Json, new_id

MY_CART_ACTIONS = CART_ACTIONS.only(
    "addLineItem",
    "addPayment",
    "changeLineItemQuantity",
    "recalculate",
    "removeLineItem",
    "removePayment",
    "setBillingAddress",
    "setCountry",
    "setCustomField",
    "setCustomType",
    "setCustomerEmail",
    "setLocale",
    "setShippingAddress",
    "setShippingMethod",
)


def my_cart(request: Request, cart_id: str) -> Json:
    """The buyer's cart of that id.

    Raises ResourceNotFound where it is not the buyer's, and `insufficient_scope` for a token that is no buyer's.
    """
    buyer = request.caller.buyer
    if buyer is None:
        raise insufficient_scope("customer_id", "anonymous_id")
    cart = request.project.get("cart", cart_id)
    if cart is None or not buyer.owns(cart):
        raise not_found(cart_id)
    return cart


def update_my_cart(request: Request, cart: Json, body: object) -> Json:
    """Update the buyer's cart; raises as `update_cart`, and InvalidJsonInput for actions that no buyer has."""
    return update_cart(request, cart, body, table=MY_CART_ACTIONS)


def owner_of(project: Project, cart: Json) -> str:
    """The scope that says whose cart it is; a guest's cart is given an anonymous session where it has none."""
    if "customerId" in cart:
        return f"customer_id:{cart['customerId']}"
    if "anonymousId" not in cart:
        guest = {**cart, "anonymousId": new_id()}
        cart = project.replace("cart", guest, caller=Caller(client_id="shop"))
    return f"anonymous_id:{cart['anonymousId']}"
