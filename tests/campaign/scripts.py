"""Lists what buyers do as scripts of one line: `verb` or `verb:argument`, played one after the other.

`open` shows the payment page (`open:es` in another language, which is another session), `tabs` opens it twice at
once. `pay` plays the buyer at Monext on the session that was shown last, `pay-first` on the first, `pay-all` on all
of them. `return` comes back from Monext, `returns` does so four times at once. `look` opens the result page, `cancel`
the cancel page. `resolve` is the partner's late answer.

Others act at the shop (`shop_staff`). `grow` puts one more item into the cart. `hold` puts money of another interface
on it, in a currency. `take-off` takes our payment off it, `take-off:elsewhere` puts it on another one. `order`: the
shop itself orders. `trouble`: commercetools refuses orders of the cart with this code, until `mended`. `edit` makes
the order cost so many hundredths of what it costs, `call-off` cancels it, `ship` ships it. `charge-back`: the bank
takes all back. `office` is an operation of the back office.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

FRENCH = (
    *("guest", "customer", "discounted", "several-shipping", "custom-line"),
    *("digital", "gift-card", "tax-rates", "net-prices"),
)
"""Carts of the store that is debited when the order is placed."""

GERMAN = ("german-store",)
"""Carts of the store that is debited when the order is shipped."""

WITH_LINES = ("guest", "customer", "german-store")
"""Carts in which one more of the first item can be bought."""

FRENCH_LINES = ("guest", "customer")
ON_SHIPMENT = ("german-store", "german-store", "german-store", "guest")
"""Mostly the carts of which money is captured when they are shipped."""

EDITED = ("pay:accepted", "edit", "ship")
CHARGED_BACK = ("pay:accepted", "charge-back", "office")


@dataclass(frozen=True, slots=True)
class Story:
    """A script with its weight (how often it is drawn, in proportion) and the carts that it fits.

    `proof` are the steps that must have taken effect: only then was a story of money played. Others have none.
    """

    weight: int
    script: str
    carts: tuple[str, ...] = FRENCH + GERMAN * len(FRENCH)
    proof: tuple[str, ...] = ()


STORIES: Mapping[str, Story] = {
    "pays": Story(16, "open pay:accepted return"),
    "pays and closes the browser": Story(9, "open pay:accepted"),
    "reloads, pays, looks": Story(5, "open open pay:accepted return look"),
    "two tabs at once": Story(5, "tabs pay:accepted return"),
    "comes back four times at once": Story(5, "open pay:accepted returns"),
    "refused, then another card": Story(5, "open pay:refused pay:accepted return"),
    "refused, then begins again": Story(4, "open pay:refused return open pay:accepted return"),
    "refused": Story(3, "open pay:refused return"),
    "pending, accepted later": Story(5, "open pay:pending return look resolve:accepted"),
    "pending, refused later": Story(3, "open pay:pending return resolve:refused look"),
    "pending for good": Story(2, "open pay:pending return"),
    "under review for good": Story(2, "open pay:risk return look"),
    "cancels at Monext": Story(3, "open pay:cancelled return"),
    "cancels on our page": Story(3, "open cancel"),
    "cancels here, pays there": Story(4, "open cancel pay:accepted"),
    "leaves": Story(3, "open"),
    "the cart grows while paying": Story(5, "open grow pay:accepted return", WITH_LINES),
    "the cart grows, then begins again": Story(3, "open grow open pay:accepted return", WITH_LINES),
    "pays two sessions at once": Story(5, "open open:es pay-all returns"),
    "pays, and later an old tab": Story(4, "open open:es pay:accepted return pay-first:accepted return"),
    "the bank gives less": Story(2, "open pay:less return"),
    "debited at once": Story(3, "open pay:debit return", GERMAN),
    "out of stock": Story(4, "trouble:OutOfStock open pay:accepted return"),
    "commercetools fails for a while": Story(3, "trouble:General open pay:accepted return mended look"),
    "refused with a new code for a while": Story(2, "trouble:Newfangled open pay:accepted return mended"),
    "the shop orders by itself": Story(3, "open pay:accepted order return"),
    "order lowered, then shipped": Story(6, "open pay:accepted return edit:30 ship", ON_SHIPMENT, EDITED),
    "order raised, then shipped": Story(4, "open pay:accepted return edit:180 ship", ON_SHIPMENT, EDITED),
    "order cancelled, then shipped": Story(
        6, "open pay:accepted return call-off ship look", ON_SHIPMENT, ("pay:accepted", "call-off", "ship")
    ),
    "order shipped, then lowered": Story(3, "open pay:accepted return ship edit:30", ON_SHIPMENT, EDITED),
    "order raised after it was paid": Story(
        3, "open pay:accepted return edit:120", FRENCH_LINES, ("pay:accepted", "edit")
    ),
    "charged back, then refunded": Story(
        4, "open pay:accepted return charge-back office:refund", FRENCH, CHARGED_BACK
    ),
    "charged back, then reversed": Story(
        4, "open pay:accepted return charge-back office:reverse", FRENCH, CHARGED_BACK
    ),
    "payment taken off its cart": Story(
        5, "open take-off pay:accepted return look", proof=("take-off", "pay:accepted")
    ),
    "payment put on another cart": Story(
        4, "open take-off:elsewhere pay:accepted return look", proof=("take-off", "pay:accepted")
    ),
    "money of another currency on the cart": Story(
        4, "hold:JPY open pay:accepted return", WITH_LINES, ("hold", "pay:accepted")
    ),
    "money of another currency while paying": Story(
        3, "open hold:JPY pay:accepted return", WITH_LINES, ("hold", "pay:accepted")
    ),
    "money of the same currency on the cart": Story(
        4, "hold:EUR open pay:accepted return", WITH_LINES, ("hold", "pay:accepted")
    ),
    "money of the same currency while paying": Story(
        3, "open hold:EUR pay:accepted return", WITH_LINES, ("hold", "pay:accepted")
    ),
    "order refused for the cart": Story(
        5, "trouble:InvalidOperation open pay:accepted return look", proof=("trouble", "pay:accepted")
    ),
    "the shop's order is cancelled before the money": Story(
        4, "open order:early call-off pay:accepted return look", proof=("order", "call-off", "pay:accepted")
    ),
    "paid in parts": Story(8, "open pay:voucher return look", proof=("pay:voucher",)),
    "paid in parts, lowered, then shipped": Story(
        4, "open pay:voucher return edit:60 ship", ON_SHIPMENT, ("pay:voucher", "edit", "ship")
    ),
}

STORIES_OF_MONEY = tuple(name for name, story in STORIES.items() if story.proof)
"""Money that comes, goes or is edited around the payment: a campaign tells which of these it has never played."""


def was_played(name: str, done: Collection[str]) -> bool:
    """Whether a story of money was played: each step that it is about took effect."""
    return name in STORIES_OF_MONEY and set(STORIES[name].proof) <= set(done)
