"""kill -9 between each two steps of each act: ledger and record agree in the end, to the cent.

The remotes kill the bridge's worker when its n-th call arrives, before or after carrying the call out. Then
another bridge gets the same request with the same key, six minutes later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.rules import Cancel, Capture, Operation, Refund, Reverse
from monext_bridge.runtime import utc_now
from sandbox.runner import Sandbox
from tests.actors import BACK_OFFICE
from tests.bridges import Gunicorn, InProcess
from tests.services.paid_payments import PaidPayment, a_paid_payment
from tests.services.parts import AT_ONCE, AUTHORIZED, COMPLEMENT, a_payment_in_two
from tests.world import World, wait_for

LATER = timedelta(minutes=6)
AMOUNT = {"centAmount": 1000, "currencyCode": "EUR"}
EUROS = Money(1000, "EUR")


@dataclass(frozen=True, slots=True)
class Case:
    """An act as the API takes it and as the services do, on which payment, after what.

    `kinds` are the types of Monext's two transactions where a voucher and a card pay in parts.
    """

    action: dict[str, Any]
    act: Operation
    situation: str
    before: Callable[[PaidPayment], object] = lambda _: None
    kinds: tuple[str, str] | None = None

    def paid(self, bridge: InProcess, world: World) -> PaidPayment:
        if self.kinds is None:
            return a_paid_payment(bridge, world, situation=self.situation)
        return a_payment_in_two(bridge, world, situation=self.situation, kinds=self.kinds)


OVER_BOTH = {"centAmount": 1500, "currencyCode": "EUR"}
"""More than the voucher has, so that it takes both parts."""

CASES = {
    "capture": Case({"action": "capturePayment", "amount": AMOUNT}, Capture(EUROS), "german-store"),
    "final capture": Case(
        {"action": "capturePayment", "amount": AMOUNT, "final": True},
        Capture(EUROS, final=True),
        "german-store",
    ),
    "cancel": Case({"action": "cancelPayment"}, Cancel(), "german-store"),
    "refund": Case({"action": "refundPayment", "amount": AMOUNT}, Refund(EUROS), "guest"),
    "reverse": Case({"action": "reversePayment"}, Reverse(), "german-store", lambda paid: paid.capture(2000)),
    "capture of two parts": Case(
        {"action": "capturePayment", "amount": OVER_BOTH},
        Capture(Money(1500, "EUR")),
        "german-store",
        kinds=(AUTHORIZED, AUTHORIZED),
    ),
    "refund of two parts": Case(
        {"action": "refundPayment", "amount": OVER_BOTH},
        Refund(Money(1500, "EUR")),
        "guest",
        kinds=(AT_ONCE, COMPLEMENT),
    ),
    "reverse of two parts": Case(
        {"action": "reversePayment"}, Reverse(), "german-store", kinds=(AT_ONCE, AUTHORIZED)
    ),
}
ACT, RECORD, ORDER = "/(captures|cancels|refunds)$", "/payments/[^/]+$", "/orders/"
STEPS: list[tuple[str, str, str, int]] = [
    ("commercetools", "GET", RECORD, 0),
    ("commercetools", "POST", RECORD, 0),
    ("monext", "GET", "/transactions/", 0),
    ("commercetools", "GET", "/orders$", 0),
    ("monext", "POST", ACT, 0),
    ("commercetools", "POST", RECORD, 1),
    ("commercetools", "POST", ORDER, 0),
]
SECOND_ACT: list[tuple[str, str, str, int]] = [
    ("monext", "POST", ACT, 1),
    ("commercetools", "POST", RECORD, 2),
]
SECOND_LEDGER = ("monext", "GET", "/transactions/", 1)


def steps_of(name: str) -> list[tuple[str, str, str, int]]:
    """A reverse acts twice, and so does what takes two parts, whose ledgers are two as well.

    A refund leaves the order's payment state as it is, so it writes no order. Neither does a reverse of what was
    captured in part: the order reads BalanceDue before and after.
    """
    steps = STEPS + SECOND_ACT if name == "reverse" or "two parts" in name else STEPS
    steps = [*steps, SECOND_LEDGER] if "two parts" in name else steps
    return [step for step in steps if step[2] != ORDER] if name.startswith(("refund", "reverse")) else steps


RUNS = [
    (name, step, when) for name in CASES for step in steps_of(name) for when in ("kill_before", "kill_after")
]


@pytest.fixture(scope="module")
def victim(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    running = Gunicorn(sandbox, log=tmp_path_factory.mktemp("victim") / "log.jsonl")
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def later(sandbox: Sandbox) -> InProcess:
    """The other bridge, to which no remote does anything."""
    return InProcess(sandbox, clock=lambda: utc_now() + LATER)


def worker_of(bridge: Gunicorn) -> int:
    """The process that serves; its master starts another one when it dies."""
    children = Path(f"/proc/{bridge.pid}/task/{bridge.pid}/children")

    def alive() -> list[int]:
        pids = [int(pid) for pid in children.read_text().split()]
        return [pid for pid in pids if Path(f"/proc/{pid}/cmdline").read_bytes()]

    wait_for(lambda: len(alive()) == 1)
    return alive()[0]


def named(run: tuple[str, tuple[str, str, str, int], str]) -> str:
    name, (remote, method, path, skip), when = run
    return f"{name}, {when} {method} {remote} {path.strip('$')} {skip + 1}"


@pytest.mark.parametrize("run", RUNS, ids=named)
def test_a_killed_act_ends_as_monexts_ledger_says(
    run: tuple[str, tuple[str, str, str, int], str],
    victim: Gunicorn,
    in_process: InProcess,
    later: InProcess,
    world: World,
) -> None:
    name, (remote, method, path, skip), when = run
    case = CASES[name]
    paid = case.paid(in_process, world)
    case.before(paid)
    kill = {"action": when, "pid": worker_of(victim), "method": method, "path": path, "skip": skip}
    world.fault(remote, **kill)
    with pytest.raises(requests.ConnectionError):
        call(victim, paid.id, case.action, token=world.back_office_token())
    world.reset()
    outcome = later.services.operations.perform(paid.id, case.act, key="crash-1", by=BACK_OFFICE).outcome
    assert outcome.value in ("approved", "rejected")
    assert disagreements(world, paid) == []


def call(bridge: Gunicorn, payment: PaymentId, action: dict[str, Any], *, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "crash-1"}
    path = f"/operations/payment-intents/{payment}"
    answer = bridge.call("POST", path, json={"actions": [action]}, headers=headers)
    raise AssertionError(f"the bridge was not killed: {answer.status} {answer.text}")


ROW_OF = {"Charge": "CAPTURE", "CancelAuthorization": "CANCEL", "Refund": "REFUND"}


def disagreements(world: World, paid: PaidPayment) -> list[str]:
    """Where record and ledger disagree; empty where they agree to the cent and nothing is left open."""
    faults = [
        f"{kind} of {amount} left {state}" for kind, state, amount in paid.operations() if state == "Initial"
    ]
    for kind, row in ROW_OF.items():
        recorded = sum(amount for k, state, amount in paid.operations() if k == kind and state == "Success")
        held = sum(
            amount
            for k, amount, status in paid.ledger()
            if {"RESET": "CANCEL"}.get(k, k) == row and status == "OK"
        )
        if recorded != held:
            faults.append(f"{kind}: commercetools {recorded}, Monext {held}")
    return faults
