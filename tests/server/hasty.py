"""Runs a gunicorn of `tests/hasty_gunicorn.py`, and speaks HTTP with it byte by byte."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bridges import ROOT, free_port
from tests.world import wait_for

LARGE = 10 * 1024 * 1024

GENEROUS = 20.0
"""Seconds for whatever comes at once, on a machine that does much else."""


@dataclass(frozen=True, slots=True)
class Hasty:
    """A gunicorn of `tests/hasty_gunicorn.py`."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def connect(self, host: str = "127.0.0.1") -> socket.socket:
        return socket.create_connection((host, self.port), timeout=GENEROUS)

    def ask(self, path: str = "/", *, host: str = "127.0.0.1") -> tuple[int, Any]:
        connection = http.client.HTTPConnection(host, self.port, timeout=GENEROUS)
        try:
            connection.request("GET", path, headers={"Connection": "close"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@contextmanager
def running(folder: Path, **variables: str) -> Iterator[Hasty]:
    port, log = free_port(), folder / "hasty.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "tests/hasty_gunicorn.py", "tests.hasty_gunicorn:app"],
            cwd=ROOT,
            env={"PORT": str(port), **variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    hasty = Hasty(port, process, log)
    try:
        wait_for(lambda: answers(hasty), seconds=30)
        yield hasty
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(hasty: Hasty) -> bool:
    with suppress(OSError):
        return hasty.ask()[0] == 200
    return False


def everything(sock: socket.socket) -> bytes:
    """All that comes until the other side ends the connection. Fails the test where it does not."""
    found = bytearray()
    while piece := sock.recv(1024 * 1024):
        found += piece
    return bytes(found)


def head(line: str, *headers: str) -> bytes:
    return "\r\n".join([line, "Host: localhost", *headers, "", ""]).encode()


def open_connections(hasty: Hasty) -> int:
    """The connections that the server has not closed yet: those of /proc that belong to its workers."""
    (worker, *_) = Path(f"/proc/{hasty.process.pid}/task/{hasty.process.pid}/children").read_text().split()
    links = [os.readlink(link) for link in Path(f"/proc/{worker}/fd").iterdir() if link.is_symlink()]
    return sum(link.startswith("socket:") for link in links) - 1
