"""What each cart of the seed shows, what to try with it, and what should then happen."""

from dataclasses import dataclass
from types import MappingProxyType

from sandbox.commercetools.seed import SITUATIONS, cart_id

FIRST = cart_id("guest")
"""The cart to begin with."""

KINDS = MappingProxyType(
    {
        "everyday": "Ordinary purchases",
        "prices": "Discounts, gift cards and taxes",
        "currencies": "Other currencies",
        "shipping": "Delivery",
        "digital": "Downloads",
        "outcomes": "Declined, or answered later",
        "errors": "Carts that can't be paid",
        "unusual": "Unusual customers and data",
    }
)
"""What the carts may be filtered by, and how it is called on the page."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A heading, what to try and expect (may be empty), what it is an example of, and its place in the window."""

    title: str
    sentence: str
    kinds: tuple[str, ...] = ()
    place: int = 0


_TO_TRY = {
    "guest": Situation(
        "One chair, delivered in France",
        "Pay it with the test card. Then reload, go back, reload again: there is one order, paid once.",
        ("everyday",),
    ),
    "customer": Situation(
        "A customer has chairs and a lamp sent by express to another address",
        "Open the payment in two tabs and pay in one of them: the other one leads to the same result.",
        ("everyday", "shipping"),
    ),
    "discounted": Situation(
        "Three discounts at once",
        "Compare the total on the payment page with the one here: they are the same to the cent.",
        ("prices",),
    ),
    "german-store": Situation(
        "A table from the German shop, which takes the money when it ships",
        "Pay it: the amount is only reserved. Then ship the order, or take the money in the back office.",
        ("everyday",),
    ),
    "several-shipping": Situation(
        "Sent to two addresses",
        "Pay it: both deliveries are part of the amount, and all its parts add up.",
        ("shipping",),
    ),
    "custom-line": Situation(
        "With assembly at home, which is not among the products",
        "Pay it: the assembly is in the list and in the amount.",
        ("everyday",),
    ),
    "digital": Situation(
        "Two files to download",
        "Pay it: nothing is shipped, so nobody asks for a delivery address.",
        ("digital",),
    ),
    "yen": Situation(
        "Paid in yen",
        "Pay it: yen have no cents, and the payment page asks for the amount here, not for a hundred times as much.",
        ("currencies",),
    ),
    "dinar": Situation(
        "Paid in Kuwaiti dinars",
        "Pay it: a dinar has a thousand parts, and all three decimals are the same on the payment page.",
        ("currencies",),
    ),
    "empty": Situation("An empty cart", "Try to pay it: you read that there is nothing to pay.", ("errors",)),
    "free": Situation(
        "Everything in it is free",
        "Try to pay it: nothing is due, so no payment begins.",
        ("errors", "prices"),
    ),
    "merged": Situation(
        "Its goods have moved to another cart, as the customer logged in",
        "Try to pay it: this cart can't be paid any more.",
        ("errors",),
    ),
    "locked": Situation(
        "Customer service is working on it",
        "Try to pay it: it can't be paid until they are done.",
        ("errors",),
    ),
    "frozen": Situation(
        "Frozen by the shop while the customer pays",
        "Pay it: it is paid like any other cart, and stays as it is.",
        ("unusual",),
    ),
    "no-billing-address": Situation(
        "Without a billing address", "Try to pay it: you read what is missing.", ("errors",)
    ),
    "refused": Situation(
        "333.05 €, an amount that the test bank always declines",
        "Pay by card: it is declined. Nothing is taken, there is no order, and you may try again.",
        ("outcomes",),
    ),
    "pending": Situation(
        "Paid with PayPal, which answers later",
        "Choose PayPal and leave the payment pending. Then decide under “Pending payments”: the order follows.",
        ("outcomes",),
    ),
    "exotic": Situation(
        "Very long names, emoji and other alphabets",
        "Pay it: whatever the customer's name and address are, the payment begins.",
        ("unusual",),
    ),
    "gift-card": Situation(
        "A gift card has paid 30 € of it already", "Pay it: only the rest is asked for.", ("prices",)
    ),
    "tax-rates": Situation(
        "Three tax rates in one cart",
        "Pay it: each line has its own rate, 20 %, 5.5 % and 2.55 %, and the sum is the amount here.",
        ("prices",),
    ),
    "net-prices": Situation(
        "Prices without tax",
        "Pay it: the total with tax is asked for, not the sum of the prices.",
        ("prices",),
    ),
    "no-store": Situation(
        "A cart of no shop at all",
        "Try to pay it: nobody said whose money it would be, so no payment begins.",
        ("errors",),
    ),
    "points": Situation(
        "Bonus points in yen on a cart in euros",
        "Pay it: points in another currency take nothing off, so all of it is asked for.",
        ("prices", "currencies"),
    ),
    "spent-code": Situation(
        "A discount code that is used up",
        "Try to pay it: there could be no order of it, so no money is taken.",
        ("errors", "prices"),
    ),
    "no-shipping-address": Situation(
        "A chair, and no delivery address",
        "Try to pay it: a chair has to go somewhere, and you read what is missing.",
        ("errors", "shipping"),
    ),
    "customer-gone": Situation(
        "The customer's account was deleted", "Pay it: it is paid as by a guest.", ("unusual",)
    ),
    "business-unit": Situation(
        "1234 screws for a company, at a fraction of a cent each",
        "Pay it: the price is rounded once, to the cent.",
        ("unusual", "prices"),
    ),
    "other-store": Situation(
        "A cart of a shop that is not set up",
        "Try to pay it: you read that this shop can't take payments.",
        ("errors",),
    ),
}

_BY_CART = {
    cart_id(name): Situation(shown.title, shown.sentence, shown.kinds, place)
    for place, (name, shown) in enumerate((name, _TO_TRY[name]) for name in SITUATIONS)
}
_OTHER = Situation(title="A cart that somebody made", sentence="", place=len(_BY_CART))


def situation_of(cart_id: str) -> Situation:
    """The situation of a cart; a plain one, at the end, for a cart that is not of the seed."""
    return _BY_CART.get(cart_id, _OTHER)
