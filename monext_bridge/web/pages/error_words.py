"""Chooses what an error page tells the buyer: by status, or by reason for a cart that can't be paid."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from monext_bridge.domain.record import NotPayable
from monext_bridge.errors import CartNotPayable, EarlierAttemptUnknown, LinkExpired


@dataclass(frozen=True, slots=True)
class Words:
    """What a page says of an error; it is put into the page's language when it is printed.

    The page may also say not to pay again, so to "try again" has to mean to open the page again.
    """

    heading: LazyString
    text: LazyString


UNAVAILABLE = Words(
    _("The payment service is not available at the moment"),
    _("This is not your fault. Please open this page again in a few minutes."),
)
UNEXPECTED = Words(
    _("Something went wrong on our side"),
    _("This is not your fault. Please open this page again in a few minutes, or contact the shop."),
)
EARLIER_PAYMENT = Words(
    _("We are checking an earlier payment"),
    _("We could not check an earlier payment for this order. Please check again in a few minutes."),
)
LINK_EXPIRED = Words(
    _("This link has expired"),
    _("To pay, ask the shop for a new link, or start the payment again from your cart in the shop."),
)
UNREADABLE = Words(
    _("This link does not work"),
    _("Part of it is missing or damaged. Please go back to the shop and look at your cart or your order."),
)

BY_STATUS = {
    400: UNREADABLE,
    401: Words(
        _("This link is no longer valid"),
        _("Please go back to the shop and look at your cart or your order."),
    ),
    403: Words(
        _("This link is no longer valid"),
        _(
            "It has expired, or it was made for something else. "
            "Please go back to the shop and look at your cart or your order."
        ),
    ),
    404: Words(
        _("Page not found"),
        _("The web address is wrong, or the cart no longer exists. Please go back to the shop."),
    ),
    405: UNREADABLE,
    409: Words(
        _("This can't be done at the moment"),
        _("Please go back to the shop and look at your cart or your order."),
    ),
    429: Words(
        _("Too many attempts"),
        _("Please wait a minute, then open this page again."),
    ),
    502: UNAVAILABLE,
    503: UNAVAILABLE,
    504: UNAVAILABLE,
}

NOT_PAYABLE = {
    NotPayable.EMPTY: Words(
        _("Your cart is empty"),
        _("Please go back to the shop and add something to your cart."),
    ),
    NotPayable.ZERO: Words(
        _("There is nothing left to pay"),
        _("Nothing is due for this cart. Please go back to the shop to complete your order."),
    ),
    NotPayable.MERGED: Words(
        _("This cart is no longer in use"),
        _("Its contents are now in another cart, probably because you signed in. Please pay for that one."),
    ),
    NotPayable.ORDERED: Words(
        _("This order has already been placed"),
        _("It can't be paid for here. Please look at the order on the shop's website."),
    ),
    NotPayable.LOCKED: Words(
        _("This cart is locked at the moment"),
        _("The shop is working on it. Please try again in a few minutes, or contact the shop."),
    ),
    NotPayable.CURRENCY: Words(
        _("This currency can't be paid here"),
        _("Please go back to the shop and choose another currency or payment method."),
    ),
    NotPayable.NO_BILLING_ADDRESS: Words(
        _("The billing address is missing"),
        _("Please go back to the shop, enter the address and start the payment again."),
    ),
    NotPayable.NO_SHIPPING_ADDRESS: Words(
        _("The delivery address is missing"),
        _("Please go back to the shop, enter the address and start the payment again."),
    ),
    NotPayable.STATE: Words(
        _("This cart can't be paid"),
        _("Please go back to the shop and look at your cart or your order."),
    ),
    NotPayable.DISCOUNT_CODE: Words(
        _("A discount code can't be used for this order"),
        _("Please go back to the shop, remove the code or enter another one, and start the payment again."),
    ),
    NotPayable.SHIPPING_METHOD: Words(
        _("The delivery method does not suit this order"),
        _("Please go back to the shop, choose another delivery method and start the payment again."),
    ),
    NotPayable.SHIPPING_DETAILS: Words(
        _("Delivery addresses are missing for some items"),
        _(
            "Please go back to the shop, choose where each item is to be delivered and start the payment again."
        ),
    ),
}


def words_for(error: Exception, status: int) -> Words:
    """Return the words for an error. A status without words of its own gets those of its class (4xx or 5xx)."""
    if isinstance(error, CartNotPayable) and error.reason in NOT_PAYABLE:
        return NOT_PAYABLE[NotPayable(error.reason)]
    if isinstance(error, EarlierAttemptUnknown):
        return EARLIER_PAYMENT
    if isinstance(error, LinkExpired):
        return LINK_EXPIRED
    return BY_STATUS.get(status, UNREADABLE if status < 500 else UNEXPECTED)
