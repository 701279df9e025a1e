"""Faults that kill a process: only a child of the test's own is ever hit."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from flask import Flask

from sandbox.faults import KILLS, Faults, RuleError, faulty, parse_rule
from sandbox.runner import Sandbox
from sandbox.serving import Server


@dataclass
class Remote:
    """An application that counts what it did, behind faults that may kill."""

    url: str = ""
    faults: Faults = field(default_factory=lambda: Faults(allow_kill=True))
    done: list[str] = field(default_factory=list)

    def act(self) -> int | None:
        """The status of one call; None where it was not answered."""
        try:
            return requests.post(f"{self.url}/act", timeout=60).status_code
        except requests.ConnectionError:
            return None


@pytest.fixture
def remote() -> Iterator[Remote]:
    remote = Remote()
    app = Flask("remote")

    @app.post("/act")
    def act() -> tuple[str, int]:
        remote.done.append("act")
        return "", 204

    server = Server(faulty(app, remote.faults))
    server.start()
    remote.url = server.url
    yield remote
    server.stop()


@pytest.fixture
def sleeper() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Makes child processes that do nothing for a minute, each in a process group of its own."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        started.append(subprocess.Popen(command, start_new_session=True))
        return started[-1]

    yield start
    for child in started:
        child.kill()
        child.wait()


Start = Callable[[], subprocess.Popen[bytes]]


@pytest.mark.parametrize(("action", "done"), [("kill_before", []), ("kill_after", ["act"])])
@pytest.mark.parametrize("by", ["pid", "pgid"])
def test_the_named_process_dies_before_or_after_the_act(
    remote: Remote, sleeper: Start, action: str, done: list[str], by: str
) -> None:
    child = sleeper()
    remote.faults.add(parse_rule({"action": action, by: child.pid}))
    assert remote.act() is None
    assert child.wait(60) == -signal.SIGKILL
    assert remote.done == done


def test_the_nth_call_kills(remote: Remote, sleeper: Start) -> None:
    child = sleeper()
    remote.faults.add(parse_rule({"action": "kill_after", "pgid": child.pid, "skip": 2}))
    assert [remote.act(), remote.act()] == [204, 204]
    assert child.poll() is None
    assert remote.act() is None
    assert child.wait(60) == -signal.SIGKILL


def test_nobody_else_is_hit(remote: Remote, sleeper: Start) -> None:
    victim, other = sleeper(), sleeper()
    remote.faults.add(parse_rule({"action": "kill_before", "pgid": victim.pid}))
    remote.act()
    assert victim.wait(60) == -signal.SIGKILL
    assert other.poll() is None


def test_a_process_that_is_gone_already_is_no_fault(remote: Remote, sleeper: Start) -> None:
    child = sleeper()
    child.kill()
    child.wait()
    remote.faults.add(parse_rule({"action": "kill_before", "pid": child.pid}))
    assert remote.act() is None
    assert remote.act() == 204


@pytest.mark.parametrize("victim", [{"pid": 4_000_000}, {"pgid": 4_000_000}])
@pytest.mark.parametrize("action", KILLS)
def test_a_sandbox_kills_only_where_it_was_allowed_at_its_start(action: str, victim: dict[str, int]) -> None:
    rule = {"action": action, **victim}
    with Sandbox() as calm, Sandbox(allow_kill=True) as deadly:
        for sandbox, status in ((calm, 400), (deadly, 201)):
            for url in (sandbox.commercetools_url, sandbox.monext_url):
                assert requests.post(f"{url}/_control/faults", json=rule, timeout=60).status_code == status


@pytest.mark.parametrize(
    "victim",
    [
        {"pid": 0},
        {"pid": 1},
        {"pid": -1},
        {"pid": os.getpid()},
        {"pid": os.getppid()},
        {"pgid": 0},
        {"pgid": 1},
        {"pgid": -1},
        {"pgid": os.getpgrp()},
    ],
)
def test_the_sandbox_itself_is_never_killed(victim: dict[str, int]) -> None:
    with pytest.raises(RuleError, match="must be that of another"):
        Faults(allow_kill=True).add(parse_rule({"action": "kill_before", **victim}))


@pytest.mark.parametrize(
    "rule",
    [
        {"action": "kill_before"},
        {"action": "kill_after", "pid": 4_000_000, "pgid": 4_000_000},
        {"action": "kill_after", "pid": "4000000"},
        {"action": "kill_after", "pgid": True},
        {"action": "status", "pid": 4_000_000},
    ],
)
def test_a_kill_names_one_victim_and_nothing_else_does(rule: dict[str, Any]) -> None:
    with pytest.raises(RuleError):
        parse_rule(rule)
