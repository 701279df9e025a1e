"""Runs queue workers as their own processes, as a host does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from sandbox.runner import Sandbox
from tests.bridges import ROOT, environment
from tests.redis_server import RedisServer
from tests.world import wait_for


class WorkerProcess:
    """A worker (`flask work`) in its own process. Its log goes to a file."""

    def __init__(self, sandbox: Sandbox, redis: RedisServer, *, log: Path, **changes: str) -> None:
        self.log = log
        self._environment = {
            **environment(sandbox, variables={"REDIS_URL": redis.url, **changes}),
            "PATH": os.environ["PATH"],
        }
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start the process. It takes tasks once `wait_until_ready` has returned."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flask", "work"],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait_until_ready(self) -> None:
        wait_for(lambda: "worker_started" in self.log.read_text(), seconds=120)

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    def stop(self) -> int:
        """Stop it with SIGTERM, as a host does, and give the exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(120)

    def wait(self) -> int:
        """Wait until it has ended, by itself or by others, and give the exit code."""
        assert self._process is not None, "not started"
        return self._process.wait(120)

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(120)
