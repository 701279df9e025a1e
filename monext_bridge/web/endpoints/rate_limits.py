"""Sets the figures of all rate limits. Each endpoint declares those that hold for it, also where it has none.

The figures protect the remotes and this process from one client's loop or flood. They are no quotas: whoever pays,
waits or works as people and shops do never meets one, even where many share an address. Requests are counted by what
stands for one buyer wherever there is such a thing; an address is the last resort.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

MINUTE = 60
"""Seconds; a limited client waits at most this long."""


class RateLimitKey(Enum):
    """What requests are counted by."""

    ADDRESS = "client address, as TRUSTED_PROXIES lets it be seen; of IPv6 the network of one customer"
    CART = "id of the cart in the path"
    REFERENCE = "reference of the payment in the path"
    SESSION = "commercetools session in X-Session-Id"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Allows `amount` requests in `seconds`, for each rate limit key, over all endpoints that share the limit.

    `refusals_only`: only what is answered with 401 or 403 counts, and nothing of a principal that is known to be
    let in. As a refusal is seen at the end of a request, requests that are under way together may exceed the limit.
    """

    name: str
    amount: int
    key: RateLimitKey
    seconds: int = MINUTE
    refusals_only: bool = False


START = RateLimit("start", 30, RateLimitKey.CART)
"""Opening the page again costs one read. A double click, a reload and a second tab are a handful. A page that reloads
itself in a loop, or a key that is kept pressed, stops here, and uses up nothing that its neighbours share."""

STARTS = RateLimit("starts", 300, RateLimitKey.ADDRESS)
"""Five a second. A new start makes up to seven calls to the remotes. A carrier hides thousands of buyers behind one
address: of a shop that sells twenty carts a second, a quarter may come through one address."""

SESSION = RateLimit("session", 60, RateLimitKey.SESSION)
"""Calls of a shop's server or page for one buyer: enough of `/payment` and `/operations/config` for thirty views."""

SHOP = RateLimit("shop", 3000, RateLimitKey.ADDRESS)
"""Fifty a second: one address stands for all buyers of a shop. This stops a server in a loop, or made-up sessions,
each of which is looked up at commercetools."""

POLLS = RateLimit("polls", 120, RateLimitKey.REFERENCE)
"""The result page polls seven times in its first minute, without a script six times. This leaves room for a dozen
tabs, and for the return before. Polls are counted by payment alone: neighbours must not limit a buyer who waits."""

NOTIFICATION = RateLimit("notification", 60, RateLimitKey.REFERENCE)
"""Monext sends one a minute for a payment. Anybody else who knows the reference can make us ask both remotes, up to
once a second."""

NOTIFICATIONS = RateLimit("notifications", 6000, RateLimitKey.ADDRESS)
"""A hundred a second, which is more than a bridge of several processes can handle. Monext calls from few addresses,
and what it sends again after an outage comes at once."""

REFUSALS = RateLimit("refusals", 120, RateLimitKey.ADDRESS, refusals_only=True)
"""We ask commercetools about each made-up token. An office whose token has expired gets one 401, and a hundred of its
workers get a hundred at once."""

REPORTS = RateLimit("reports", 60, RateLimitKey.ADDRESS)
"""A page that a browser blocks a part of sends one or two. Anybody can send them, and they only add to counts."""

UNLIMITED: tuple[RateLimit, ...] = ()
"""Never limited. An endpoint that declares it says why."""
