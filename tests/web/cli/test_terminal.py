"""`flask payment …` on a real terminal: the question, Ctrl-C, tables and colours."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from dataclasses import dataclass

import pytest

from sandbox.runner import Sandbox
from tests.bridges import ROOT, Buyer, environment
from tests.world import World

CTRL_C, CTRL_D = "\x03", "\x04"
SECONDS = 120
COLUMNS = 80

OWN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "flask", *sys.argv[1:]])
"""
"""Takes the pseudo-terminal as its own, so that Ctrl-C reaches the command and nobody else; then is flask."""


@dataclass(frozen=True, slots=True)
class Seen:
    text: str
    code: int


class Terminal:
    """Runs a command on a pseudo-terminal of 80 columns, and answers its question."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = environ | {"TERM": "xterm-256color", "LOG_LEVEL": "ERROR"}

    def run(self, *arguments: str, typed: str = "", after: str = "[y/N]: ", **changes: str) -> Seen:
        """`typed` is typed as soon as `after` is seen."""
        mine, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
        process = subprocess.Popen(
            [sys.executable, "-c", OWN_TERMINAL, "payment", *arguments],
            cwd=ROOT,
            env=self._environ | changes,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        try:
            text = _read(mine, typed, after)
            return Seen(text, process.wait(SECONDS))
        finally:
            process.kill()
            process.wait()
            os.close(mine)


def _read(terminal: int, typed: str, after: str) -> str:
    seen = b""
    while True:
        assert select.select([terminal], [], [], SECONDS)[0], f"waits for ever after {seen.decode()!r}"
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            return seen.decode()
        seen += part
        if typed and after.encode() in seen:
            os.write(terminal, typed.encode())
            typed = ""


@pytest.fixture(scope="module")
def terminal(sandbox: Sandbox) -> Terminal:
    return Terminal(environment(sandbox))


@pytest.fixture
def payment(world: World, buyer: Buyer) -> str:
    """The id of a payment of 554.90 EUR, authorised and not captured."""
    page = buyer.start(cart := world.cart("german-store"))
    world.pay(page.token, outcome="accepted")
    assert buyer.notification_arrives(page).status == 200
    return str(world.payment(cart)["id"])


def captured(world: World, payment: str) -> list[int]:
    found = world.project.get(f"payments/{payment}")["transactions"]
    return [t["amount"]["centAmount"] for t in found if t["type"] == "Charge"]


def test_yes_moves_the_money(terminal: Terminal, world: World, payment: str) -> None:
    seen = terminal.run("capture", payment, "--amount", "1,50", typed="y\n")
    assert "Monext HOMOLOGATION" in seen.text
    assert "Capture 1.50 EUR of 554.90 EUR left to capture? [y/N]:" in seen.text
    assert seen.code == 0
    assert captured(world, payment) == [150]


@pytest.mark.parametrize("answer", ["n\n", "\n", CTRL_D], ids=["no", "return", "ctrl-d"])
def test_anything_else_moves_nothing(answer: str, terminal: Terminal, world: World, payment: str) -> None:
    seen = terminal.run("capture", payment, typed=answer)
    assert "nothing was done" in seen.text
    assert seen.code == 2
    assert captured(world, payment) == []


def test_ctrl_c_during_the_act_tells_how_to_find_out(terminal: Terminal, world: World, payment: str) -> None:
    world.fault("monext", action="hang", seconds=1, method="POST", path="/captures$")
    line = ("capture", payment, "--amount", "1", "--key", "mine", "--yes")
    seen = terminal.run(*line, typed=CTRL_C, after="Key: mine")
    assert seen.code == 5
    assert f"flask payment capture {payment} --amount 1.00 --key mine" in seen.text


def test_the_tables_fit_and_are_coloured(terminal: Terminal, payment: str) -> None:
    seen = terminal.run("show", payment).text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", seen)
    assert "\x1b[32mSuccess" in seen
    assert payment in plain
    assert max(len(line) for line in plain.splitlines()) <= COLUMNS


def test_no_colour_where_none_is_wanted(terminal: Terminal, payment: str) -> None:
    seen = terminal.run("show", payment, NO_COLOR="1").text
    assert re.search(r"\x1b\[[0-9;]*3[0-7]", seen) is None
