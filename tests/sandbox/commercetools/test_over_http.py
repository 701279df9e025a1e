"""The stand-in behind a real port, as clients meet it."""

from collections.abc import Iterator

import pytest
import requests

from sandbox.commercetools import create_app
from sandbox.commercetools.seed import cart_id
from sandbox.serving import Server


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = Server(create_app())
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def http(url: str) -> Iterator[requests.Session]:
    form = {"grant_type": "client_credentials", "scope": "manage_project:sandbox"}
    token = requests.post(
        f"{url}/oauth/token", data=form, auth=("bridge", "bridge-secret"), timeout=60
    ).json()
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield session


def test_cart_is_paid_and_ordered(url: str, http: requests.Session) -> None:
    project = f"{url}/sandbox"
    cart = http.get(f"{project}/carts/{cart_id('guest')}", timeout=60).json()
    draft = {"key": "over-http", "amountPlanned": cart["taxedPrice"]["totalGross"]}
    payment = http.post(f"{project}/payments", json=draft, timeout=60).json()
    add = {"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}}
    body = {"version": cart["version"], "actions": [add]}
    paid = http.post(f"{project}/carts/{cart['id']}", json=body, timeout=60).json()
    named = {"cart": {"typeId": "cart", "id": cart["id"]}, "version": paid["version"], "orderNumber": "H-1"}

    order = http.post(f"{project}/orders", json=named, timeout=60)

    assert order.status_code == 201
    found = http.get(
        f"{project}/orders/order-number=H-1", params={"expand": "paymentInfo.payments[*]"}, timeout=60
    )
    assert found.json()["paymentInfo"]["payments"][0]["obj"]["key"] == "over-http"


def test_query_with_variables_travels_in_the_url(url: str, http: requests.Session) -> None:
    query = {"where": "id = :id", "var.id": cart_id("exotic")}

    found = http.get(f"{url}/sandbox/carts", params=query, timeout=60).json()

    assert [cart["key"] for cart in found["results"]] == ["cart-exotic"]


def test_refusals_carry_json_and_correlation_id(url: str) -> None:
    answer = requests.get(f"{url}/sandbox/carts", headers={"X-Correlation-ID": "c-1"}, timeout=60)

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == "invalid_token"
    assert answer.headers["X-Correlation-ID"] == "c-1"
