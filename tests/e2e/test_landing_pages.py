"""The landing pages of a start are kept in the payment's record, beside the text of its status."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from itsdangerous import URLSafeSerializer

from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, InProcess, Page, landing_parameters
from tests.world import World

KEY = "a-secret-key-of-the-landing-tests"


def on(sandbox: Sandbox, path: str) -> str:
    return f"{sandbox.shop_url}/{path}"


def asked(**pages: str) -> dict[str, str]:
    return {name: quote(url, safe="") for name, url in pages.items()}


def text(world: World, cart: str) -> str:
    return str(world.payment(cart)["paymentStatus"]["interfaceText"])


def page_of(answer: Answer) -> str:
    """The landing page that a browser is sent to, without the hints."""
    return answer.location.partition("?")[0]


def pay(world: World, page: Page) -> None:
    world.pay(page.token, outcome="accepted")


def test_the_last_start_s_pages_win_in_the_same_session(buyer: Buyer, world: World, sandbox: Sandbox) -> None:
    cart = world.cart()
    first = buyer.start(cart, **asked(returnUrl=on(sandbox, "thanks-1"), cancelUrl=on(sandbox, "basket-1")))
    again = buyer.start(cart, **asked(returnUrl=on(sandbox, "thanks-2")))
    assert (again.token, again.ref) == (first.token, first.ref)
    assert text(world, cart).split("\n")[1] == f"Start: returnUrl={on(sandbox, 'thanks-2')}"
    pay(world, first)
    assert page_of(buyer.comes_back(first)) == on(sandbox, "thanks-2")


ELEVEN = [f"thanks-{number}" for number in range(11)]
"""One more than the sessions that a cart may have alive at a time."""


def test_eleven_landing_pages_are_one_session(buyer: Buyer, world: World, sandbox: Sandbox) -> None:
    cart = world.cart()
    pages = [buyer.start(cart, **asked(returnUrl=on(sandbox, each))) for each in ELEVEN]
    assert len({page.token for page in pages}) == 1
    assert sessions_opened(world) == len(world.payments(cart)) == 1


@pytest.mark.parametrize("path", ["/payment", "/checkout"])
def test_eleven_landing_pages_of_eleven_shop_sessions_are_one_session(
    path: str, in_process: InProcess, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    for each in ELEVEN:
        session = world.session(cart, metadata={"merchantReturnUrl": on(sandbox, each)})
        if path == "/payment":
            answer = in_process.call("POST", path, json={}, headers={"X-Session-Id": session})
        else:
            answer = in_process.call("GET", f"/checkout/{cart}?session={session}")
        assert answer.status == 200
    assert sessions_opened(world) == len(world.payments(cart)) == 1


def sessions_opened(world: World) -> int:
    return len(
        [
            c
            for c in world.calls("monext")
            if (c["method"], c["path"]) == ("POST", "/v1/checkout/payments/sessions")
        ]
    )


def test_a_start_that_names_none_changes_none(buyer: Buyer, world: World, sandbox: Sandbox) -> None:
    cart = world.cart()
    buyer.start(cart, **asked(cancelUrl=on(sandbox, "basket")))
    page = buyer.start(cart)
    assert page_of(buyer.cancels(page)) == on(sandbox, "basket")


def test_every_later_write_keeps_the_pages(buyer: Buyer, world: World, sandbox: Sandbox) -> None:
    cart = world.cart()
    page = buyer.start(cart, **asked(returnUrl=on(sandbox, "thanks-1")))
    before, note = text(world, cart).split("\n")
    assert before.startswith("http")
    world.pay(page.token, outcome="pending")
    buyer.notification_arrives(page)
    assert text(world, cart).split("\n")[1] == note
    world.resolve(page.token, "accepted")
    assert page_of(buyer.comes_back(page)) == on(sandbox, "thanks-1")
    said, kept = text(world, cart).split("\n")
    assert (said.partition(":")[0], kept) == ("ACCEPTED", note)


def test_the_stores_own_pages_are_not_noted(buyer: Buyer, world: World, sandbox: Sandbox) -> None:
    cart = world.cart()
    own = asked(returnUrl=on(sandbox, "thanks"), cancelUrl=on(sandbox, "cancelled"))
    buyer.start(cart, **own)
    assert "\n" not in text(world, cart)
    buyer.start(cart, **asked(returnUrl=on(sandbox, "thanks-1")))
    buyer.start(cart, **own)
    assert "\n" not in text(world, cart)


def test_pages_that_were_lost_are_the_stores(buyer: Buyer, world: World, sandbox: Sandbox) -> None:
    cart = world.cart()
    page = buyer.start(cart, **asked(returnUrl=on(sandbox, "thanks-1")))
    overwrite(world, cart, text(world, cart).split("\n")[0])
    pay(world, page)
    assert page_of(buyer.comes_back(page)) == on(sandbox, "thanks")


def test_a_page_that_somebody_wrote_into_the_record_is_followed_to_allowed_hosts_alone(
    buyer: Buyer, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    overwrite(world, cart, f"{text(world, cart)}\nStart: returnUrl=https://evil.example/thanks")
    pay(world, page)
    assert page_of(buyer.comes_back(page)) == on(sandbox, "thanks")


def overwrite(world: World, cart: str, interface_text: str) -> None:
    payment = world.payment(cart)
    action = {"action": "setStatusInterfaceText", "interfaceText": interface_text}
    world.project.update(f"payments/{payment['id']}", version=payment["version"], action=action)


def test_a_start_of_a_paid_cart_names_where_its_buyer_goes_on(
    buyer: Buyer, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    pay(world, page)
    buyer.comes_back(page)
    answer = buyer.checkout(cart, **asked(returnUrl=on(sandbox, "thanks-2")))
    result = buyer.get(answer.location).page
    assert result.find("a", href=lambda href: bool(href) and href.startswith(on(sandbox, "thanks-2?")))


def test_a_way_back_to_the_payment_carries_pages_and_language(
    buyer: Buyer, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    pages = {"returnUrl": on(sandbox, "thanks-1"), "cancelUrl": on(sandbox, "basket-1")}
    page = buyer.start(cart, lang="fr-BE", **asked(**pages))
    world.pay(page.token, outcome="refused")
    result = buyer.opens_result(page).page
    links = [str(link["href"]) for link in result.find_all("a", href=True)]
    (again,) = (link for link in links if link.startswith(f"/checkout/{cart}?"))
    query = {name: values[0] for name, values in parse_qs(urlsplit(again).query).items()}
    assert query == {"ref": page.ref, "lang": "fr-BE"}
    assert page_of(buyer.cancels(buyer.start(cart, **query))) == pages["cancelUrl"]
    assert result.html["lang"] == "fr"  # type: ignore[index]


@pytest.mark.parametrize("way", ["return", "cancel"])
def test_a_reference_of_an_earlier_release_goes_where_it_says(
    way: str, sandbox: Sandbox, world: World
) -> None:
    buyer = Buyer(InProcess(sandbox, SECRET_KEY=KEY))
    cart = world.cart()
    page = buyer.start(cart, **asked(returnUrl=on(sandbox, "noted"), cancelUrl=on(sandbox, "noted")))
    fields = (
        world.payment(cart)["id"],
        cart,
        "fr-store",
        "M1",
        on(sandbox, "old-thanks"),
        on(sandbox, "old"),
    )
    earlier = Page(page.token, earlier_reference(*fields), page.answer)
    if way == "return":
        pay(world, page)
        assert page_of(buyer.comes_back(earlier)) == on(sandbox, "old-thanks")
        assert world.orders(cart)[0]["orderNumber"] == "M1"
    else:
        assert page_of(buyer.cancels(earlier)) == on(sandbox, "old")


def earlier_reference(*fields: object) -> str:
    serializer = URLSafeSerializer(
        KEY,
        salt="monext-bridge.reference",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
    return str(serializer.dumps(fields))


def test_monexts_urls_are_short_whatever_the_landing_pages(sandbox: Sandbox, world: World) -> None:
    public_url = f"https://{'p' * 48}.eu"
    assert len(public_url) == 59
    bridge = InProcess(sandbox, CHECKOUT_ACCESS="session", PUBLIC_URL=public_url)
    cart = world.cart()
    long = on(sandbox, "thanks?")
    metadata = {
        "futureOrderNumber": f"{cart}-234567890"[:46],
        "allowedPaymentMethods": ["CB", "PAYPAL"],
        "merchantReturnUrl": long + "r" * (600 - len(long)),
    }
    session = world.session(cart, metadata=metadata)
    page = Buyer(bridge).start(cart, session=session, **asked(cancelUrl=long + "c" * (600 - len(long))))
    request = world.session_request(page.token)
    assert len(page.ref) == 142
    assert request["returnURL"] == f"{public_url}/return/{page.ref}"
    assert max(len(request["returnURL"]), len(request["notificationURL"])) == 59 + 14 + 142
    pay(world, page)
    answer = Buyer(bridge).comes_back(page)
    assert answer.location.startswith(str(metadata["merchantReturnUrl"]))
    assert landing_parameters(answer.location)["orderNumber"] == metadata["futureOrderNumber"]


@pytest.mark.parametrize("number", ["é" * 24, "\N{OLD ITALIC LETTER A}" * 12])
def test_an_order_number_that_no_reference_holds_is_refused(
    number: str, sandbox: Sandbox, world: World
) -> None:
    buyer = Buyer(InProcess(sandbox, CHECKOUT_ACCESS="session"))
    cart = world.cart()
    assert (
        buyer.checkout(cart, session=world.session(cart, metadata={"futureOrderNumber": number})).status
        == 400
    )
    assert world.payments(cart) == []
