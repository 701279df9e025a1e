"""Gives requests to each rate-limited endpoint, proved and made up, and tight rate limits, for their tests."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from monext_bridge.domain.ids import PaymentId
from monext_bridge.services.results import store_mark
from monext_bridge.web.endpoints import Counted, Principal, RateLimit, RateLimitKey, method_of
from monext_bridge.web.endpoints.rate_limits import MINUTE
from tests.bridges import METRICS_TOKEN, Answer, InProcess, ample_limits
from tests.services.payment_reference.references import REFERENCE
from tests.web.back_office import UNKNOWN_ID
from tests.web.declared_endpoints import ENDPOINTS, ROUTES
from tests.world import World

ADDRESS, OTHER_ADDRESS = "203.0.113.7", "198.51.100.9"
Build = Callable[..., InProcess]

PAYMENT_INTENT = f"/operations/payment-intents/{UNKNOWN_ID}"
METHODS = {rule.endpoint: method_of(rule) for rule in ROUTES.url_map.iter_rules()}
PATHS = {rule.endpoint: rule.rule.replace("<payment_id>", UNKNOWN_ID) for rule in ROUTES.url_map.iter_rules()}
BEARERS = (Principal.BACK_OFFICE, Principal.MERCHANT_CENTER)


@dataclass(frozen=True, slots=True)
class Request:
    """A request to an endpoint."""

    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()

    def send(self, bridge: InProcess, *, address: str = ADDRESS) -> Answer:
        headers = {**dict(self.headers), "X-Forwarded-For": address}
        return bridge.call(self.method, self.path, headers=headers)


def limited_by(counted: Counted) -> list[tuple[str, RateLimit]]:
    """List each endpoint with each of its limits of this kind."""
    return [
        (name, limit)
        for name, endpoint in ENDPOINTS.items()
        for limit in endpoint.limits
        if limit.counts is counted
    ]


def proved(endpoint: str, bridge: InProcess, world: World, *, spends: RateLimitKey | None = None) -> Request:
    """Make a request that proves a cart, a payment or a session that no other request has proved.

    Where it `spends` what a proof of a cart does, a session proves it and not the cart's id alone.
    """
    caller = ENDPOINTS[endpoint].caller
    if caller is Principal.REFERENCE:
        return _with_reference(endpoint, genuine_reference(bridge))
    if caller is Principal.LINK:
        cart = world.cart()
        query = f"?session={world.session(cart)}" if spends is RateLimitKey.CART else ""
        return Request(f"/checkout/{cart}{query}")
    if caller is Principal.SESSION:
        return _with_session(endpoint, world.session(world.cart()))
    if caller is Principal.MERCHANT_CENTER:
        return _with_bearer(endpoint, world.merchant_center_token())
    if caller is Principal.OPERATOR:
        return _with_bearer(endpoint, METRICS_TOKEN)
    return _with_bearer(endpoint, world.back_office_token())


def made_up(endpoint: str, number: int = 0) -> Request:
    """Make a request that has the right form and proves nothing; each number makes another one.

    At `/checkout` it names an own cart each time, by a session that nobody has opened.
    """
    caller = ENDPOINTS[endpoint].caller
    if caller is Principal.REFERENCE:
        return _with_reference(endpoint, f"e30.{number:043d}")
    if caller is Principal.LINK:
        return Request(f"/checkout/{uuid.uuid4()}?session=made-up-{number}")
    if caller is Principal.SESSION:
        return _with_session(endpoint, f"made-up-{number}")
    return _with_bearer(endpoint, f"made-up-{number}")


def genuine_reference(bridge: InProcess) -> str:
    """Sign a reference of a payment that nobody has made."""
    named = replace(REFERENCE, payment_id=PaymentId(str(uuid.uuid4())), store_mark=store_mark(None))
    return bridge.services.references.sign(named)


def _with_reference(endpoint: str, ref: str) -> Request:
    query = "?notificationType=WEBTRS&token=abc" if endpoint == "notifications.notify" else ""
    return Request(PATHS[endpoint].replace("<ref>", ref) + query)


def _with_session(endpoint: str, session_id: str) -> Request:
    return Request(PATHS[endpoint], METHODS[endpoint], (("X-Session-Id", session_id),))


def _with_bearer(endpoint: str, token: str) -> Request:
    return Request(PATHS[endpoint], METHODS[endpoint], (("Authorization", f"Bearer {token}"),))


def with_one_tight_limit(
    name: str, *, amount: int = 1, seconds: int = MINUTE
) -> Callable[[RateLimit], RateLimit]:
    """Give limits that are all ample but the one of this name."""

    def adjust(limit: RateLimit) -> RateLimit:
        tight = limit.name == name
        return replace(limit, amount=amount, seconds=seconds) if tight else ample_limits(limit)

    return adjust


def one_request_per_window(limit: RateLimit) -> RateLimit:
    """Allow one request for each window of everything that is limited."""
    return replace(limit, amount=1)
