"""What runs beside a server: begun with it, begun again, and gone with it however it went."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from monext_bridge.companion import Companion
from tests.bridges import ROOT
from tests.world import wait_for

SERVER = """
import sys, time
from monext_bridge.companion import Companion
Companion(sys.argv[1:]).ensure()
time.sleep(600)
"""
COMMAND = """
import os, sys
from threading import Event
from monext_bridge.companion import ends_with_parent
stop = Event()
ends_with_parent(stop)
with open(sys.argv[1], "a") as begun:
    print(os.getpid(), os.getppid(), file=begun)
stop.wait(600)
"""


class Begun:
    """The processes that a command has been, with those that began them, from what each has written of itself."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.command = [sys.executable, "-c", COMMAND, str(file)]

    @property
    def pids(self) -> list[tuple[int, int]]:
        found = self.file.read_text().splitlines() if self.file.exists() else []
        return [(int(own), int(parent)) for own, parent in (line.split() for line in found)]

    def wait(self, *, times: int = 1) -> tuple[int, int]:
        wait_for(lambda: len(self.pids) == times)
        return self.pids[-1]


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begun]:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    found = Begun(tmp_path / "begun")
    yield found
    for own, parent in found.pids:
        for pid in (parent, own):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def is_gone(pid: int) -> bool:
    """Also where nobody has asked for its exit code yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def assert_gone(*pids: int) -> None:
    wait_for(lambda: all(is_gone(pid) for pid in pids))


def test_it_is_begun_once_however_often_that_is_asked(begun: Begun) -> None:
    companion = Companion(begun.command)
    companion.ensure()
    begun.wait()
    companion.ensure()
    companion.stop()
    assert_gone(*begun.pids[0])
    assert len(begun.pids) == 1


def test_a_command_that_ends_is_begun_again(begun: Begun) -> None:
    companion = Companion(begun.command)
    companion.ensure()
    first, keeper = begun.wait()
    os.kill(first, signal.SIGKILL)
    second, same = begun.wait(times=2)
    assert (second != first, same) == (True, keeper)
    companion.stop()
    assert_gone(second, keeper)


def test_a_keeper_that_was_killed_takes_its_command_along_and_is_begun_again(begun: Begun) -> None:
    companion = Companion(begun.command)
    companion.ensure()
    command, keeper = begun.wait()
    os.kill(keeper, signal.SIGKILL)
    assert_gone(command)
    companion.ensure()
    begun.wait(times=2)
    companion.stop()
    assert_gone(*begun.pids[1])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_is_gone_with_its_server_however_that_went(begun: Begun, number: signal.Signals) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER, *begun.command])
    command, keeper = begun.wait()
    server.send_signal(number)
    server.wait(60)
    assert_gone(command, keeper)


def test_stopping_what_was_never_begun_does_nothing(begun: Begun) -> None:
    Companion(begun.command).stop()
    assert begun.pids == []
