"""Lists what buyers do as scripts of one line: `verb` or `verb:argument`, played one after the other.

`open` shows the payment page (`open:es` in another language, which is another session), `tabs` opens it twice at
once. `pay` plays the buyer at Monext on the session that was shown last, `pay-first` on the first, `pay-all` on all
of them. `return` comes back from Monext, `returns` does so four times at once. `look` opens the result page, `cancel`
the cancel page. `resolve` is the partner's late answer. `grow` puts one more item into the cart. `order`: the shop
itself orders. `trouble`: commercetools refuses orders of the cart with this code, until `mended`.
"""

from __future__ import annotations

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Story:
    """A script with its weight (how often it is drawn, in proportion) and the carts that it fits."""

    weight: int
    script: str
    carts: tuple[str, ...] = FRENCH + GERMAN * len(FRENCH)


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
}
