"""Runs the shops of `examples`, each by the command of its own README, and is a buyer in front of one."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag

from tests.bridges import ROOT, Gunicorn

EXAMPLES = ROOT / "examples"
NAMES = ("node", "python")
OLDEST_NODE = (20, 6)
"""The first version with `--env-file`."""

ADDRESS = {
    "firstName": "Jean",
    "lastName": "Dupont",
    "email": "jean.dupont@example.com",
    "streetName": "12 rue de la Paix",
    "postalCode": "75002",
    "city": "Paris",
}


def why_not(name: str) -> str:
    """Give the reason for which a shop can't run here; empty where it can."""
    if name != "node":
        return ""
    node = shutil.which("node")
    version = (
        subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout if node else ""
    )
    found = tuple(int(part) for part in version.strip().removeprefix("v").split(".")[:2] if part)
    return "" if found >= OLDEST_NODE else "needs node 20.6 or newer on the PATH"


def command_of(name: str, *, environment_file: Path) -> list[str]:
    """Give the command of the shop's README, with this file and this Python in it."""
    (text,) = re.findall(r"```sh\n(.*?)\n```", (EXAMPLES / name / "README.md").read_text(), re.DOTALL)
    words = shlex.split(text.replace("build/demo.env", str(environment_file)))
    return [sys.executable, "-m", "flask", *words[1:]] if words[0] == ".venv/bin/flask" else words


@contextmanager
def running(name: str, *, port: int, environment_file: Path, log: Path) -> Iterator[str]:
    """The shop on a port, as its own process; gives its address."""
    url = f"http://localhost:{port}"
    own = {"PATH": os.environ["PATH"], "PORT": str(port), "FLASK_RUN_PORT": str(port), "SHOP_URL": url}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command_of(name, environment_file=environment_file),
            cwd=ROOT,
            env=own,
            stdout=output,
            stderr=output,
        )
    try:
        _wait(url, log=log)
        yield url
    finally:
        process.terminate()
        process.wait(60)


def _wait(url: str, *, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=60)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the shop does not start: {log.read_text()[-2000:]}")


@dataclass
class Visitor:
    """A buyer's browser in front of a shop and the bridge. Redirects are followed one by one, by the test."""

    shop: str
    bridge: Gunicorn
    browser: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.browser.trust_env = False

    def get(self, url: str) -> requests.Response:
        return self.browser.get(urljoin(self.shop, url), allow_redirects=False, timeout=60)

    def post(self, url: str, **form: str) -> requests.Response:
        return self.browser.post(urljoin(self.shop, url), data=form, allow_redirects=False, timeout=60)

    def fills_a_cart(self, **quantities: str) -> requests.Response:
        """Put goods into a new cart and give the cart's page."""
        chosen = {f"quantity:{sku.replace('_', '-')}": count for sku, count in quantities.items()}
        answer = self.post("/cart", **ADDRESS, **chosen)
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"])

    def goes_to_pay(self, way: str) -> requests.Response:
        """Press a button of the cart's page and give the bridge's page, by a link or by the form of a session."""
        answer = self.post(way)
        if answer.status_code == 200:
            form = BeautifulSoup(answer.text, "html.parser").select_one("form")
            assert form is not None
            fields = {str(each["name"]): str(each["value"]) for each in form.select("input")}
            answer = self.post(str(form["action"]), **fields)
        assert answer.status_code == 303, answer.text
        page = self.get(urljoin(self.bridge.url, answer.headers["Location"]))
        assert page.status_code == 200, page.text[:500]
        return page

    def comes_back(self, page: requests.Response) -> str:
        """Come back from Monext's form on the bridge's page; gives where the bridge leads to."""
        answer = self.get(f"{self.bridge.url}/return/{reference_of(page)}?paylinetoken={token_of(page)}")
        assert answer.status_code == 303
        return answer.headers["Location"]


def token_of(page: requests.Response) -> str:
    return str(_found(page, "#PaylineWidget")["data-token"])


def reference_of(page: requests.Response) -> str:
    return str(_found(page, 'a[href*="/cancel/"]')["href"]).rsplit("/", 1)[1]


def _found(page: requests.Response, selector: str) -> Tag:
    found = BeautifulSoup(page.text, "html.parser").select_one(selector)
    assert found is not None, page.text[:500]
    return found
