"""Which orders commercetools refuses next, ordered from the page of faults."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from sandbox.shop import controls
from sandbox.shop.shop import shop

pages = Blueprint("order_refusals", __name__)


@pages.post("/faults/orders")
def order() -> Response:
    """The next orders are refused with a code, so many or all; without a code none is."""
    controls.refuse_orders(shop().settings.commercetools_url, form=request.form)
    return redirect(url_for("faults.index"), code=303)
