"""Tells what browsers play of 3-D Secure in the widget: card, what is pressed at the bank, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from sandbox.bank import CARDS, Scenario
from sandbox.runner import Sandbox

QUICK_METHOD_MS = 300
"""How long the widget waits for a method that never ends, where a test should not take the ten seconds."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A payment in the widget. `press` is the id of a button on the bank's page; empty where the bank shows none."""

    card: Scenario
    press: str
    status: str

    @property
    def number(self) -> str:
        return CARDS[self.card]


STORIES: dict[str, tuple[Attempt, ...]] = {
    "frictionless": (Attempt(Scenario.FRICTIONLESS, "", "paid"),),
    "challenge passed": (Attempt(Scenario.CHALLENGE, "authenticate", "paid"),),
    "challenge refused, then passed": (
        Attempt(Scenario.CHALLENGE_REFUSED, "authenticate", "refused"),
        Attempt(Scenario.CHALLENGE, "authenticate", "paid"),
    ),
    "challenge abandoned": (Attempt(Scenario.CHALLENGE_ABANDONED, "", "cancelled"),),
    "method that never ends": (Attempt(Scenario.SILENT_METHOD, "authenticate", "paid"),),
}
"""One payment page after the other, of the same cart."""


@contextmanager
def patience(sandbox: Sandbox, story: str) -> Iterator[None]:
    """Shorten the widget's wait for the method, where that waits for nothing."""
    silent = any(attempt.card is Scenario.SILENT_METHOD for attempt in STORIES[story])
    _behave(sandbox, QUICK_METHOD_MS if silent else 10_000)
    yield
    _behave(sandbox, 10_000)


def _behave(sandbox: Sandbox, milliseconds: int) -> None:
    with requests.Session() as session:
        session.trust_env = False
        body = {"methodMilliseconds": milliseconds}
        session.post(f"{sandbox.monext_url}/_control/settings", json=body, timeout=60).raise_for_status()
