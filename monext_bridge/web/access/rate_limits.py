"""How often anything may be asked for: one table, walked by a test against the application's routes.

The figures protect the remotes and this process from one client's loop or flood. They are no quotas: whoever pays,
waits or works as people and shops do never meets one, also where many share an address. Who spends a budget is told
apart by what stands for one buyer wherever there is such a thing; an address is the last resort.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

MINUTE = 60
"""Seconds; so long a limited client waits at most."""


class RateLimitKey(Enum):
    """By what those who spend a budget are told apart."""

    ADDRESS = "client address, as TRUSTED_PROXIES lets it be seen; of IPv6 the network of one customer"
    CART = "id of the cart in the path"
    REFERENCE = "reference of the payment in the path"
    SESSION = "commercetools session in X-Session-Id"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests in so many seconds, for each spender, of all endpoints that share it.

    `refusals_only`: only what is answered with 401 or 403 is spent, and who is known to be let in spends nothing.
    As that is seen at the end of a request, those that are under way together may exceed it.
    """

    name: str
    amount: int
    key: RateLimitKey
    seconds: int = MINUTE
    refusals_only: bool = False


START = RateLimit("start", 30, RateLimitKey.CART)
"""Opening the page again costs one read. A double click, a reload and a second tab are a handful; a page that reloads
itself in a loop, or a key that is kept pressed, stops here, and spends nothing of what its neighbours share."""

STARTS = RateLimit("starts", 300, RateLimitKey.ADDRESS)
"""Five a second. A new start is up to seven calls at the remotes. A carrier hides thousands of buyers behind one
address: of a shop that sells at twenty carts a second, a quarter may come through one."""

SESSION = RateLimit("session", 60, RateLimitKey.SESSION)
"""Of one buyer, by a shop's server or page: `/payment` and `/operations/config` for thirty views of the page."""

SHOP = RateLimit("shop", 3000, RateLimitKey.ADDRESS)
"""Fifty a second: one address stands for all buyers of a shop. Stops a server in a loop, or made-up sessions, each of
which is looked up at commercetools."""

POLLS = RateLimit("polls", 120, RateLimitKey.REFERENCE)
"""The result page looks seven times in its first minute, without a script six times: room for a dozen tabs, and
for the return before. By payment alone, since a buyer who waits must not meet the neighbours' looks."""

NOTIFICATION = RateLimit("notification", 60, RateLimitKey.REFERENCE)
"""Monext sends one a minute for a payment. Whoever else knows the reference makes us ask both remotes, as often as
once a second."""

NOTIFICATIONS = RateLimit("notifications", 6000, RateLimitKey.ADDRESS)
"""A hundred a second, which is more than a bridge of several processes can settle: Monext calls from few addresses,
and what it sends again after an outage comes at once."""

REFUSALS = RateLimit("refusals", 120, RateLimitKey.ADDRESS, refusals_only=True)
"""Each made-up token is asked about at commercetools. An office whose token has ended gets one 401, a hundred workers
of it a hundred at once."""

RateLimitTable = Mapping[str, tuple[RateLimit, ...]]
"""By endpoint. What is limited by the first budget of an endpoint spends nothing of the next."""

UNLIMITED: tuple[RateLimit, ...] = ()
"""Never limited."""

RATE_LIMITS: RateLimitTable = {
    # The host restarts what does not answer its health check; a page without its style helps nobody.
    "static": UNLIMITED,
    "branding.theme": UNLIMITED,
    "health.health": UNLIMITED,
    # Asks the remotes at most once in five seconds, whoever calls.
    "health.ready": UNLIMITED,
    # Computed once, and may be kept by who has it.
    "openapi.description": UNLIMITED,
    "openapi.docs": UNLIMITED,
    "checkout.start": (START, STARTS),
    "buyer.returned": (POLLS,),
    "buyer.cancel": (POLLS,),
    "buyer.result": (POLLS,),
    "notifications.notify": (NOTIFICATION, NOTIFICATIONS),
    "payment.create": (SESSION, SHOP),
    "operations.config": (SESSION, SHOP),
    "operations.modify": (REFUSALS,),
    "operations.show": (REFUSALS,),
    "operations.checkout_link": (REFUSALS,),
    # Nobody is asked about the Merchant Center's tokens: the keys are fetched at most once in ten seconds. They come
    # from addresses that it shares with everybody who has an account there.
    "operations.status": UNLIMITED,
    "operations.payment_components": UNLIMITED,
    # Nothing is asked before the secret is proved, and clouds push what has piled up all at once.
    "events.receive": UNLIMITED,
    "events.handshake": UNLIMITED,
}
