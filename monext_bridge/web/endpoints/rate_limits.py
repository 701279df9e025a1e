"""Sets the figures of all rate limits. Each endpoint declares those that hold for it, also where it has none.

The figures protect the remotes and this process from one client's loop or flood. They are no quotas: whoever pays,
waits or works as people and shops do never meets one, even where many share an address.

What is proved spends the budget of the cart, payment or session that it proves, and that of its address. What is not
proved spends budgets of its address alone: nobody can use up what belongs to others by naming them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

MINUTE = 60
"""Seconds; a limited client waits at most this long."""


class RateLimitKey(Enum):
    """What requests are counted by."""

    ADDRESS = "client address, as TRUSTED_PROXIES lets it be seen; of IPv6 the network of one customer"
    CART = "cart, once a link, a session or the cart itself has proved it"
    KNOWN_CART = "cart, where its id is all the proof there is, and is needed"
    KNOWN_CART_FROM = "the same cart together with the client address"
    PAYMENT = "payment that a genuine reference names"
    SESSION = "commercetools session, once it is known to be active"


class Counted(Enum):
    """Which requests count."""

    PROVED = "requests whose caller is proved"
    EVERY = "all requests, where anybody may call"
    REFUSED = "requests that are refused with 401 or 403, and nothing else is ever answered with 429 for them"
    LOOKED_UP = (
        "tokens, sessions, cart ids and certificates that were looked up at a remote and are not known there"
    )


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Allows `amount` requests in `seconds`, for each rate limit key, over all endpoints that share the limit.

    What is refused or not known at a remote is counted once that is known. So requests that are under way together
    may exceed such a limit, by at most the slots of a process.
    """

    name: str
    amount: int
    key: RateLimitKey
    seconds: int = MINUTE
    counts: Counted = Counted.PROVED


START = RateLimit("start", 30, RateLimitKey.CART)
"""Opening the page again costs one read. A double click, a reload and a second tab are a handful. A page that reloads
itself in a loop, or a key that is kept pressed, stops here, and uses up nothing that its neighbours share."""

KNOWN_FROM = RateLimit("known_from", START.amount, RateLimitKey.KNOWN_CART_FROM)
"""With open access, a stranger who knows a cart's id is refused what START allows its buyer, and the buyer is not."""

KNOWN = RateLimit("known", 10 * START.amount, RateLimitKey.KNOWN_CART)
"""Five a second for a cart from all addresses: a stranger needs ten networks to keep its buyer out, and the remotes
are not asked more often for one cart than for a carrier's buyers. What a reference or a session proves counts by
START."""

STARTS = RateLimit("starts", 300, RateLimitKey.ADDRESS)
"""Five a second. A new start makes up to seven calls to the remotes. A carrier hides thousands of buyers behind one
address: of a shop that sells twenty carts a second, a quarter may come through one address."""

SESSION = RateLimit("session", 60, RateLimitKey.SESSION)
"""Calls of a shop's server or page for one buyer: enough of `/payment` and `/operations/config` for thirty views."""

SHOP = RateLimit("shop", 3000, RateLimitKey.ADDRESS)
"""Fifty a second: one address stands for all buyers of a shop. This stops a server in a loop."""

POLLS = RateLimit("polls", 120, RateLimitKey.PAYMENT)
"""The result page polls seven times in its first minute, without a script six times. This leaves room for a dozen
tabs, and for the return before. Polls are counted by payment alone: neighbours must not limit a buyer who waits."""

NOTIFICATION = RateLimit("notification", 60, RateLimitKey.PAYMENT)
"""Monext sends one a minute for a payment. Anybody else who knows the reference can make us ask both remotes, up to
once a second."""

NOTIFICATIONS = RateLimit("notifications", 6000, RateLimitKey.ADDRESS)
"""A hundred a second, which is more than a bridge of several processes can handle. Monext calls from few addresses,
and what it sends again after an outage comes at once."""

REFUSALS = RateLimit("refusals", 120, RateLimitKey.ADDRESS, counts=Counted.REFUSED)
"""What is refused costs no remote anything, or is counted by LOOK_UPS as well. After so many, whoever is refused is
told to slow down. An office whose token has expired gets one 401, a hundred of its workers get a hundred at once."""

LOOK_UPS = RateLimit("look_ups", 1200, RateLimitKey.ADDRESS, counts=Counted.LOOKED_UP)
"""Twenty a second: a remote is asked about each made-up token, session and cart id once, and this is how many may be
asked about for one address. It is ten times REFUSALS, so that a genuine new one is still asked about beside hundreds
that are made up. Beyond it nothing new is asked about; what a remote knew in the last minute always passes."""

REPORTS = RateLimit("reports", 60, RateLimitKey.ADDRESS, counts=Counted.EVERY)
"""A page that a browser blocks a part of sends one or two. Anybody can send them, and they only add to counts."""

UNLIMITED: tuple[RateLimit, ...] = ()
"""Never limited. An endpoint that declares it says why."""
