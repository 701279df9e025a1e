"""`flask reconcile`: what it finds, what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from monext_bridge.domain.ids import CartId
from monext_bridge.domain.outcome.order_rules import order_number
from monext_bridge.runtime import utc_now
from monext_bridge.web.cli.durations import written
from monext_bridge.web.cli.reconcile import reconcile
from sandbox.runner import Sandbox
from tests.bridges import ROOT, Buyer, InProcess, environment
from tests.log_lines import captured_logs
from tests.world import World, wait_for

KEY = "one-key-for-the-bridge-now-and-later"


class ReconciliationTester:
    """A bridge that is an hour ahead of the one its buyers paid on; only what the test made is looked at."""

    def __init__(self, sandbox: Sandbox, world: World) -> None:
        self.world, self.began = world, utc_now()
        self.day = InProcess(sandbox, SECRET_KEY=KEY)
        self.bridge = InProcess(sandbox, SECRET_KEY=KEY, clock=lambda: utc_now() + timedelta(hours=1))

    def cart(self, situation: str = "guest") -> str:
        return self.world.cart(situation)

    def pay(self, cart: str, **how: Any) -> str:
        """Paid, and nobody came back; the payment's id."""
        self.world.pay(Buyer(self.day).start(cart).token, outcome="accepted", **how)
        return str(self.world.payment(cart)["id"])

    def run(self, *arguments: str) -> Result:
        seconds = int((utc_now() - self.began).total_seconds()) + 3601
        return self.bridge.app.test_cli_runner().invoke(
            reconcile, ["--since", f"{seconds}s", *arguments], catch_exceptions=False
        )


@pytest.fixture
def reconciliation(sandbox: Sandbox, world: World) -> ReconciliationTester:
    return ReconciliationTester(sandbox, world)


def about(result: Result, payment: str) -> list[str]:
    return [line for line in result.stdout.splitlines() if payment in line]


def test_a_finding_is_a_line_and_all_that_was_finished_ends_with_0(
    reconciliation: ReconciliationTester,
) -> None:
    payment = reconciliation.pay(cart := reconciliation.cart())
    result = reconciliation.run()
    number = reconciliation.world.orders(cart)[0]["orderNumber"]
    assert about(result, payment) == [
        f"finished not_finished   {payment} fr-store order {number}: open → paid"
    ]
    assert "finished" in result.stdout.splitlines()[-1]
    assert result.exit_code == 0


def test_what_needs_a_person_ends_with_1(reconciliation: ReconciliationTester) -> None:
    cart = reconciliation.cart()
    payment = reconciliation.pay(cart)
    reconciliation.world.refuse_orders(cart, "InvalidJsonInput")
    with captured_logs() as lines:
        results = [reconciliation.run(*arguments) for arguments in ((), ("--json", "--older-than", "0s"))]
    number = order_number(CartId(cart))
    assert about(results[0], payment)[1].startswith(
        f"stuck    no_order       {payment} fr-store order {number}"
    )
    assert [result.exit_code for result in results] == [1, 1]
    said = [line for line in lines.of("reconcile_stuck") if line["payment"] == payment]
    assert [(line["level"], line["order"], line["need"]) for line in said] == [
        ("ERROR", number, "no_order"),
        ("ERROR", number, "no_order"),
    ]


def test_a_remote_that_fails_ends_with_5_and_says_so(reconciliation: ReconciliationTester) -> None:
    reconciliation.pay(reconciliation.cart())
    reconciliation.world.fault("commercetools", action="status", code=500, path="/payments$", times=0)
    result = reconciliation.run()
    assert "not complete: commercetools" in result.stdout
    assert "nothing to do" not in result.stdout
    assert result.exit_code == 5
    reconciliation.world.reset()
    reconciliation.run()


def test_a_pass_that_leaves_young_payments_alone_says_so() -> None:
    """In a sandbox of its own, in which other tests have left nothing to do."""
    with Sandbox() as sandbox:
        bridge, world = InProcess(sandbox), World(sandbox)
        world.pay(Buyer(bridge).start(world.cart()).token)
        runner = bridge.app.test_cli_runner()
        told = runner.invoke(reconcile, ["--since", "1h"], catch_exceptions=False).stdout
        left = "what is younger than 15 minutes is left alone (--older-than 0s looks at all)"
        assert f"nothing to do; {left}" in told
        runner.invoke(reconcile, ["--since", "1h", "--older-than", "0s"], catch_exceptions=False)
        told = runner.invoke(
            reconcile, ["--since", "1h", "--older-than", "0s"], catch_exceptions=False
        ).stdout
        assert told.endswith("nothing to do\n")


def test_how_an_operation_ended_is_told(reconciliation: ReconciliationTester) -> None:
    payment = reconciliation.pay(reconciliation.cart())
    reconciliation.run()
    reconciliation.world.fault("monext", action="drop_after", method="POST", path="/refunds")
    refund = ["payment", "refund", payment, "--amount", "1.00", "--yes"]
    reconciliation.day.app.test_cli_runner().invoke(args=refund)
    open_now = about(reconciliation.run("--dry-run", "--older-than", "0s"), payment)
    assert [line for line in open_now if "Refund of 100 EUR in minor units is Initial" in line]
    ended = about(reconciliation.run("--older-than", "0s"), payment)
    assert [line for line in ended if line.endswith(": Refund of 100 EUR in minor units is Success")]


