"""Starts a bridge as its host would, and the processes around it that answer it and load it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "build" / "bench" / "bin" / "python"
"""The Python of the bench's own environment (`make bench` makes it), in which the load and the remotes run."""

START_SECONDS = 60
STOP_SECONDS = 40


class BenchError(Exception):
    """Something that the bench needs is not there or does not work. The text says what to do."""


class Helper:
    """A process of the bench that takes and gives lines of JSON. It ends when its input is closed."""

    def __init__(self, module: str, *arguments: str) -> None:
        if not TOOLS.exists():
            raise BenchError("the bench's environment is missing: make build/bench/.installed")
        self._module = module
        self._process = subprocess.Popen(
            [TOOLS, "-m", module, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def read(self) -> Any:
        """Waits for its next line."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise BenchError(f"a process of the bench has ended: {self._module}")
        return json.loads(line)

    def ask(self, order: Mapping[str, Any]) -> Any:
        """Sends one order and waits for its answer."""
        self.send(order)
        return self.read()

    def send(self, order: Mapping[str, Any]) -> None:
        """Sends one order; whoever sends it reads its answer later."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def stop(self) -> None:
        """Closes its input, at which it ends; after ten seconds it is killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


class Remotes:
    """The process that answers one bridge in the place of commercetools and Monext."""

    def __init__(self, *, commercetools_url: str, monext_url: str) -> None:
        self._helper = Helper("bench.remotes", commercetools_url, monext_url)
        addresses = self._helper.read()
        self.commercetools_url: str = addresses["commercetools"]
        self.monext_url: str = addresses["monext"]
        self.control_url: str = addresses["control"]

    @property
    def pid(self) -> int:
        return self._helper.pid

    def order(self, name: str, **content: Any) -> Any:
        """Has it do something; BenchError with its words where it cannot."""
        request = urllib.request.Request(f"{self.control_url}/{name}", json.dumps(content).encode())  # noqa: S310 our own
        try:
            with _OPENER.open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise BenchError(f"{name}: {json.load(error)['message']}") from error

    def stop(self) -> None:
        self._helper.stop()


class Bridge:
    """A checkout's bridge, started as the `web` line of its Procfile says, with its own .venv or else with ours."""

    def __init__(self, checkout: Path, *, environment: Mapping[str, str], log: Path) -> None:
        self.checkout, self._log = checkout, log
        self.port = int(environment["PORT"])
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {**environment, "PATH": f"{self._scripts()}:{os.environ['PATH']}"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Starts it, and gives the seconds from exec to the first 200 of /health."""
        began = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.checkout,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while time.monotonic() < began + START_SECONDS and self._process.poll() is None:
            if _healthy(self.url):
                return time.monotonic() - began
            time.sleep(0.01)
        raise BenchError(f"{self.checkout} does not start:\n{self._log.read_text()[-1500:]}")

    def stop(self) -> float:
        """Ends it with SIGTERM, and gives the seconds to its exit. What does not end is killed."""
        began, process = time.monotonic(), self._process
        if process is None:
            return 0.0
        self._process = None
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return time.monotonic() - began

    @property
    def pid(self) -> int:
        """The process id of gunicorn's master."""
        assert self._process is not None, "not started"
        return self._process.pid

    def _command(self) -> list[str]:
        for line in (self.checkout / "Procfile").read_text().splitlines():
            name, _, command = line.partition(":")
            if name == "web":
                program, *rest = command.split()
                return [str(self._scripts() / program), *rest]
        raise BenchError(f"{self.checkout}/Procfile has no web line")

    def _scripts(self) -> Path:
        own = self.checkout / ".venv" / "bin"
        return own if own.exists() else Path(sys.executable).parent


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _healthy(url: str) -> bool:
    try:
        with _OPENER.open(f"{url}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
