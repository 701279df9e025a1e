"""Runs a server of another project under node, as its own process that never outlives the tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import requests


class NodeServer:
    """Serves `server.mjs` of a folder on a free port, from `start` to `stop`.

    The script prints its URL, and ends by itself when the test process dies.
    """

    def __init__(self, folder: Path, *arguments: str, log: Path) -> None:
        self.url = ""
        self._folder, self._arguments, self._log = folder, arguments, log
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it. Raises AssertionError where node or the packages are missing, or the server ends at once."""
        node = shutil.which("node")
        if node is None or not (self._folder / "node_modules").is_dir():
            raise AssertionError(f"node 20 and the packages of {self._folder} are needed")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [node, "server.mjs", *self._arguments],
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            self.stop()
            raise AssertionError(f"the server does not start: {self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop it. May be repeated."""
        if self._process is not None:
            self._process.communicate(timeout=60)
            self._process = None

    def journal(self, path: str) -> Any:
        """Give what the server has written down, as JSON, from one of its own paths."""
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"{self.url}{path}", timeout=60).json()
