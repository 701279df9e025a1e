"""What commands write to stderr: errors, and the log only where somebody asked for it or a service runs."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from sandbox.runner import Sandbox
from tests.bridges import ROOT, Buyer, environment
from tests.web.paid_orders import PaidCart
from tests.world import World


@pytest.fixture
def paid(world: World, buyer: Buyer) -> PaidCart:
    return PaidCart(world, buyer, "german-store")


def flask(sandbox: Sandbox, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command as at a terminal. LOG_LEVEL is not set unless the test sets it."""
    environ = environment(sandbox, variables={"LOG_LEVEL": "", **changes})
    line = [sys.executable, "-m", "flask", *arguments]
    return subprocess.run(line, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300)


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_show_writes_the_answer_and_nothing_else(sandbox: Sandbox, paid: PaidCart) -> None:
    shown = flask(sandbox, "payment", "show", paid.id)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert paid.id in shown.stdout


@pytest.mark.parametrize("asked", [{"LOG_LEVEL": "INFO"}, {}], ids=["LOG_LEVEL", "--verbose"])
def test_the_log_is_shown_to_who_asks_for_it(asked: dict[str, str], sandbox: Sandbox, paid: PaidCart) -> None:
    option = () if asked else ("--verbose",)
    shown = flask(sandbox, "payment", "show", paid.id, *option, **asked)
    assert "remote_call" in {line["event"] for line in events(shown.stderr)}
    assert "remote_call" not in shown.stdout


def test_of_an_act_the_log_has_who_moved_money_and_nothing_else(sandbox: Sandbox, paid: PaidCart) -> None:
    done = flask(sandbox, "payment", "capture", paid.id, "--amount", "1", "--yes")
    assert done.returncode == 0
    assert [line["event"] for line in events(done.stderr)] == ["payment_act"]


def test_one_pass_of_reconciliation_writes_its_findings_alone(sandbox: Sandbox) -> None:
    done = flask(sandbox, "reconcile", "--since", "1m")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "--json"])
def test_each_pass_tells_on_stderr_of_each_payment_that_is_stuck(
    options: tuple[str, ...], sandbox: Sandbox, buyer: Buyer, world: World
) -> None:
    """What commercetools refuses for a reason of ours is stuck at once. stdout has the findings and nothing else."""
    for _ in range(2):
        world.refuse_orders(cart := world.cart(), "InvalidJsonInput")
        page = buyer.start(cart)
        world.pay(page.token, outcome="accepted")
        buyer.notification_arrives(page)
    for _ in range(2):
        done = flask(sandbox, "reconcile", "--older-than", "0s", *options)
        stuck = [line for line in events(done.stderr) if line["event"] == "reconcile_stuck"]
        assert len({line["payment"] for line in stuck}) == len(stuck) >= 2
        assert {(line["level"], line["runbook"]) for line in stuck} == {("ERROR", "docs/runbook.md#no_order")}
        assert all(line["payment"] in done.stdout for line in stuck)
        assert "reconcile_stuck" not in done.stdout


def test_a_service_logs_as_ever(sandbox: Sandbox) -> None:
    environ = environment(sandbox, variables={"LOG_LEVEL": ""})
    line = [sys.executable, "-m", "flask", "reconcile", "--since", "1m", "--every", "1h"]
    with subprocess.Popen(line, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as service:
        assert service.stderr is not None
        seen = next(line for line in service.stderr if '"event": "reconciled"' in line)
        service.terminate()
    assert json.loads(seen)["level"] == "INFO"


@pytest.mark.parametrize("level", ["", "INFO"], ids=["no LOG_LEVEL", "LOG_LEVEL=INFO"])
@pytest.mark.parametrize(
    "command", [("reconcile", "--since", "1m", "--every", "1h"), ("work",)], ids=lambda c: c[0]
)
def test_a_service_warns_once_of_a_redis_without_tls(
    command: tuple[str, ...], level: str, sandbox: Sandbox
) -> None:
    environ = environment(sandbox, variables={"LOG_LEVEL": level, "REDIS_URL": "redis://redis.invalid"})
    line, seen = [sys.executable, "-m", "flask", *command], list[str]()
    with subprocess.Popen(line, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as service:
        assert service.stderr is not None
        for text in service.stderr:
            seen += [each["event"] for each in events(text)]
            if seen and seen[-1] in ("reconciled", "worker_started"):
                break
        service.kill()
    assert seen.count("redis_unencrypted") == 1
