"""Gives a request to each rate-limited endpoint, and tight rate limits, for the tests of the limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from monext_bridge.web.endpoints import REFUSALS, RateLimit, method_of
from monext_bridge.web.endpoints.rate_limits import MINUTE
from tests.bridges import Answer, InProcess, ample_limits
from tests.web.back_office import UNKNOWN_ID
from tests.web.declared_endpoints import ENDPOINTS, ROUTES

ADDRESS, OTHER_ADDRESS = "203.0.113.7", "198.51.100.9"
Build = Callable[..., InProcess]


@dataclass(frozen=True, slots=True)
class Request:
    """A request to an endpoint, and what differs where somebody else sends it from the same address."""

    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    other_path: str = ""
    other_headers: tuple[tuple[str, str], ...] = ()

    def send(self, bridge: InProcess, *, address: str = ADDRESS) -> Answer:
        headers = {**dict(self.headers), "X-Forwarded-For": address}
        return bridge.call(self.method, self.path, headers=headers)

    @property
    def from_somebody_else(self) -> Request:
        return replace(self, path=self.other_path or self.path, headers=self.other_headers or self.headers)


REF, OTHER_REF = "e30." + "A" * 43, "e30." + "B" * 43
"""References that have the right form, and that nobody signed."""

OTHER_CART = UNKNOWN_ID.replace("4000", "4001")
MADE_UP = (("Authorization", "Bearer made-up"),)
SESSION, OTHER_SESSION = (("X-Session-Id", "one-session"),), (("X-Session-Id", "another-one"),)
NOTIFICATION = "?notificationType=WEBTRS&token=abc"
PAYMENT_INTENT = f"/operations/payment-intents/{UNKNOWN_ID}"
REQUESTS = {
    "checkout.start": Request(f"/checkout/{UNKNOWN_ID}", other_path=f"/checkout/{OTHER_CART}"),
    "checkout.start_by_form": Request(
        f"/checkout/{UNKNOWN_ID}", "POST", other_path=f"/checkout/{OTHER_CART}"
    ),
    "buyer.returned": Request(f"/return/{REF}", other_path=f"/return/{OTHER_REF}"),
    "buyer.cancel": Request(f"/cancel/{REF}", other_path=f"/cancel/{OTHER_REF}"),
    "buyer.result": Request(f"/result/{REF}", other_path=f"/result/{OTHER_REF}"),
    "notifications.notify": Request(
        f"/notification/{REF}{NOTIFICATION}", other_path=f"/notification/{OTHER_REF}{NOTIFICATION}"
    ),
    "payment.create": Request("/payment", "POST", SESSION, other_headers=OTHER_SESSION),
    "operations.config": Request("/operations/config", headers=SESSION, other_headers=OTHER_SESSION),
    "policy_reports.receive": Request("/csp-reports", "POST"),
    **{
        rule.endpoint: Request(rule.rule.replace("<payment_id>", UNKNOWN_ID), method_of(rule), MADE_UP)
        for rule in ROUTES.url_map.iter_rules()
        if ENDPOINTS[rule.endpoint].limits == (REFUSALS,)
    },
}
"""Requests that the bridge or a remote refuses: the limits count refused requests as well."""


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
