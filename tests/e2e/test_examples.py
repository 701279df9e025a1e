"""The shops of `examples` make a cart, lead the buyer to the payment, and believe commercetools alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sandbox.own_shop import kept_in, shop_environment
from sandbox.runner import Sandbox
from tests.bridges import Gunicorn, free_port
from tests.e2e.storefronts import NAMES, Visitor, running, token_of, why_not
from tests.world import World

LINK_SECRET = "link-secret-for-tests-only"


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {name: free_port() for name in NAMES}


@pytest.fixture(scope="module")
def bridge(
    sandbox: Sandbox, ports: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gunicorn]:
    """A bridge that opens no cart without a proof."""
    log = tmp_path_factory.mktemp("bridge") / "log.jsonl"
    hosts = ",".join(f"localhost:{port}" for port in ports.values())
    started = Gunicorn(sandbox, log=log, CHECKOUT_ACCESS="signed", ALLOWED_URL_HOSTS=hosts)
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def shops(
    sandbox: Sandbox, bridge: Gunicorn, ports: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The addresses of the shops that can run here."""
    folder: Path = tmp_path_factory.mktemp("shops")
    environment = shop_environment(sandbox, link_secret=LINK_SECRET) | {"BRIDGE_URL": bridge.url}
    with kept_in(folder / "demo.env", environment), ExitStack() as stack:
        yield {
            name: stack.enter_context(
                running(name, port=port, environment_file=folder / "demo.env", log=folder / f"{name}.log")
            )
            for name, port in ports.items()
            if not why_not(name)
        }


@pytest.fixture(params=NAMES)
def visitor(request: pytest.FixtureRequest, shops: dict[str, str], bridge: Gunicorn, world: World) -> Visitor:
    """A buyer in front of one shop after the other; `world` leaves nothing of an earlier test."""
    name = request.param
    if name not in shops:
        pytest.skip(why_not(name))
    return Visitor(shop=shops[name], bridge=bridge)


@pytest.mark.parametrize("way", ["/pay", "/pay-by-session"])
def test_a_cart_is_paid_and_its_order_shown(visitor: Visitor, world: World, way: str) -> None:
    assert "CHAIR-OAK" in visitor.get("/").text
    cart = visitor.fills_a_cart(CHAIR_OAK="1", LAMP_SALE="2")
    assert "2 × Table lamp (sale)" in cart.text
    page = visitor.goes_to_pay(way)
    world.pay(token_of(page), outcome="accepted")
    landing = visitor.comes_back(page)
    assert landing.startswith(f"{visitor.shop}/thanks?")
    thanks = visitor.get(landing).text
    assert 'data-state="paid"' in thanks
    assert "2 × Table lamp (sale)" in thanks


def test_a_status_that_somebody_typed_is_not_believed(visitor: Visitor) -> None:
    visitor.fills_a_cart(CHAIR_OAK="1")
    page = visitor.get(
        "/thanks?status=paid&orderNumber=M123&paymentReference=00000000-0000-4000-8000-000000000000"
    )
    assert "data-state" not in page.text
    assert "Your cart" in page.text


def test_a_buyer_whose_card_is_declined_may_pay_again(visitor: Visitor, world: World) -> None:
    visitor.fills_a_cart(CHAIR_OAK="1")
    page = visitor.goes_to_pay("/pay")
    world.pay(token_of(page), outcome="refused")
    landing = visitor.comes_back(page)
    assert landing.startswith(f"{visitor.shop}/cart?")
    assert 'action="/pay"' in visitor.get(landing).text
    page = visitor.goes_to_pay("/pay")
    world.pay(token_of(page), outcome="accepted")
    assert 'data-state="paid"' in visitor.get(visitor.comes_back(page)).text


def test_nobody_is_asked_to_pay_what_is_being_processed(visitor: Visitor, world: World) -> None:
    visitor.fills_a_cart(CHAIR_OAK="1")
    page = visitor.goes_to_pay("/pay")
    world.pay(token_of(page), outcome="pending")
    visitor.comes_back(page)
    cart = visitor.get("/cart").text
    assert "do not pay again" in cart
    assert 'action="/pay"' not in cart


def test_a_cart_that_was_given_back_may_be_paid_again(visitor: Visitor, world: World) -> None:
    visitor.fills_a_cart(CHAIR_OAK="1")
    page = visitor.goes_to_pay("/pay")
    cart = page.url.split("/checkout/")[1].split("?")[0]
    world.add_one_item(cart)
    world.pay(token_of(page), outcome="accepted")
    visitor.comes_back(page)
    assert 'action="/pay"' in visitor.get("/cart").text


def test_another_buyers_cart_is_not_shown(visitor: Visitor, world: World) -> None:
    visitor.fills_a_cart(CHAIR_OAK="1")
    own = dict(visitor.browser.cookies)
    visitor.browser.cookies.clear()
    stranger = {name: value.replace(value[:36], world.cart()) for name, value in own.items()}
    visitor.browser.cookies.update(stranger)
    for path in ("/cart", "/thanks"):
        assert visitor.get(path).status_code == 404


def test_no_script_reads_the_cookie_and_no_other_site_sends_it_along(visitor: Visitor) -> None:
    answer = visitor.post("/cart", **{"quantity:CHAIR-OAK": "1", "email": "jean@example.com"})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("count", ["0", "-1", "1.5", "100", "two", ""])
def test_what_is_no_quantity_makes_no_cart(visitor: Visitor, count: str) -> None:
    assert visitor.post("/cart", **{"quantity:CHAIR-OAK": count}).status_code == 400


def test_no_secret_is_on_any_page(visitor: Visitor) -> None:
    pages = [visitor.get("/"), visitor.fills_a_cart(CHAIR_OAK="1"), visitor.post("/pay-by-session")]
    assert [page.url for page in pages if LINK_SECRET in page.text or "shop-secret" in page.text] == []
    assert LINK_SECRET not in visitor.post("/pay").headers["Location"]
