"""Machines whose clocks differ write and read the same records, and agree on how old they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monext_bridge.domain.ids import CartId
from monext_bridge.domain.operations.rules import Refund
from monext_bridge.errors import OperationUnknown
from monext_bridge.gateways.commercetools import CommercetoolsClock
from monext_bridge.runtime import MachineClock, utc_now
from monext_bridge.services import Services, build_services
from monext_bridge.services.reconciliation.report import Finding, Scope
from sandbox.runner import Sandbox
from tests.actors import BACK_OFFICE
from tests.bridges import ROOT, Answer, AnyBridge, Buyer, Gunicorn, InProcess, environment
from tests.crashing import CrashSwitch, crashing_gateways
from tests.services.paid_payments import PaidPayment, a_paid_payment
from tests.signed_links import signed
from tests.web.back_office import BackOfficeClient, amount
from tests.world import World, wait_for

KEY = "one-key-for-all-machines-of-the-test"
NOW, HOUR = timedelta(0), timedelta(hours=1)
IN_DOUBT = timedelta(minutes=6)
"""After so long, an operation that Monext does not list never happened."""

PAIRS = [(-HOUR, NOW), (HOUR, NOW), (NOW, -HOUR), (NOW, HOUR), (-HOUR, HOUR), (HOUR, -HOUR)]
"""By how much the clocks of two machines are ahead: of the one that writes, and of the one that reads."""

of_two_machines = pytest.mark.parametrize(
    ("writer", "reader"), PAIRS, ids=[f"{w // HOUR:+}h-{r // HOUR:+}h" for w, r in PAIRS]
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of these tests alone: time passes in it."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def charged(sandbox: Sandbox, world: World) -> PaidPayment:
    return a_paid_payment(machine(sandbox, NOW), world, situation="guest")


def machine(sandbox: Sandbox, ahead: timedelta) -> InProcess:
    """A bridge on a machine whose clock is ahead by so much."""
    return InProcess(sandbox, machine_clock=lambda: utc_now() + ahead, SECRET_KEY=KEY)


def refund_all(bridge: AnyBridge, paid: PaidPayment, *, key: str) -> Answer:
    office = BackOfficeClient(bridge, paid.world.back_office_token())
    return office.send_actions(paid.id, amount(paid.total) | {"action": "refundPayment"}, key=key)


def reconcile(services: Services, paid: PaidPayment, **scope: Any) -> list[Finding]:
    """Run a pass; its findings about this payment."""
    found: list[Finding] = []
    services.reconcile.run(Scope(**({"older_than": NOW} | scope)), tell=found.append)
    return [finding for finding in found if finding.payment_id == paid.id]


@contextmanager
def slow_refund(bridge: AnyBridge, paid: PaidPayment) -> Iterator[None]:
    """A refund of all has been sent and is carried out at the end of the `with` block."""
    paid.world.fault("monext", action="delay", method="POST", path="/refunds$", seconds=60)
    with ThreadPoolExecutor(1) as office:
        first = office.submit(refund_all, bridge, paid, key="first")
        try:
            wait_for(lambda: any(call["path"].endswith("/refunds") for call in paid.world.calls("monext")))
            yield
        finally:
            paid.world.reset()
        first.result()
    wait_for(lambda: bool(paid.ledger()))


@of_two_machines
def test_a_slow_refund_goes_out_once_however_wrong_the_clocks_are(
    writer: timedelta, reader: timedelta, sandbox: Sandbox, charged: PaidPayment
) -> None:
    reading = machine(sandbox, reader)
    with slow_refund(machine(sandbox, writer), charged):
        reconcile(reading.services, charged)
        assert refund_all(reading, charged, key="second").status == 409
    reconcile(reading.services, charged)
    assert refund_all(reading, charged, key="third").status == 409
    assert charged.ledger() == [("REFUND", charged.total, "OK")]
    assert charged.operations() == [("Refund", "Success", charged.total)]


@of_two_machines
def test_a_refund_that_never_happened_is_closed_in_commercetools_time(
    writer: timedelta, reader: timedelta, sandbox: Sandbox, charged: PaidPayment
) -> None:
    charged.world.fault("monext", action="drop_before", method="POST", path="/refunds$")
    assert refund_all(machine(sandbox, writer), charged, key="first").status == 503
    reading = machine(sandbox, reader)
    reconcile(reading.services, charged)
    assert charged.operations() == [("Refund", "Initial", charged.total)]
    sandbox.clock.advance(IN_DOUBT.total_seconds())
    reconcile(reading.services, charged)
    assert charged.operations() == [("Refund", "Failure", charged.total)]
    assert refund_all(reading, charged, key="second").status == 200
    assert charged.ledger() == [("REFUND", charged.total, "OK")]


@of_two_machines
def test_a_session_is_shown_again_for_as_long_as_it_lives(
    writer: timedelta, reader: timedelta, sandbox: Sandbox, world: World
) -> None:
    cart = world.cart()
    first = Buyer(machine(sandbox, writer)).start(cart)
    assert Buyer(machine(sandbox, reader)).start(cart).token == first.token
    sandbox.clock.advance(timedelta(minutes=40).total_seconds())
    assert Buyer(machine(sandbox, reader)).start(cart).token != first.token


@pytest.mark.parametrize("ahead", [3 * HOUR, -3 * HOUR], ids=str)
def test_a_first_pass_reads_the_hours_of_commercetools(
    ahead: timedelta, sandbox: Sandbox, charged: PaidPayment
) -> None:
    charged.world.fault("monext", action="drop_before", method="POST", path="/refunds$")
    refund_all(charged.bridge, charged, key="first")
    sandbox.clock.advance(IN_DOUBT.total_seconds())
    fresh = machine(sandbox, ahead)
    assert len(reconcile(fresh.services, charged, since=HOUR)) == 1


def test_a_process_that_was_suspended_before_it_announced_an_operation_does_not_send_it(
    sandbox: Sandbox, charged: PaidPayment
) -> None:
    charged.world.forget_calls()
    charged.world.fault("commercetools", action="delay", method="POST", path="/payments/", seconds=60)
    with ThreadPoolExecutor(1) as office:
        first = office.submit(refund_all, charged.bridge, charged, key="first")
        try:
            wait_for(lambda: any(announced(call) for call in charged.world.calls("commercetools")))
            sandbox.clock.advance(HOUR.total_seconds())
        finally:
            charged.world.reset()
        assert first.result().status == 503
    assert charged.ledger() == []
    reconcile(charged.bridge.services, charged)
    assert refund_all(charged.bridge, charged, key="second").status == 200
    assert charged.ledger() == [("REFUND", charged.total, "OK")]


def announced(call: dict[str, Any]) -> bool:
    return call["method"] == "POST" and "/payments/" in call["path"]


def test_before_commercetools_has_told_its_time_nothing_is_overdue(
    sandbox: Sandbox, charged: PaidPayment
) -> None:
    charged.world.fault("monext", action="drop_before", method="POST", path="/refunds$")
    assert refund_all(charged.bridge, charged, key="first").status == 503
    sandbox.clock.advance(IN_DOUBT.total_seconds())
    unaware = without_time(charged.bridge, machine_clock=lambda: sandbox.clock() + HOUR)
    reconcile(unaware, charged)
    with pytest.raises(OperationUnknown):
        unaware.operations.perform(
            charged.id, Refund(charged.eur(charged.total)), key="first", by=BACK_OFFICE
        )
    assert charged.operations() == [("Refund", "Initial", charged.total)]
    reconcile(charged.bridge.services, charged)
    assert charged.operations() == [("Refund", "Failure", charged.total)]


def without_time(bridge: InProcess, *, machine_clock: MachineClock) -> Services:
    """The services of a process to which no answer tells the time."""
    commercetools, monext = crashing_gateways(
        bridge.settings.commercetools, CrashSwitch(), machine_clock=machine_clock
    )
    return build_services(
        bridge.settings,
        commercetools=commercetools,
        monext=monext,
        machine_clock=machine_clock,
        record_clock=CommercetoolsClock(machine_clock=machine_clock),
    )


@pytest.mark.parametrize(("ahead", "status"), [(NOW, 200), (-HOUR, 200), (HOUR, 403)], ids=str)
def test_a_link_ends_by_the_clock_of_the_machine(
    ahead: timedelta, status: int, sandbox: Sandbox, world: World
) -> None:
    bridge = InProcess(
        sandbox,
        machine_clock=lambda: utc_now() + ahead,
        CHECKOUT_ACCESS="signed",
        LINK_SECRET="a-secret-of-the-shop",
    )
    expires = int(utc_now().timestamp()) + 1800
    cart = CartId(world.cart())
    link = signed(cart, expires=expires, key="a-secret-of-the-shop")
    sandbox.clock.advance(timedelta(hours=2).total_seconds())
    answer = Buyer(bridge).checkout(cart, **link)
    assert answer.status == status


@pytest.mark.parametrize(
    ("writer", "reader"), [(-HOUR, NOW), (NOW, HOUR)], ids=["late writer", "early reader"]
)
def test_two_processes_refund_once(
    writer: timedelta, reader: timedelta, sandbox: Sandbox, charged: PaidPayment, tmp_path: Path
) -> None:
    log = tmp_path / "log.jsonl"
    writing = Gunicorn(
        sandbox,
        log=log,
        app="tests.e2e.app_on_wrong_machine:app",
        MACHINE_AHEAD_BY=str(writer.total_seconds()),
        SECRET_KEY=KEY,
    )
    writing.start()
    try:
        with slow_refund(writing, charged):
            reconcile_in_a_process(sandbox, ahead=reader)
            assert refund_all(writing, charged, key="second").status == 409
    finally:
        writing.stop()
    reconcile(charged.bridge.services, charged)  # where the first caller was gone before Monext answered
    assert charged.ledger() == [("REFUND", charged.total, "OK")]
    assert charged.operations() == [("Refund", "Success", charged.total)]


def reconcile_in_a_process(sandbox: Sandbox, *, ahead: timedelta) -> None:
    """Run one pass in a process of its own, on a machine whose clock is ahead by so much."""
    variables = environment(sandbox, MACHINE_AHEAD_BY=str(ahead.total_seconds()), SECRET_KEY=KEY)
    command = [sys.executable, "-m", "flask", "--app", "tests.e2e.app_on_wrong_machine:app"]
    done = subprocess.run(
        [*command, "reconcile", "--older-than", "0s", "--json"],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert json.loads(done.stdout.splitlines()[-1]), done.stderr[-2000:]
