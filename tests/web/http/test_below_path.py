"""Below a path of PUBLIC_URL everything works, with a proxy that strips the path and with one that does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from monext_bridge.errors import SettingsError
from monext_bridge.web import create_app
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, InProcess
from tests.settings_environment import settings_with
from tests.world import World

ORIGIN, PATH = "http://localhost:8000", "/shop/pay"
HEADERS = re.compile(r"(?:url=|=\"|report-uri )(/[^\s\";]*)")
LINKS = ("href", "src", "action", "data-redirect", "data-result", "data-refresh")


class Proxy:
    """Stands before a bridge at ORIGIN + PATH, strips the path or not, and notes each address that is written."""

    def __init__(self, sandbox: Sandbox, *, strips: bool, **variables: str) -> None:
        variables = {"PUBLIC_URL": f"{ORIGIN}{PATH}", "SHOP_COLORS": '{"accent": "#0b6e4f"}', **variables}
        self.bridge, self._strips = InProcess(sandbox, variables=variables), strips
        self.written: set[str] = set()

    def call(self, method: str, path: str, **options: Any) -> Answer:
        below = path if path.startswith(f"{PATH}/") else f"{PATH}{path}"
        answer = self.bridge.call(method, below.removeprefix(PATH) if self._strips else below, **options)
        self.written.update(_addresses(answer))
        return answer

    def strays(self) -> list[str]:
        """Give the addresses of this host that do not lie below the path."""
        return sorted(each for each in self.written if not each.startswith(f"{PATH}/"))


def _addresses(answer: Answer) -> Iterator[str]:
    """Give the paths on this host that an answer leads to or loads."""
    named = [value for name, value in answer.headers.items() for value in HEADERS.findall(f"{name} {value}")]
    links = [str(tag[name]) for name in LINKS for tag in answer.page.select(f"[{name}]")]
    for each in (*named, *links, answer.location):
        if each.startswith(ORIGIN):
            yield urlsplit(each).path
        elif each.startswith("/"):
            yield each


@pytest.fixture(params=[True, False], ids=["stripped", "whole"])
def proxy(request: pytest.FixtureRequest, sandbox: Sandbox) -> Proxy:
    return Proxy(sandbox, strips=request.param, RETURN_URL="", CANCEL_URL="")


def test_a_payment_stays_below_the_path_from_its_page_to_its_result(proxy: Proxy, world: World) -> None:
    buyer, cart = Buyer(proxy), world.cart()
    page = buyer.start(cart)
    request = world.session_request(page.token)
    assert urlsplit(request["returnURL"]).path == f"{PATH}/return/{page.ref}"
    assert urlsplit(request["notificationURL"]).path == f"{PATH}/notification/{page.ref}"
    world.pay(page.token, outcome="pending")
    assert buyer.notification_arrives(page).status == 200
    waiting = buyer.get(buyer.comes_back(page).location)
    assert waiting.status == 200
    world.resolve(page.token, "accepted")
    assert buyer.get(buyer.comes_back(page).location).status == 200
    assert proxy.strays() == []
    assert len(proxy.written) > 3


def test_all_that_pages_link_to_and_load_is_there(proxy: Proxy, world: World) -> None:
    buyer = Buyer(proxy)
    page = buyer.start(world.cart())
    buyer.checkout(world.cart(), mode="redirect")
    buyer.cancels(page)
    buyer.opens_result(page)
    buyer.get("/checkout/not-a-cart")
    buyer.get("/nowhere")
    buyer.get("/docs")
    assert proxy.strays() == []
    assert {
        each: status
        for each in sorted(proxy.written)
        if (status := buyer.get(each).status) not in (200, 303, 405)
    } == {}


def test_made_links_lead_below_the_path(proxy: Proxy, world: World) -> None:
    token = {"Authorization": f"Bearer {world.back_office_token()}"}
    answer = proxy.call("POST", "/operations/checkout-links", json={"cartId": world.cart()}, headers=token)
    assert f'"url":"{ORIGIN}{PATH}/checkout/' in answer.text.replace(" ", "")


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "/.well-known/security.txt", f"{PATH}/health"])
def test_addresses_are_served_with_and_without_the_path(path: str, sandbox: Sandbox) -> None:
    proxy = Proxy(sandbox, strips=False, SECURITY_CONTACT="mailto:security@shop.example")
    assert proxy.bridge.call("GET", path).status == 200


@pytest.mark.parametrize("path", ["/shop/payment-pages/health", "/shop", "/shop/pay", "/shop/payx"])
def test_what_only_looks_like_the_path_is_not_there(path: str, sandbox: Sandbox) -> None:
    assert Proxy(sandbox, strips=False).bridge.call("GET", path).status == 404


def test_http_is_led_to_the_same_address_below_the_path(sandbox: Sandbox) -> None:
    for strips in (True, False):
        proxy = Proxy(sandbox, strips=strips, PUBLIC_URL="https://shop.example/shop/pay", TRUSTED_PROXIES="1")
        answer = proxy.call("GET", "/docs?a=b", headers={"X-Forwarded-Proto": "http"})
        assert answer.location == "https://shop.example/shop/pay/docs?a=b"


@pytest.mark.parametrize("path", ["/checkout", "/return/x", "/operations", "/static"])
def test_a_path_like_our_own_addresses_is_a_fault_at_start(path: str) -> None:
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        create_app(settings_with(PUBLIC_URL=f"https://shop.example{path}"))
