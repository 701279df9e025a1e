"""A start by a form: the same as by a link, and no session or signature stands in any address."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, Gunicorn, InProcess
from tests.signed_links import signed, signed_all
from tests.world import World


@pytest.fixture(scope="module")
def by_proof(sandbox: Sandbox) -> Buyer:
    return Buyer(InProcess(sandbox, CHECKOUT_ACCESS="session"))


def send(buyer: Buyer, cart: str, form: dict[str, str], **more: object) -> Answer:
    return buyer.bridge.call("POST", f"/checkout/{cart}", data=form, **more)


def proofs(cart: str, world: World) -> list[dict[str, str]]:
    return [{"session": world.session(cart)}, signed(cart), signed_all(cart, {"lang": "de"})]


def test_a_form_leads_to_a_page_without_a_proof_in_its_address(by_proof: Buyer, world: World) -> None:
    for number in range(3):
        cart = world.cart()
        answer = send(by_proof, cart, proofs(cart, world)[number])
        location = urlsplit(answer.location)
        assert (answer.status, location.path) == (303, f"/checkout/{cart}")
        assert set(parse_qs(location.query)) == {"ref"}
        page = by_proof.get(answer.location)
        assert page.status == 200
        assert page.page.find(id="PaylineWidget")["data-token"] == world.payment(cart)["interfaceId"]  # type: ignore[index]


def test_the_page_after_a_form_is_in_the_language_of_the_form(by_proof: Buyer, world: World) -> None:
    cart = world.cart()
    page = by_proof.get(send(by_proof, cart, signed_all(cart, {"lang": "de-AT"})).location)
    assert page.page.html["lang"] == "de"  # type: ignore[index]
    assert world.session_request(world.payment(cart)["interfaceId"])["languageCode"] == "DE"


def test_a_form_may_choose_another_page_than_the_usual(by_proof: Buyer, world: World) -> None:
    cart = world.cart()
    page = by_proof.get(send(by_proof, cart, {**signed(cart), "mode": "redirect"}).location)
    assert page.page.find(id="continue")


def test_direct_mode_leads_straight_to_monext(by_proof: Buyer, world: World) -> None:
    cart = world.cart()
    answer = send(by_proof, cart, {**signed(cart), "mode": "direct"})
    assert (answer.status, "/v2/?token=" in answer.location) == (303, True)


def test_a_cart_that_is_paid_leads_to_its_result(by_proof: Buyer, world: World) -> None:
    cart = world.cart()
    page = by_proof.start(cart, **signed(cart))
    world.pay(page.token, outcome="accepted")
    by_proof.comes_back(page)
    answer = send(by_proof, cart, signed(cart))
    assert (answer.status, answer.location.startswith("/result/")) == (303, True)


def test_a_form_that_is_sent_twice_opens_one_session(gunicorn: Gunicorn, world: World) -> None:
    cart = world.cart()
    with ThreadPoolExecutor(4) as clicks:
        answers = list(clicks.map(lambda _: send(Buyer(gunicorn), cart, {"lang": "fr"}), range(4)))
    assert len({answer.location for answer in answers}) == 1
    assert len(world.payments(cart)) == 1


def test_a_form_of_whatever_page_is_taken(by_proof: Buyer, world: World) -> None:
    """There are no cookies, so no page can use another's: who has the proof may as well open a link."""
    cart = world.cart()
    headers = {"Origin": "https://anybody.example", "Sec-Fetch-Site": "cross-site"}
    assert send(by_proof, cart, signed(cart), headers=headers).status == 303


def test_the_form_alone_counts(by_proof: Buyer, world: World) -> None:
    cart = world.cart()
    query = "&".join(f"{name}={value}" for name, value in signed(cart).items())
    assert by_proof.bridge.call("POST", f"/checkout/{cart}?{query}").status == 403


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"mode": "popup"}, 400),
        ({"method": "CASH"}, 400),
        ({"returnUrl": "https://evil.example/"}, 400),
        ({"ref": "e30"}, 400),
        ({"ref": "e30." + "A" * 43}, 403),
        ({"signature": "0" * 64}, 403),
        ({"session": "../project"}, 403),
        ({"expires": "1"}, 403),
    ],
)
def test_a_form_is_refused_like_a_link(
    changes: dict[str, str], status: int, by_proof: Buyer, world: World
) -> None:
    cart = world.cart()
    form = signed(cart) | changes
    world.forget_calls()
    assert send(by_proof, cart, form).status == by_proof.checkout(cart, **form).status == status
    assert world.calls("commercetools") == []


@pytest.mark.parametrize(("situation", "status"), [("empty", 409), ("other-store", 503)])
def test_a_cart_is_refused_like_by_a_link(situation: str, status: int, by_proof: Buyer, world: World) -> None:
    cart = world.cart(situation)
    assert send(by_proof, cart, signed(cart)).status == status
    assert world.calls("monext") == []


def test_a_refused_form_is_told_in_its_language(by_proof: Buyer, world: World) -> None:
    cart = world.cart()
    answer = send(by_proof, cart, signed(cart, expires=1) | {"lang": "de"})
    assert "Dieser Link ist abgelaufen" in answer.visible_text
    assert not answer.page.select("#retry")


def test_what_a_browser_fetches_ahead_starts_nothing(by_proof: Buyer, world: World) -> None:
    cart = world.cart()
    assert send(by_proof, cart, signed(cart), headers={"Sec-Purpose": "prefetch"}).status == 503
    assert world.payments(cart) == []
