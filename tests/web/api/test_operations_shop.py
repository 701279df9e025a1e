"""What shops and the Merchant Center ask of the operations API: links, configuration, status, components."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.services.api_clients import Tokens
from tests.web.back_office import UNKNOWN_ID, BackOfficeClient, error_detail
from tests.web.paid_orders import PaidCart
from tests.world import World


@pytest.fixture
def office(in_process: InProcess, world: World) -> BackOfficeClient:
    return BackOfficeClient(in_process, world.back_office_token())


def test_a_checkout_link_opens_its_cart_and_no_other(sandbox: Sandbox, world: World) -> None:
    bridge = InProcess(sandbox, CHECKOUT_ACCESS="signed")
    cart, other = world.cart(), world.cart()
    answer = BackOfficeClient(bridge, world.back_office_token()).checkout_link(
        cartId=cart, mode="redirect", language="de"
    )
    link = json.loads(answer.text)
    assert answer.status == 201
    assert link["url"].startswith(f"{bridge.settings.public_url}/checkout/{cart}?")
    path = link["url"].removeprefix(bridge.settings.public_url)
    page = bridge.call("GET", path)
    assert page.status == 200
    assert page.page.find(id="continue")
    assert bridge.call("GET", path.replace(cart, other)).status == 403
    assert bridge.call("GET", f"/checkout/{cart}").status == 403


def test_a_checkout_link_ends_when_it_says(in_process: InProcess, office: BackOfficeClient) -> None:
    now = in_process.services.machine_clock().timestamp()
    link = json.loads(office.checkout_link(cartId=UNKNOWN_ID, expiresIn=60).text)
    assert 58 <= link["expires"] - now <= 61
    assert parse_qs(urlsplit(link["url"]).query)["expires"] == [str(link["expires"])]


LINKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no cart": ({}, "RequiredField", "cartId"),
    "malformed cart": ({"cartId": "../payments"}, "InvalidField", "cartId"),
    "unknown mode": ({"mode": "popup"}, "InvalidField", "mode"),
    "malformed language": ({"language": "fr&mode=direct"}, "InvalidField", "language"),
    "too short": ({"expiresIn": 59}, "InvalidField", "expiresIn"),
    "too long": ({"expiresIn": 30 * 24 * 3600 + 1}, "InvalidField", "expiresIn"),
    "text": ({"expiresIn": "3600"}, "InvalidField", "expiresIn"),
    "unknown member": ({"returnUrl": "https://evil.example.com"}, "InvalidField", "returnUrl"),
}


@pytest.mark.parametrize(("members", "code", "field"), LINKS.values(), ids=LINKS)
def test_a_malformed_wish_for_a_link_is_refused(
    members: dict[str, Any], code: str, field: str, office: BackOfficeClient
) -> None:
    wanted = members if code == "RequiredField" else {"cartId": UNKNOWN_ID} | members
    answer = office.checkout_link(**wanted)
    detail = error_detail(answer)
    assert (answer.status, detail["code"], detail["field"]) == (400, code, field)


def config(bridge: InProcess, session_id: str) -> Any:
    answer = bridge.call("GET", "/operations/config", headers={"X-Session-Id": session_id})
    return json.loads(answer.text)


@pytest.mark.parametrize(("situation", "methods"), [("guest", ["CB", "AMEX"]), ("german-store", ["PAYPAL"])])
def test_the_config_is_that_of_the_carts_store_only(
    situation: str, methods: list[str], sandbox: Sandbox, world: World
) -> None:
    contracts = {"fr-store": {"CB": "C1", "AMEX": "C2"}, "de-store": {"PAYPAL": "C3"}}
    bridge = InProcess(sandbox, MONEXT_PAYMENT_METHOD_IDS=json.dumps(contracts))
    assert config(bridge, world.session(world.cart(situation))) == {
        "environment": "HOMOLOGATION",
        "mode": "widget",
        "widget": {
            "script": f"{sandbox.monext_url}/cdn/scripts/widget-min.js",
            "style": f"{sandbox.monext_url}/cdn/styles/widget-min.css",
        },
        "paymentMethods": methods,
    }


@pytest.mark.parametrize("headers", [{}, {"X-Session-Id": "unknown"}, {"X-Session-Id": "../carts"}])
def test_the_config_needs_an_active_session(headers: dict[str, str], in_process: InProcess) -> None:
    answer = in_process.call("GET", "/operations/config", headers=headers)
    assert (answer.status, refused_with_words(answer.text)) == (401, "invalid_token")


def refused_with_words(text: str) -> str:
    body = json.loads(text)
    assert body["error_description"] == body["message"]
    return str(body["error"])


def test_the_config_of_a_store_that_no_setting_names_is_503(in_process: InProcess, world: World) -> None:
    cart = world.cart(store=None)
    answer = in_process.call("GET", "/operations/config", headers={"X-Session-Id": world.session(cart)})
    assert (answer.status, error_detail(answer)["code"]) == (503, "General")


@pytest.fixture
def merchant_center(sandbox: Sandbox) -> dict[str, str]:
    return {"Authorization": f"Bearer {Tokens(sandbox).jwt()}"}


DOWN = {(): "OK", ("monext",): "Partially Available", ("commercetools", "monext"): "Unavailable"}


@pytest.mark.parametrize("down", DOWN, ids=DOWN.values())
def test_the_status_tells_each_remote(
    down: tuple[str, ...], sandbox: Sandbox, world: World, merchant_center: dict[str, str]
) -> None:
    bridge = InProcess(sandbox)
    for remote in down:
        world.fault(remote, action="status", code=503, path="^(?!.*jwks)", times=0)
    answer = bridge.call("GET", "/operations/status", headers=merchant_center)
    body = json.loads(answer.text)
    assert (answer.status, body["status"]) == (200, DOWN[down])
    assert {check["name"]: check["status"] for check in body["checks"]} == {
        remote: "DOWN" if remote in down else "UP" for remote in ("commercetools", "monext")
    }
    assert body["version"]
    assert body["timestamp"].endswith("Z")
    assert body["metadata"]


def test_the_components_are_the_hosted_page_and_the_widget(
    in_process: InProcess, merchant_center: dict[str, str]
) -> None:
    answer = in_process.call("GET", "/operations/payment-components", headers=merchant_center)
    assert json.loads(answer.text) == {
        "dropins": [{"type": "hpp"}, {"type": "embedded"}],
        "components": [],
        "express": [],
    }


def test_a_payment_that_is_given_back_is_told_once_and_then_another_one_begins(
    in_process: InProcess, world: World
) -> None:
    cart = world.cart()
    headers = {"X-Session-Id": world.session(cart)}
    first = json.loads(in_process.call("POST", "/payment", json={}, headers=headers).text)
    world.add_one_item(cart)
    world.pay(first["sessionId"], outcome="accepted")

    answer = in_process.call("POST", "/payment", json={}, headers=headers)
    assert (answer.status, error_detail(answer)["code"]) == (409, "InvalidOperation")
    assert f"is given back: {first['paymentReference']};" in error_detail(answer)["message"]
    again = json.loads(in_process.call("POST", "/payment", json={}, headers=headers).text)
    assert again["paymentReference"] != first["paymentReference"]


def test_a_payment_that_is_there_already_is_named(in_process: InProcess, world: World, buyer: Buyer) -> None:
    paid = PaidCart(world, buyer, "guest")
    headers = {"X-Session-Id": world.session(paid.cart)}

    answer = in_process.call("POST", "/payment", json={}, headers=headers)
    assert answer.status == 409
    assert error_detail(answer)["message"].endswith(f"has a payment already: {paid.id}")
