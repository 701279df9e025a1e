"""The bridge under test: as processes under gunicorn, or in this process; and a buyer's browser for both."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import requests
from bs4 import BeautifulSoup
from flask import Flask

from monext_bridge.config import load_settings
from monext_bridge.services import build_services, utc_now
from monext_bridge.web import create_app
from monext_bridge.web.access.rate_limits import RATE_LIMITS, RateLimitTable
from sandbox.bridge_settings import bridge_environment
from sandbox.runner import Sandbox
from tests.crashing import Life, mortal_gateways

ROOT = Path(__file__).resolve().parents[1]


def environment(sandbox: Sandbox, *, port: int = 8000, **changes: str) -> dict[str, str]:
    """The bridge's variables for the sandbox, with changes; an empty value takes a variable out.

    Only what a test asks for reconciles.
    """
    base = bridge_environment(sandbox, port=port, access="open", link_secret="link-secret-for-tests-only")
    own = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "RECONCILE_IN_WEB": "off"}
    merged = base | own | changes
    return {name: value for name, value in merged.items() if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser or a caller got; redirects are not followed."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def page(self) -> BeautifulSoup:
        return BeautifulSoup(self.text, "html.parser")

    @property
    def words(self) -> str:
        """The visible text, white space folded."""
        return " ".join(self.page.get_text(" ").split())


class Caller(Protocol):
    def call(self, method: str, path: str, **options: Any) -> Answer: ...


AMPLE: RateLimitTable = {
    endpoint: tuple(replace(budget, amount=1000 * budget.amount) for budget in budgets)
    for endpoint, budgets in RATE_LIMITS.items()
}
"""For tests, which are one client that does in a minute what thousands do."""


class InProcess:
    """The application in this process, over real HTTP to the sandbox.

    `clock` and `limits` may be handed in, and a `life` that ends at a call.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        clock: Callable[[], datetime] = utc_now,
        limits: RateLimitTable = AMPLE,
        life: Life | None = None,
        **changes: str,
    ) -> None:
        self.settings = load_settings(environment(sandbox, **changes))
        commercetools, monext = mortal_gateways(self.settings.commercetools, life or Life())
        self.services = build_services(self.settings, commercetools=commercetools, monext=monext, clock=clock)
        self.app: Flask = create_app(self.settings, services=self.services, limits=limits)

    def call(self, method: str, path: str, **options: Any) -> Answer:
        response = self.app.test_client().open(path, method=method, **options)
        return Answer(response.status_code, dict(response.headers), response.get_data(as_text=True))


class Gunicorn:
    """One gunicorn as in production, with `workers` processes; its log goes to a file."""

    def __init__(
        self, sandbox: Sandbox, *, log: Path, workers: int = 1, app: str = "app:app", **changes: str
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log, self._app = log, app
        self._environment = environment(sandbox, port=self.port, WEB_CONCURRENCY=str(workers), **changes)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", self._app],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    @property
    def pid(self) -> int:
        """Of gunicorn's master, whose children serve."""
        assert self._process is not None, "not started"
        return self._process.pid

    def stop(self) -> int:
        """SIGTERM, as a host does; the exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        return self._process.wait(30)

    def kill(self) -> None:
        """kill -9 of all its processes."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def call(self, method: str, path: str, **options: Any) -> Answer:
        with requests.Session() as session:
            session.trust_env = False
            response = session.request(
                method, f"{self.url}{path}", allow_redirects=False, timeout=30, **options
            )
            return Answer(response.status_code, dict(response.headers), response.text)

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if self.call("GET", "/health").status == 200:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError(f"the bridge does not start: {self.log.read_text()[-2000:]}")


@dataclass(frozen=True, slots=True)
class Page:
    """A checkout page in widget mode, as the buyer's browser has it."""

    token: str
    ref: str
    answer: Answer


class Buyer:
    """A buyer's browser on one bridge."""

    def __init__(self, bridge: Caller) -> None:
        self.bridge = bridge

    def get(self, path: str, **options: Any) -> Answer:
        return self.bridge.call("GET", path, **options)

    def start(self, cart_id: str, **query: str) -> Page:
        """Open the payment page; fails the test where there is none."""
        answer = self.checkout(cart_id, **query)
        if answer.status != 200:
            raise AssertionError(f"no page: {answer.status} {answer.location} {answer.words[:300]}")
        widget = answer.page.find(id="PaylineWidget")
        cancel = answer.page.find("a", href=lambda href: bool(href) and "/cancel/" in href)
        return Page(str(widget["data-token"]), str(cancel["href"]).rsplit("/", 1)[1], answer)  # type: ignore[index]

    def checkout(self, cart_id: str, **query: str) -> Answer:
        return self.get(f"/checkout/{cart_id}?{'&'.join(f'{k}={v}' for k, v in query.items())}")

    def comes_back(self, page: Page, *, parameter: str = "paylinetoken") -> Answer:
        return self.get(f"/return/{page.ref}?{parameter}={page.token}")

    def cancels(self, page: Page) -> Answer:
        return self.get(f"/cancel/{page.ref}")

    def looks(self, page: Page, *, lang: str | None = None) -> Answer:
        """The result page, in the cart's language unless another one is asked for."""
        return self.get(f"/result/{page.ref}" + (f"?lang={lang}" if lang else ""))

    def notified(self, page: Page, *, token: str | None = None) -> Answer:
        """Monext's notification, which the test sends itself."""
        query = f"notificationType=WEBTRS&token={token or page.token}"
        return self.get(f"/notification/{page.ref}?{query}")


def hints(location: str) -> dict[str, str]:
    """The query of a landing URL."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
