"""Every alarm of the list happens: a situation is played, and its line has its name, its payment and its entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monext_bridge.alarms import ALARMS_OF_THE_LOG, runbook_entry
from sandbox.runner import Sandbox
from tests.alarms import (
    about_money,
    about_orders,
    about_reconciliation,
    about_remotes,
    about_requests,
    about_shipment,
)
from tests.alarms.stage import KEY, Scene, Stage
from tests.bridges import InProcess
from tests.log_lines import captured_logs
from tests.shipped_orders import SECRET
from tests.world import World, wait_for

SCENES: dict[str, Scene] = {
    **about_money.SCENES,
    **about_orders.SCENES,
    **about_remotes.SCENES,
    **about_shipment.SCENES,
    **about_requests.SCENES,
    **about_reconciliation.SCENES,
}
NAMED_BY_NEED = {"reconcile_stuck", "reconcile_warned"}
"""Their lines name the entry of the follow-up."""


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox, SECRET_KEY=KEY, EVENTS_SECRET=SECRET)


@pytest.fixture
def stage(sandbox: Sandbox, world: World, bridge: InProcess, tmp_path: Path) -> Iterator[Stage]:
    """A stage whose sandbox is empty again afterwards."""
    prepared = Stage(sandbox, world, bridge, tmp_path)
    yield prepared
    for process in prepared.processes:
        process.kill()
        process.wait()
    world.reset()
    sandbox.reset()


def alarms_in(text: str, name: str) -> list[dict[str, Any]]:
    """The complete lines of the alarm. One with a stack has its name in its message."""
    complete = text.rpartition("\n")[0].splitlines()
    lines = (json.loads(line) for line in complete if line.startswith("{"))
    return [line for line in lines if line["event"] == name or line.get("message", "").startswith(name)]


@pytest.mark.parametrize("name", sorted(SCENES))
def test_the_alarm_happens_and_its_line_says_what_it_is_about(name: str, stage: Stage) -> None:
    with captured_logs() as lines:
        payment = SCENES[name](stage)
        if stage.log.exists():
            wait_for(lambda: alarms_in(stage.log.read_text(), name) != [])
    text = lines.text + (stage.log.read_text() if stage.log.exists() else "")
    raised = [line for line in alarms_in(text, name) if line["level"] in ("WARNING", "ERROR")]
    of_payment = [line for line in raised if payment is None or line.get("payment") == payment]
    assert of_payment, f"not raised; {sorted({each['event'] for each in lines.all()})}, {raised}"
    entry = of_payment[-1]["need"] if name in NAMED_BY_NEED else name
    assert of_payment[-1]["runbook"] == runbook_entry(entry)


def test_there_is_a_scene_for_each_alarm_and_for_nothing_else() -> None:
    assert sorted(SCENES) == sorted(ALARMS_OF_THE_LOG)
