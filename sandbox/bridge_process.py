"""The bridge as a process of its own, the way a host would run it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import requests

ROOT = Path(__file__).resolve().parent.parent

# A host kills 30 s after SIGTERM; so does this.
_STOP_SECONDS = 30
_POLL_SECONDS = 0.1


class BridgeProcess:
    """gunicorn from the interpreter that runs this, with the `app.py` and `gunicorn.conf.py` of `root`.

    In a session of its own: Ctrl-C in a terminal reaches the sandbox only, which then stops the bridge as a
    host would. In an empty working directory: a `.env` for another purpose does not reach it. `tell` gets
    each line of its output, from a thread.
    """

    def __init__(
        self, environment: Mapping[str, str], *, tell: Callable[[str], None], root: Path = ROOT
    ) -> None:
        self._directory = TemporaryDirectory(prefix="bridge-")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", str(root / "gunicorn.conf.py"), "app:app"],
            cwd=self._directory.name,
            env={**environment, "PYTHONPATH": str(root)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = Thread(target=self._read, args=(tell,), name="bridge-output", daemon=True)
        self._reader.start()

    def running(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def wait_until_healthy(self, url: str, *, seconds: float, given_up: Callable[[], bool]) -> bool:
        """True once `url` answers 200; False where the process ends, time is up or `given_up` says so."""
        deadline = time.monotonic() + seconds
        while self.running() and time.monotonic() < deadline and not given_up():
            if _healthy(url):
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def stop(self) -> int:
        """SIGTERM, and after 30 s an end to the whole group; the exit code, once all output is told."""
        if self.running():
            self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            code = self._process.wait()
        self._reader.join(1)
        self._directory.cleanup()
        return code

    def _read(self, tell: Callable[[str], None]) -> None:
        if self._process.stdout is None:
            return
        with self._process.stdout as lines:
            for line in lines:
                tell(line.rstrip("\n"))


def _healthy(url: str) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(url, timeout=2).status_code == 200
        except requests.RequestException:
            return False
