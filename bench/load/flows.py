"""Sends the requests of a flow: start, reload, return, notification, refund."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

NUMBER_DIGITS = 6
"""As in `bench.remotes.recording`: the digits of a flow's number at the end of its ids."""

_TOKEN = re.compile(r'data-token="([^"]+)"')
_REFERENCE = re.compile(r'href="[^"]*/cancel/([^"?]+)')


class Unexpected(Exception):
    """The bridge answered something else than what was wanted. The text is the kind of error that is counted."""


class ComeAgain(Unexpected):
    """The bridge has too much to do, and says after how many seconds to come again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("told to come again")
        self.seconds = seconds


@dataclass(slots=True)
class Flow:
    """One cart on its way, and what its page said."""

    number: int
    track: str
    cart: str
    payment: str
    token: str = ""
    reference: str = ""

    @property
    def address(self) -> str:
        """The buyer's own network address."""
        return f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}"


@dataclass(slots=True)
class Stock:
    """The flows that wait for their next scenario, by its name. The first numbers are those of the proof."""

    tracks: Sequence[str]
    prefixes: Sequence[Mapping[str, str]]
    next_number: int = 1000
    waiting: dict[str, deque[Flow]] = field(default_factory=dict)

    def new(self) -> Flow:
        """Gives a flow with a cart that nobody has seen."""
        number, self.next_number = self.next_number, self.next_number + 1
        place, digits = number % len(self.tracks), f"{number:0{NUMBER_DIGITS}d}"
        prefix = self.prefixes[place]
        return Flow(number, self.tracks[place], prefix["cart"] + digits, prefix.get("payment", "") + digits)

    def put(self, scenario: str, flow: Flow) -> None:
        self.waiting.setdefault(scenario, deque()).append(flow)

    def take(self, scenario: str) -> Flow | None:
        """Gives a flow that is ready for the scenario, and that nobody else has; None where none is left."""
        ready = self.waiting.get(scenario)
        return ready.popleft() if ready else None


@dataclass(frozen=True, slots=True)
class Bridge:
    """The bridge under load, and what a back office presents to it."""

    url: str
    client: aiohttp.ClientSession
    operator_token: str

    async def ask(
        self, method: str, path: str, *, flow: Flow, **options: Any
    ) -> tuple[aiohttp.ClientResponse, str]:
        """Sends one request and reads its answer whole; redirects are not followed."""
        headers = {"X-Forwarded-For": flow.address, **options.pop("headers", {})}
        async with self.client.request(
            method, self.url + path, headers=headers, allow_redirects=False, **options
        ) as answer:
            return answer, await answer.text()


async def start(bridge: Bridge, flow: Flow) -> None:
    """Opens the payment page of the flow's cart; a second time it is a reload."""
    answer, page = await bridge.ask("GET", f"/checkout/{flow.cart}", flow=flow)
    _want(answer, 200)
    token, reference = _TOKEN.search(page), _REFERENCE.search(page)
    if not token or not reference:
        raise Unexpected("page without token")
    flow.token, flow.reference = token[1], reference[1]


async def come_back(bridge: Bridge, flow: Flow) -> None:
    """Returns from Monext, having paid."""
    answer, _ = await bridge.ask("GET", f"/return/{flow.reference}?paylinetoken={flow.token}", flow=flow)
    _want(answer, 303)
    location = answer.headers["Location"]
    if "status=paid" not in location or "orderId=" not in location:
        raise Unexpected("not paid with an order")


async def notify(bridge: Bridge, flow: Flow) -> None:
    """Tells the bridge that the session was paid, as Monext does."""
    query = f"notificationType=WEBTRS&token={flow.token}"
    answer, _ = await bridge.ask("GET", f"/notification/{flow.reference}?{query}", flow=flow)
    _want(answer, 200)


async def refund(bridge: Bridge, flow: Flow) -> None:
    """Gives one euro back, as a back office does."""
    action = {"action": "refundPayment", "amount": {"centAmount": 100, "currencyCode": "EUR"}}
    answer, text = await bridge.ask(
        "POST",
        f"/operations/payment-intents/{flow.payment}",
        flow=flow,
        json={"actions": [action]},
        headers={"Authorization": f"Bearer {bridge.operator_token}"},
    )
    _want(answer, 200)
    if '"approved"' not in text:
        raise Unexpected("refund not approved")


def _want(answer: aiohttp.ClientResponse, status: int) -> None:
    if answer.status == 503 and "Retry-After" in answer.headers:
        raise ComeAgain(int(answer.headers["Retry-After"]))
    if answer.status != status:
        raise Unexpected(f"HTTP {answer.status}")


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is sent, and what a flow of each track is ready for afterwards: the same where it may be repeated."""

    send: Callable[[Bridge, Flow], Awaitable[None]]
    then: Mapping[str, str]


SCENARIOS = {
    "start": Scenario(start, {"reload": "reload", "return": "return", "notification": "notification"}),
    "reload": Scenario(start, {"reload": "reload"}),
    "return": Scenario(come_back, {"return": "refund"}),
    "notification": Scenario(notify, {"notification": "again"}),
    "again": Scenario(notify, {"notification": "again"}),
    "refund": Scenario(refund, {}),
}
PAID_FIRST = ("return", "notification")
"""The scenarios before which the buyers pay."""
