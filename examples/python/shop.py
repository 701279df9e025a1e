"""A small shop that is paid through the bridge: goods, a cart, the way to the payment, and the page after it."""

from decimal import Decimal
from urllib.parse import urlsplit

import requests
from bridge import session_form, signed_link
from commercetools_api import Json, cart_with_payments, goods, make_cart, order_of_cart
from flask import Flask, Response, redirect, render_template, request, session, url_for
from paid import due, is_under_way, state_of_order
from settings import COOKIE_SECRET, SETTINGS, SHOP_URL
from werkzeug.wrappers import Response as AnyResponse

FIELDS = {
    "firstName": ("First name", "given-name"),
    "lastName": ("Last name", "family-name"),
    "email": ("Email", "email"),
    "streetName": ("Street and number", "address-line1"),
    "postalCode": ("Postcode", "postal-code"),
    "city": ("City", "address-level2"),
}
QUANTITY = "quantity:"  # and the SKU: how many of it

app = Flask(__name__)
app.config.update(
    # Whose cart it is stands in Flask's signed cookie, which no script can read: nobody sees another buyer's cart.
    SECRET_KEY=COOKIE_SECRET,
    # Lax: it comes along when the bridge leads back to us, and with no form that another site posts.
    SESSION_COOKIE_SAMESITE="Lax",
    SESSION_COOKIE_SECURE=SHOP_URL.startswith("https:"),
    MAX_CONTENT_LENGTH=10_000,
)


@app.template_filter()
def money(amount: Json) -> str:
    """In minor units: 2499 of two digits is 24.99."""
    digits = amount["fractionDigits"]
    return f"{Decimal(amount['centAmount']).scaleb(-digits):,.{digits}f} {amount['currencyCode']}"


@app.template_filter()
def words(localised: dict[str, str]) -> str:
    return localised.get("en") or next(iter(localised.values()))


app.template_filter("due")(due)


@app.get("/")
def show_goods() -> str:
    return render_template("goods.html", goods=goods(), fields=FIELDS, quantity=QUANTITY)


@app.post("/cart")
def fill_cart() -> AnyResponse | tuple[str, int]:
    asked = {name.removeprefix(QUANTITY): n for name, n in request.form.items() if name.startswith(QUANTITY)}
    quantities = {sku: int(n) for sku, n in asked.items() if n.isascii() and n.isdigit() and 0 < int(n) < 100}
    if not quantities:
        return _sorry("Nothing chosen", "Please choose one to 99 of something."), 400
    session["cart"] = make_cart(quantities, address=_address())["id"]
    return redirect(url_for("where_it_stands"), code=303)


@app.get("/cart")
@app.get("/thanks", endpoint="thanks")
def where_it_stands() -> str | tuple[str, int]:
    """After a payment, or whenever the buyer comes: what is shown follows from commercetools alone."""
    if "cart" not in session:
        return _no_cart()
    order = order_of_cart(session["cart"])
    if order:
        return render_template("order.html", order=order, state=state_of_order(order))
    cart = cart_with_payments(session["cart"])
    return render_template("waiting.html" if is_under_way(cart) else "cart.html", cart=cart)


@app.post("/pay")
def pay() -> AnyResponse | tuple[str, int]:
    return redirect(signed_link(session["cart"]), code=303) if "cart" in session else _no_cart()


@app.post("/pay-by-session")
def pay_by_session() -> str | tuple[str, int]:
    """A page of its own, so that the session is made only once the buyer goes to pay."""
    if "cart" not in session:
        return _no_cart()
    action, fields = session_form(session["cart"])
    return render_template("session.html", action=action, fields=fields)


@app.after_request
def protect(response: Response) -> Response:
    # The pictures are the sandbox's; those of a real project are on a host of their own.
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; img-src {_origin(SETTINGS['CTP_API_URL'])}; "
        f"form-action 'self' {_origin(SETTINGS['BRIDGE_URL'])}; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@app.errorhandler(requests.RequestException)
def remote_failed(error: requests.RequestException) -> tuple[str, int]:
    app.logger.error("%s", error)  # for us; the buyer reads nothing of it
    return _sorry("Sorry", "Something went wrong. Please try again in a moment."), 502


def _address() -> Json:
    """As commercetools has it; only these fields are taken over."""
    return {**{name: request.form.get(name, "").strip()[:100] for name in FIELDS}, "country": "FR"}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _no_cart() -> tuple[str, int]:
    return _sorry("No cart", "This browser has no cart yet."), 404


def _sorry(title: str, text: str) -> str:
    return render_template("sorry.html", title=title, text=text)
