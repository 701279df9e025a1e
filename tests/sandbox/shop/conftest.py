from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup

from sandbox.commercetools.seed import cart_id
from sandbox.faults import OBSERVER
from sandbox.runner import Sandbox

BRIDGE = "http://bridge.example"


@dataclass(frozen=True)
class Browser:
    """Somebody who looks at the shop's pages, and somebody who looks into commercetools."""

    sandbox: Sandbox

    def get(self, path: str, /, **query: str) -> requests.Response:
        url = f"{self.sandbox.shop_url}{path}"
        return requests.get(url, params=query, timeout=60, allow_redirects=False)

    def post(self, path: str, /, **form: str) -> requests.Response:
        url = f"{self.sandbox.shop_url}{path}"
        return requests.post(url, data=form, timeout=60, allow_redirects=False)

    def page(self, path: str, /, **query: str) -> BeautifulSoup:
        response = self.get(path, **query)
        assert response.status_code == 200, response.text
        return BeautifulSoup(response.text, "html.parser")

    def project(
        self, path: str, *, json: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """The commercetools API, by the first API client: GET, or POST where there is a body."""
        url = self.sandbox.commercetools_url
        token = requests.post(
            f"{url}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=("bridge", "bridge-secret"),
            headers={OBSERVER: "test"},
            timeout=60,
        ).json()["access_token"]
        response = requests.request(
            "GET" if json is None else "POST",
            f"{url}/sandbox/{path}",
            json=json,
            headers={"Authorization": f"Bearer {token}", OBSERVER: "test", **(headers or {})},
            timeout=60,
        )
        assert response.ok, response.text
        document: dict[str, Any] = response.json()
        return document


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(bridge_url=BRIDGE, link_secret="link-secret") as sandbox:
        yield sandbox


@pytest.fixture
def browser(running: Sandbox) -> Browser:
    running.reset()
    return Browser(running)


@pytest.fixture
def guest_cart() -> str:
    return cart_id("guest")


def paid(browser: Browser, *, cart: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A payment with a successful charge and the order of the cart, as a bridge leaves them."""
    document = browser.project(f"carts/{cart}")
    amount = {"centAmount": document["totalPrice"]["centAmount"], "currencyCode": "EUR"}
    payment = browser.project(
        "payments",
        json={
            "amountPlanned": amount,
            "interfaceId": "session-token",
            "paymentMethodInfo": {"paymentInterface": "monext", "method": "CB"},
            "transactions": [
                {
                    "type": "Charge",
                    "state": "Success",
                    "amount": amount,
                    "timestamp": "2026-11-23T09:05:07.000Z",
                    "interactionId": "session-token",
                    "interfaceId": "monext-transaction",
                }
            ],
        },
    )
    action = {"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}}
    changed = browser.project(f"carts/{cart}", json={"version": document["version"], "actions": [action]})
    order = browser.project(
        "orders",
        json={
            "cart": {"typeId": "cart", "id": cart},
            "version": changed["version"],
            "orderNumber": "MTEST1",
            "paymentState": "Paid",
        },
    )
    return payment, order
