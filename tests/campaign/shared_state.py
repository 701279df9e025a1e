"""Where the actors of one campaign meet: the carts, what was told to whom, and what each of them did."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import requests

from sandbox.runner import Sandbox
from tests.campaign.bridges import Fleet, Line
from tests.campaign.plan import Plan, Visit
from tests.world import Json, World


@dataclass(slots=True)
class Dealing:
    """The cart of one buyer, and all that is done with it. `diary` is what its actors did and got."""

    visit: Visit
    cart: str = ""
    paid: bool = False
    over: Event = field(default_factory=Event)
    """The buyer has paid, or will not: the others need not wait any longer."""
    gone: bool = False
    diary: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ToldBuyer:
    """What the address of the shop's landing page said: a promise."""

    payment: str
    status: str
    order: str | None


@dataclass(frozen=True, slots=True)
class ToldOffice:
    """The last answer to an act under a key. `end` is the outcome, or the status where there was none."""

    payment: str
    key: str
    kind: str
    end: str
    transaction: str | None


@dataclass(slots=True)
class Stage:
    sandbox: Sandbox
    fleet: Fleet
    plan: Plan
    dealings: tuple[Dealing, ...]
    began: float = field(default_factory=time.monotonic)
    buyers: list[ToldBuyer] = field(default_factory=list)
    office: list[ToldOffice] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What an actor saw that must not be, in words."""

    def now(self) -> float:
        return time.monotonic() - self.began

    def wait_until(self, at: float) -> None:
        time.sleep(max(at - self.now(), 0))

    def world(self) -> World:
        """The sandbox, for one actor."""
        return World(self.sandbox)

    def line(self, actor: str) -> Line:
        return self.fleet.line(f"{actor}.{self.plan.seed}")

    def note(self, dealing: Dealing, text: str) -> None:
        dealing.diary.append(f"{self.now():6.2f}  {text}")


def order(url: str, path: str, body: Mapping[str, Any]) -> Json | None:
    """A control of the sandbox; None where it says no."""
    with requests.Session() as http:
        http.trust_env = False
        answer = http.post(f"{url}/_control/{path}", json=body, timeout=30)
        if answer.status_code >= 500:
            raise AssertionError(f"the sandbox failed at {path}: {answer.text[:300]}")
        if not answer.ok:
            return None
        return dict(answer.json()) if answer.text.strip().startswith("{") else {}


def look_up(url: str, path: str) -> Json:
    """What a control of the sandbox tells."""
    with requests.Session() as http:
        http.trust_env = False
        return dict(http.get(f"{url}/_control/{path}", timeout=60).json())
