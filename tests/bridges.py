"""Runs the bridge under test, under gunicorn or inside the test process, and gives a buyer's browser for both."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import requests
from bs4 import BeautifulSoup
from flask import Flask

from monext_bridge.config import load_settings
from monext_bridge.runtime import MachineClock, utc_now
from monext_bridge.services import build_services
from monext_bridge.web import create_app
from monext_bridge.web.endpoints import RateLimit
from sandbox.bridge_settings import bridge_environment
from sandbox.runner import Sandbox
from tests.compiled_templates import CompiledTemplates
from tests.crashing import CrashSwitch, crashing_gateways
from tests.known_clock import KnownClock

ROOT = Path(__file__).resolve().parents[1]


TEMPLATES = CompiledTemplates()

METRICS_TOKEN = "metrics-token-of-the-tests"

NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


def environment(
    sandbox: Sandbox, *, port: int = 8000, variables: Mapping[str, str] = NO_VARIABLES, **more: str
) -> dict[str, str]:
    """Give the bridge's environment variables for the sandbox, with `variables` and `more` in place of its own.

    An empty value removes a variable.

    Reconciliation in the web process is off: a test that needs reconciliation starts it.
    """
    base = bridge_environment(sandbox, port=port, access="open", link_secret="link-secret-for-tests-only")
    own = {
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "RECONCILE_IN_WEB": "off",
        "METRICS_TOKEN": METRICS_TOKEN,
    }
    merged = base | own | {**variables, **more}
    return {name: value for name, value in merged.items() if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer that a browser or an API client got. Redirects are not followed."""

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
    def visible_text(self) -> str:
        """The visible text; each run of white space is one space, and there is none before a full stop."""
        return " ".join(self.page.get_text(" ").split()).replace(" .", ".")


class AnyBridge(Protocol):
    """Any bridge that a test can send requests to."""

    def call(self, method: str, path: str, **options: Any) -> Answer: ...


def ample_limits(limit: RateLimit) -> RateLimit:
    """Allow a thousand times the usual: a test is one client that does in a minute what thousands do."""
    return replace(limit, amount=1000 * limit.amount)


class InProcess:
    """The bridge inside the test process; it talks to the sandbox over real HTTP.

    A test may pass its own `limits`, a `crash_switch` that kills this bridge at one of its calls, and environment
    variables as `environment` takes them. With a `machine_clock`, only the clock of its machine is another. With a
    `clock`, it lives at another time altogether: its records go by that clock too, whatever commercetools says.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        clock: MachineClock | None = None,
        machine_clock: MachineClock = utc_now,
        limits: Callable[[RateLimit], RateLimit] = ample_limits,
        crash_switch: CrashSwitch | None = None,
        variables: Mapping[str, str] = NO_VARIABLES,
        **more: str,
    ) -> None:
        self.settings = load_settings(environment(sandbox, variables={**variables, **more}))
        commercetools, monext = crashing_gateways(
            self.settings.commercetools, crash_switch or CrashSwitch(), machine_clock=machine_clock
        )
        self.services = build_services(
            self.settings,
            commercetools=commercetools,
            monext=monext,
            machine_clock=clock or machine_clock,
            record_clock=KnownClock(clock) if clock else None,
        )
        self.app: Flask = create_app(self.settings, services=self.services, limits=limits)
        self.app.jinja_env.bytecode_cache = TEMPLATES

    def call(self, method: str, path: str, **options: Any) -> Answer:
        with self.app.test_client().open(path, method=method, **options) as response:
            return Answer(response.status_code, dict(response.headers), response.get_data(as_text=True))


class Gunicorn:
    """The bridge under gunicorn, as in production, with `workers` processes. Its log goes to a file."""

    def __init__(
        self, sandbox: Sandbox, *, log: Path, workers: int = 1, app: str = "app:app", **changes: str
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log, self._app = log, app
        self._environment = environment(
            sandbox, port=self.port, variables={"WEB_CONCURRENCY": str(workers), **changes}
        )
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
        """The process id of gunicorn's master; its children serve the requests."""
        assert self._process is not None, "not started"
        return self._process.pid

    def stop(self) -> int:
        """Stop it with SIGTERM, as a host does, and give the exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        return self._process.wait(60)

    def kill(self) -> None:
        """Kill all its processes with SIGKILL."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def call(self, method: str, path: str, **options: Any) -> Answer:
        with requests.Session() as session:
            session.trust_env = False
            response = session.request(
                method, f"{self.url}{path}", allow_redirects=False, timeout=60, **options
            )
            return Answer(response.status_code, dict(response.headers), response.text)

    def _wait(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                if self.call("GET", "/health").status == 200:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError(f"the bridge does not start: {self.log.read_text()[-2000:]}")


@dataclass(frozen=True, slots=True)
class Page:
    """A checkout page in widget mode: its session token, its payment reference and the answer itself."""

    token: str
    ref: str
    answer: Answer


class Buyer:
    """Sends the requests that a buyer's browser sends to one bridge."""

    def __init__(self, bridge: AnyBridge) -> None:
        self.bridge = bridge

    def get(self, path: str, **options: Any) -> Answer:
        return self.bridge.call("GET", path, **options)

    def start(self, cart_id: str, **query: str) -> Page:
        """Open the payment page. Fails the test where no page is shown."""
        answer = self.checkout(cart_id, **query)
        if answer.status != 200:
            raise AssertionError(f"no page: {answer.status} {answer.location} {answer.visible_text[:300]}")
        widget = answer.page.find(id="PaylineWidget")
        cancel = answer.page.find("a", href=lambda href: bool(href) and "/cancel/" in href)
        return Page(str(widget["data-token"]), str(cancel["href"]).rsplit("/", 1)[1], answer)  # type: ignore[index]

    def checkout(self, cart_id: str, **query: str) -> Answer:
        return self.get(f"/checkout/{cart_id}?{'&'.join(f'{k}={v}' for k, v in query.items())}")

    def comes_back(self, page: Page, *, parameter: str = "paylinetoken") -> Answer:
        return self.get(f"/return/{page.ref}?{parameter}={page.token}")

    def cancels(self, page: Page) -> Answer:
        return self.get(f"/cancel/{page.ref}")

    def opens_result(self, page: Page, *, lang: str | None = None) -> Answer:
        """Open the result page, in the cart's language unless `lang` names another one."""
        return self.get(f"/result/{page.ref}" + (f"?lang={lang}" if lang else ""))

    def notification_arrives(self, page: Page, *, token: str | None = None) -> Answer:
        """Send Monext's notification of the page's session, as Monext would."""
        query = f"notificationType=WEBTRS&token={token or page.token}"
        return self.get(f"/notification/{page.ref}?{query}")


def landing_parameters(location: str) -> dict[str, str]:
    """Give the query parameters of the shop's landing URL."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
