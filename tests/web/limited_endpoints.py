"""A request for each limited endpoint, and bridges with a tight budget, for the tests of the limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from monext_bridge.web.access.rate_limits import MINUTE, RATE_LIMITS, RateLimitTable
from tests.bridges import AMPLE, Answer, InProcess
from tests.web.back_office import NOBODY_S

HERE, THERE = "203.0.113.7", "198.51.100.9"
Build = Callable[..., InProcess]


@dataclass(frozen=True, slots=True)
class Request:
    """A request to an endpoint, and how it differs where somebody else sends it from the same address."""

    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    other_path: str = ""
    other_headers: tuple[tuple[str, str], ...] = ()

    def send(self, bridge: InProcess, *, address: str = HERE) -> Answer:
        headers = {**dict(self.headers), "X-Forwarded-For": address}
        return bridge.call(self.method, self.path, headers=headers)

    @property
    def of_another(self) -> Request:
        return replace(self, path=self.other_path or self.path, headers=self.other_headers or self.headers)


REF, OTHER_REF = "e30." + "A" * 43, "e30." + "B" * 43
"""References of the right form that nobody signed."""

OTHER_CART = NOBODY_S.replace("4000", "4001")
MADE_UP = (("Authorization", "Bearer made-up"),)
SESSION, OTHER_SESSION = (("X-Session-Id", "one-session"),), (("X-Session-Id", "another-one"),)
NOTICE = "?notificationType=WEBTRS&token=abc"
INTENT = f"/operations/payment-intents/{NOBODY_S}"
REQUESTS = {
    "checkout.start": Request(f"/checkout/{NOBODY_S}", other_path=f"/checkout/{OTHER_CART}"),
    "buyer.returned": Request(f"/return/{REF}", other_path=f"/return/{OTHER_REF}"),
    "buyer.cancel": Request(f"/cancel/{REF}", other_path=f"/cancel/{OTHER_REF}"),
    "buyer.result": Request(f"/result/{REF}", other_path=f"/result/{OTHER_REF}"),
    "notifications.notify": Request(
        f"/notification/{REF}{NOTICE}", other_path=f"/notification/{OTHER_REF}{NOTICE}"
    ),
    "payment.create": Request("/payment", "POST", SESSION, other_headers=OTHER_SESSION),
    "operations.config": Request("/operations/config", headers=SESSION, other_headers=OTHER_SESSION),
    "operations.modify": Request(INTENT, "POST", MADE_UP),
    "operations.show": Request(INTENT, headers=MADE_UP),
    "operations.checkout_link": Request("/operations/checkout-links", "POST", MADE_UP),
}
"""Each is refused by the bridge or by a remote: what is limited is not what is good."""


def with_only(name: str, *, amount: int = 1, seconds: int = MINUTE) -> RateLimitTable:
    """All budgets are ample but for this one."""
    return {
        endpoint: tuple(replace(b, amount=amount, seconds=seconds) if b.name == name else b for b in budgets)
        for endpoint, budgets in AMPLE.items()
    }


def least() -> RateLimitTable:
    """One request a minute of everything that is limited."""
    return {
        endpoint: tuple(replace(b, amount=1) for b in budgets) for endpoint, budgets in RATE_LIMITS.items()
    }
