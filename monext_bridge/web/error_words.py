"""What an error page tells the buyer, by status, and for a cart that can't be paid by its reason."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from monext_bridge.domain.cart import NotPayable
from monext_bridge.errors import CartNotPayable, EarlierUnknown


@dataclass(frozen=True, slots=True)
class Words:
    """Put into the page's language when they are printed.

    Beside them a page may say not to pay again: to "try again" has to mean the page.
    """

    heading: LazyString
    text: LazyString


UNAVAILABLE = Words(
    _("The payment is not available at the moment"),
    _("This is not your doing. Please open this page again in a few minutes."),
)
UNEXPECTED = Words(
    _("Something went wrong on our side"),
    _("This is not your doing. Please open this page again in a few minutes, or write to the shop."),
)
EARLIER_PAYMENT = Words(
    _("We are checking an earlier payment"),
    _("An earlier payment of this order could not be looked up. Please look again in a few minutes."),
)
UNREADABLE = Words(
    _("This link does not work"),
    _("A part of it is missing or damaged. Please go back to the shop and start again from there."),
)

BY_STATUS = {
    400: UNREADABLE,
    401: Words(
        _("This link is no longer valid"),
        _("Please go back to the shop and start again from there."),
    ),
    403: Words(
        _("This link is no longer valid"),
        _("It has expired, or it was made for something else. Please go back to the shop and start again."),
    ),
    404: Words(
        _("There is nothing to be found here"),
        _("The address is mistyped, or the cart no longer exists. Please go back to the shop."),
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
        _("Please go back to the shop and put something into it."),
    ),
    NotPayable.ZERO: Words(
        _("There is nothing left to pay"),
        _("Nothing is due for this cart. Please go back to the shop to complete your order."),
    ),
    NotPayable.MERGED: Words(
        _("This cart is no longer in use"),
        _("Its contents are now in another cart, probably since you signed in. Please pay that one."),
    ),
    NotPayable.ORDERED: Words(
        _("This cart has already been ordered"),
        _("You do not need to pay it here again. You will find the order in the shop."),
    ),
    NotPayable.LOCKED: Words(
        _("This cart is locked at the moment"),
        _("The shop is working on it. Please try again in a few minutes, or write to the shop."),
    ),
    NotPayable.CURRENCY: Words(
        _("This currency can't be paid here"),
        _("Please go back to the shop and choose another currency or another way to pay."),
    ),
    NotPayable.NO_BILLING_ADDRESS: Words(
        _("The billing address is missing"),
        _("Please go back to the shop, enter it and start the payment again."),
    ),
    NotPayable.NO_SHIPPING_ADDRESS: Words(
        _("The delivery address is missing"),
        _("Please go back to the shop, enter it and start the payment again."),
    ),
    NotPayable.STATE: Words(
        _("This cart can't be paid"),
        _("Please go back to the shop and look at your cart or your order."),
    ),
}


def words_for(error: Exception, status: int) -> Words:
    """The words for an error; a status without its own words is told as the nearest that has."""
    if isinstance(error, CartNotPayable) and error.reason in NOT_PAYABLE:
        return NOT_PAYABLE[NotPayable(error.reason)]
    if isinstance(error, EarlierUnknown):
        return EARLIER_PAYMENT
    return BY_STATUS.get(status, UNREADABLE if status < 500 else UNEXPECTED)
