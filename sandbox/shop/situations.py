"""What each cart of the seed is, what to try with it, and what should then happen."""

from dataclasses import dataclass

from sandbox.commercetools.seed import SITUATIONS, cart_id

_TO_TRY = {
    "guest": "Pay by card, then reload, go back, reload again: one paid order, and no second payment.",
    "customer": "Open it in two tabs and pay in one: the other tab leads to the result of the same payment.",
    "discounted": "Compare the totals on the payment page with those here: the same to the cent.",
    "german-store": "Pay by card: the order waits as authorised. Ship it, or capture in the back office.",
    "several-shipping": "Pay it: both deliveries are in the amount, and lines and delivery add up.",
    "custom-line": "Pay it: the assembly is in the amount and in the list of items.",
    "digital": "Pay it: nothing is shipped, so no delivery address is asked for.",
    "yen": "Pay it: yen have no decimals, and the amount is not a hundred times too high.",
    "dinar": "Pay it: dinars have three decimals, and the bridge and the payment page agree on all of them.",
    "empty": "Try to pay it: the bridge says that there is nothing to pay, and never asks Monext.",
    "free": "Try to pay it: nothing is due, so no payment begins.",
    "merged": "Try to pay it: the bridge refuses, as its lines are in another cart now.",
    "locked": "Try to pay it: the bridge refuses as long as the service desk holds it.",
    "frozen": "Pay it: a frozen cart can be paid like any other, and is neither thawed nor changed.",
    "no-billing-address": "Try to pay it: the bridge says what is missing.",
    "refused": "Pay by card: the bank refuses; no order, nothing taken, and another attempt is possible.",
    "pending": "Pay with PayPal and leave it pending, then decide under “Pending”: the order follows.",
    "exotic": "Pay it: names are cut and cleaned to what Monext takes, and the payment still begins.",
    "gift-card": "Pay it: only what the gift card left open is asked for.",
    "tax-rates": "Pay it: the rates reach Monext exactly, 2.55 % as 255.",
    "net-prices": "Pay it: the total with tax is asked for, not the sum of the prices.",
    "no-store": "Try to pay it: the bridge says that it is not configured, and uses no store's account.",
    "points": "Pay it: points in yen are nothing that euros could be lowered by, so all of it is asked for.",
    "spent-code": "Try to pay it: an order of it would be refused, so the bridge takes no money for it.",
    "no-shipping-address": "Try to pay it: a chair has to go somewhere, and the bridge says what is missing.",
    "customer-gone": "Pay it: the payment is a guest's, as commercetools knows the customer no more.",
    "business-unit": "Pay it: the line costs what commercetools says, rounded once.",
    "other-store": "Try to pay it: the bridge says that this store is not configured.",
}


@dataclass(frozen=True, slots=True)
class Situation:
    """A heading, what to try and expect (may be empty), and the place in the shop window."""

    title: str
    sentence: str
    place: int


_BY_CART = {
    cart_id(name): Situation(title=seeded.story, sentence=_TO_TRY.get(name, ""), place=place)
    for place, (name, seeded) in enumerate(SITUATIONS.items())
}
_OTHER = Situation(title="A cart that the seed does not describe", sentence="", place=len(_BY_CART))


def situation_of(cart_id: str) -> Situation:
    """The situation of a cart; a plain one, at the end, for a cart that is not of the seed."""
    return _BY_CART.get(cart_id, _OTHER)