def test_json_is_a_line_a_finding_and_one_for_the_counts(reconciliation: ReconciliationTester) -> None:
    payment = reconciliation.pay(cart := reconciliation.cart())
    result = reconciliation.run("--json")
    *findings, last = [json.loads(line) for line in result.stdout.splitlines()]
    assert {
        "payment": payment,
        "store": "fr-store",
        "order": reconciliation.world.orders(cart)[0]["orderNumber"],
        "need": "not_finished",
        "ending": "finished",
        "detail": "open → paid",
    } in findings
    summary = last["summary"]
    assert (summary["complete"], summary["exitCode"], summary["brokenOff"]) == (True, 0, None)
    assert summary["endings"]["finished"] >= 1
    assert summary["needs"]["not_finished"] >= 1


def test_a_dry_run_tells_and_does_nothing(reconciliation: ReconciliationTester) -> None:
    payment = reconciliation.pay(reconciliation.cart())
    result = reconciliation.run("--dry-run")
    assert about(result, payment) == [f"found    not_finished   {payment} fr-store: open"]
    assert result.exit_code == 0
    reconciliation.run()


def test_a_pass_goes_on_behind_a_payment(reconciliation: ReconciliationTester) -> None:
    payments = sorted(reconciliation.pay(reconciliation.cart()) for _ in range(2))
    result = reconciliation.run("--after", payments[0])
    assert about(result, payments[0]) == []
    assert len(about(result, payments[1])) == 1
    reconciliation.run()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--older-than", "15"), "a whole number and a unit"),
        (("--since", "2y"), "a whole number and a unit"),
        (("--since", "367d"), "from 1m to 366d"),
        (("--every", "1s"), "from 10s to 1d"),
        (("--store", "nowhere"), "no setting names this store"),
        (("--after", "x"), "not the id of a payment"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_read(
    reconciliation: ReconciliationTester, arguments: tuple[str, ...], words: str
) -> None:
    reconciliation.world.forget_calls()
    result = reconciliation.run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert reconciliation.world.calls("commercetools") == []


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(0), "0s"),
        (timedelta(seconds=90), "90s"),
        (timedelta(minutes=90), "90m"),
        (timedelta(hours=36), "36h"),
        (timedelta(days=30), "30d"),
    ],
)
def test_durations_are_written_as_they_are_read(duration: timedelta, text: str) -> None:
    assert written(duration) == text


@dataclass(frozen=True, slots=True)
class Repeating:
    """`flask reconcile --every …` as a process of its own, as on a host, and what it prints and logs."""

    out: Path
    log: Path
    process: subprocess.Popen[bytes]

    def findings(self) -> list[dict[str, Any]]:
        complete = self.out.read_text().rpartition("\n")[0].splitlines()
        return [line for line in map(json.loads, complete) if "need" in line]


@contextmanager
def repeating(sandbox: Sandbox, folder: Path, *options: str) -> Iterator[Repeating]:
    """Inside, it runs. SIGTERM ends it in order."""
    command = [sys.executable, "-m", "flask", "reconcile", "--older-than", "0s", "--json", *options]
    out, log_file = folder / "out.jsonl", folder / "log"
    with out.open("wb") as stdout, log_file.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environment(sandbox, SECRET_KEY=KEY), "PATH": os.environ["PATH"]},
            stdout=stdout,
            stderr=log,
        )
        try:
            yield Repeating(out, log_file, process)
            assert process.poll() is None
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_again_and_again_until_it_is_told_to_stop(
    sandbox: Sandbox, reconciliation: ReconciliationTester, tmp_path: Path
) -> None:
    """What is stuck is an alarm of its log."""
    with repeating(sandbox, tmp_path, "--every", "10s") as running:
        reconciliation.world.refuse_orders(cart := reconciliation.cart(), "InvalidJsonInput")
        payment, stuck = reconciliation.pay(reconciliation.cart()), reconciliation.pay(cart)
        wait_for(lambda: payment in running.out.read_text())
        wait_for(lambda: _alarmed(running.log, stuck) == ["ERROR"])


@pytest.mark.parametrize(
    ("option", "found"), [((), True), (("--ledger",), True), (("--no-ledger",), False)], ids=str
)
def test_repeated_passes_compare_ledgers_unless_they_are_told_not_to(
    option: tuple[str, ...],
    found: bool,
    sandbox: Sandbox,
    reconciliation: ReconciliationTester,
    tmp_path: Path,
) -> None:
    """With one pass a day, each payment is due in the first one."""
    payment = reconciliation.pay(cart := reconciliation.cart())
    reconciliation.run()
    (paid,) = reconciliation.world.payment(cart)["transactions"]
    reconciliation.world.operate_at_monext(paid["interfaceId"], "refunds", amount=1000)
    with repeating(sandbox, tmp_path, "--every", "1d", *option) as running:
        wait_for(lambda: "reconciled" in running.log.read_text())
        if found:
            wait_for(lambda: [f["need"] for f in running.findings() if f["payment"] == payment] == ["ledger"])
    assert [f["need"] for f in running.findings() if f["payment"] == payment] == ["ledger"] * found


@pytest.mark.parametrize(
    ("option", "compared"), [((), False), (("--ledger",), True), (("--no-ledger",), False)], ids=str
)
def test_one_pass_compares_ledgers_where_it_is_told_to(
    option: tuple[str, ...], compared: bool, reconciliation: ReconciliationTester
) -> None:
    reconciliation.pay(reconciliation.cart())
    reconciliation.run()
    reconciliation.world.forget_calls()
    reconciliation.run(*option)
    assert bool(reconciliation.world.calls("monext")) is compared


def _alarmed(log: Path, payment: str) -> list[str]:
    """The levels at which a payment was told to be stuck, by the lines that are complete."""
    complete = log.read_text().rpartition("\n")[0].splitlines()
    lines = (json.loads(line) for line in complete if line.startswith("{"))
    return [
        line["level"] for line in lines if line["event"] == "reconcile_stuck" and line["payment"] == payment
    ]
