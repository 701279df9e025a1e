"""Runs commercetools-mock, another project's reading of commercetools, as its own process."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import requests

NODE = Path(__file__).parent / "node"


class MockServer:
    """The mock, which serves on a free port from `start` to `stop`. It ends by itself when the test process dies."""

    def __init__(self, *, log: Path) -> None:
        self.url = ""
        self._log = log
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it. Raises AssertionError where node or the packages are missing, or the server ends at once."""
        node = shutil.which("node")
        if node is None or not (NODE / "node_modules").is_dir():
            raise AssertionError("node 20 and the packages of tests/peer/node are needed: make test-peer")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [node, "server.mjs"],
                cwd=NODE,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            self.stop()
            raise AssertionError(f"the mock does not start: {self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop it. May be repeated."""
        if self._process is not None:
            self._process.communicate(timeout=10)
            self._process = None

    def writes(self, path: str) -> list[dict[str, Any]]:
        """Give the bodies that were sent to a path (from its first `/`), oldest first, refused ones included."""
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(f"{self.url}/_journal/writes", timeout=10).json()
        return [write["body"] for write in answer["writes"] if write["path"] == path]
