"""Holds what the actors of one campaign share: the carts, what each was told, and what each did."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import requests

from sandbox.runner import Sandbox
from tests.campaign.bridges import ActorClient, BridgePair
from tests.campaign.plan import Plan, Visit
from tests.world import Json, World


@dataclass(slots=True)
class BuyerCart:
    """The cart of one buyer, and what happened to it. `diary` is what its actors did, and what they got."""

    visit: Visit
    cart: str = ""
    paid: bool = False
    over: Event = field(default_factory=Event)
    """Set when the buyer has paid, or will not pay: the other actors need not wait any longer."""
    gone: bool = False
    done: list[str] = field(default_factory=list)
    """The steps that took effect, as far as they tell: payments with their outcome, and what was done at the shop."""

    diary: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BuyerPromise:
    """What the address of the shop's landing page told the buyer: a promise that has to be true."""

    payment: str
    status: str
    order: str | None


@dataclass(frozen=True, slots=True)
class OfficeAnswer:
    """The last answer to an operation under a key. `outcome` is the HTTP status where the answer told no outcome."""

    payment: str
    key: str
    kind: str
    outcome: str
    transaction: str | None


@dataclass(slots=True)
class OrderTerms:
    """What an order cost at first and costs now, in minor units, as whoever changes it knows.

    `since_shipped` is the most that it has cost since it was shipped; None before.
    """

    first: int
    now: int
    since_shipped: int | None = None

    def change(self, cost: int) -> None:
        """The order costs that from now on. Not less may have been captured since it was shipped."""
        self.now = cost
        if self.since_shipped is not None:
            self.since_shipped = max(self.since_shipped, cost)

    def ship(self) -> None:
        """The order is about to be shipped at what it costs now."""
        self.since_shipped = self.now


@dataclass(slots=True)
class SharedState:
    """What the actors share: the sandbox, the bridges, the plan, the carts, and what was told and seen."""

    sandbox: Sandbox
    pair: BridgePair
    plan: Plan
    buyer_carts: tuple[BuyerCart, ...]
    began: float = field(default_factory=time.monotonic)
    buyers: list[BuyerPromise] = field(default_factory=list)
    office: list[OfficeAnswer] = field(default_factory=list)
    order_terms: dict[str, OrderTerms] = field(default_factory=dict)
    """By order, of the orders that somebody has edited, called off or shipped."""

    faults: list[str] = field(default_factory=list)
    """What an actor saw that must not happen, in words."""

    def now(self) -> float:
        return time.monotonic() - self.began

    def wait_until(self, at: float) -> None:
        time.sleep(max(at - self.now(), 0))

    def world(self) -> World:
        """Give one actor its own access to the sandbox."""
        return World(self.sandbox)

    def client(self, actor: str) -> ActorClient:
        return self.pair.client(f"{actor}.{self.plan.seed}")

    def note(self, buyer_cart: BuyerCart, text: str) -> None:
        buyer_cart.diary.append(f"{self.now():6.2f}  {text}")


def post_control(url: str, path: str, body: Mapping[str, Any]) -> Json | None:
    """Call a control of the sandbox. None where the sandbox says no; raises AssertionError where it fails."""
    with requests.Session() as http:
        http.trust_env = False
        answer = http.post(f"{url}/_control/{path}", json=body, timeout=60)
        if answer.status_code >= 500:
            raise AssertionError(f"the sandbox failed at {path}: {answer.text[:300]}")
        if not answer.ok:
            return None
        return dict(answer.json()) if answer.text.strip().startswith("{") else {}


def get_control(url: str, path: str) -> Json:
    """Read what a control of the sandbox tells."""
    with requests.Session() as http:
        http.trust_env = False
        return dict(http.get(f"{url}/_control/{path}", timeout=60).json())
