"""Every way back into the payment has the rules and the access of the start, and no proof in its address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from monext_bridge.config import Access, PaymentMethod
from monext_bridge.runtime import utc_now
from monext_bridge.services.results import PaymentReference
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, InProcess, Page, landing_parameters
from tests.e2e.test_landing_pages import earlier_reference
from tests.signed_links import encoded, signed, signed_all
from tests.world import World

KEY = "a-secret-key-of-the-landing-tests"
PROOFS = {"session", "signature", "expires", "v"}
TEN_MINUTES = 600


@pytest.fixture(scope="module")
def by_proof(sandbox: Sandbox) -> Buyer:
    """A bridge that asks for a proof, and has no landing pages of its own: buyers read our result page."""
    return Buyer(proving(sandbox))


def proving(sandbox: Sandbox, **more: str) -> InProcess:
    variables = {
        "CHECKOUT_ACCESS": "signed",
        "SECRET_KEY": KEY,
        "PAYMENT_INTERFACES": "monext,monext-b",
        "ALLOWED_URL_HOSTS": urlsplit(sandbox.shop_url).netloc,
        "RETURN_URL": "",
        "CANCEL_URL": "",
        **more,
    }
    return InProcess(sandbox, variables=variables)


def later(sandbox: Sandbox, **ahead: float) -> Buyer:
    variables = {"CHECKOUT_ACCESS": "signed", "SECRET_KEY": KEY}
    return Buyer(InProcess(sandbox, clock=lambda: utc_now() + timedelta(**ahead), variables=variables))


def thanks(sandbox: Sandbox) -> str:
    return f"{sandbox.shop_url}/thanks?of=this-start"


# the ways back: each gives the address of the link, as the buyer finds it


def after_refusal(buyer: Buyer, world: World, page: Page) -> str:
    world.pay(page.token, outcome="refused")
    return retry_link(buyer.opens_result(page))


def after_cancelling(buyer: Buyer, world: World, page: Page) -> str:
    buyer.cancels(page)
    return retry_link(buyer.opens_result(page))


def by_the_link_to_monexts_page(_: Buyer, __: World, page: Page) -> str:
    return str(page.answer.page.select_one("#hosted")["href"]).replace("mode=redirect", "mode=widget")  # type: ignore[index]


def after_a_reload(buyer: Buyer, world: World, page: Page) -> str:
    """The page that a form leads to is opened again once its payment was refused."""
    world.pay(page.token, outcome="refused")
    buyer.opens_result(page)
    return f"/checkout/{reference(buyer, page).cart_id}?ref={page.ref}"


WAYS = [after_refusal, after_cancelling, by_the_link_to_monexts_page, after_a_reload]
Way = Callable[[Buyer, World, Page], str]


def retry_link(answer: Answer) -> str:
    return str(answer.page.select_one("#retry")["href"])  # type: ignore[index]


def query_of(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


def go_back(way: Way, buyer: Buyer, world: World, page: Page) -> Page:
    link = way(buyer, world, page)
    query = query_of(link)
    assert query["ref"] == page.ref
    assert not PROOFS.intersection(query)
    cart = reference(buyer, page).cart_id
    assert urlsplit(link).path == f"/checkout/{cart}"
    return buyer.start(cart, **query)


def reference(buyer: Buyer, page: Page) -> PaymentReference:
    return buyer.bridge.services.references.read(page.ref)  # type: ignore[attr-defined,no-any-return]


# sessions


def session(world: World, sandbox: Sandbox, cart: str, **members: object) -> str:
    metadata = {
        "futureOrderNumber": f"SHOP-{cart[:8]}",
        "allowedPaymentMethods": ["CB"],
        "merchantReturnUrl": thanks(sandbox),
        "paymentInterface": "monext-b",
    }
    return world.session(cart, metadata=metadata, **members)


@pytest.mark.parametrize("way", WAYS)
def test_the_rules_of_a_session_hold_on_every_way_back(
    way: Way, by_proof: Buyer, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    page = by_proof.start(cart, session=session(world, sandbox, cart), lang="nl-BE")
    again = go_back(way, by_proof, world, page)
    holds_the_sessions_rules(again, by_proof, world, sandbox)
    assert world.session_request(again.token)["languageCode"] == "NL"
    assert reference(by_proof, again).expires == reference(by_proof, page).expires


def holds_the_sessions_rules(page: Page, buyer: Buyer, world: World, sandbox: Sandbox) -> None:
    cart = reference(buyer, page).cart_id
    request = world.session_request(page.token)
    assert request["order"]["reference"].startswith(f"SHOP-{cart[:8]}")
    assert request["paymentMethod"]["paymentMethodIDs"] == ["CB_FR"]
    assert reference(buyer, page).access is Access.SESSION
    assert reference(buyer, page).interface == 1
    world.pay(page.token, outcome="accepted")
    location = buyer.comes_back(page).location
    assert location.startswith(thanks(sandbox))
    assert landing_parameters(location)["orderNumber"] == f"SHOP-{cart[:8]}"


def test_the_rules_of_a_session_hold_after_the_payment_of_a_shops_own_page(
    by_proof: Buyer, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    headers = {"X-Session-Id": session(world, sandbox, cart)}
    assert by_proof.bridge.call("POST", "/payment", headers=headers, json={}).status == 200
    (token,) = [t for t, s in world.monext()["sessions"].items() if cart in str(s["request"]["privateData"])]
    ref = world.session_request(token)["returnURL"].rpartition("/")[2]
    again = go_back(after_refusal, by_proof, world, Page(token, ref, Answer(200, {}, "")))
    holds_the_sessions_rules(again, by_proof, world, sandbox)


@pytest.mark.parametrize("method", ["PAYPAL", "IDEAL"])
def test_a_link_chooses_among_the_methods_of_its_reference_alone(
    method: str, by_proof: Buyer, world: World
) -> None:
    cart = world.cart()
    allowed = {"allowedPaymentMethods": ["CB", "PAYPAL"]}
    page = by_proof.start(cart, session=world.session(cart, metadata=allowed))
    answer = by_proof.checkout(cart, ref=page.ref, method=method)
    assert answer.status == (200 if method == "PAYPAL" else 400)


# links


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("version", [1, 2])
def test_the_rules_of_a_signed_link_hold_on_every_way_back(
    version: int, way: Way, by_proof: Buyer, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    said = {"method": "PAYPAL", "returnUrl": thanks(sandbox), "lang": "fr-BE"}
    link = signed_all(cart, said) if version == 2 else {**said, **signed(cart)}
    page = by_proof.start(cart, **{name: encoded(value) for name, value in link.items()})
    again = go_back(way, by_proof, world, page)
    assert world.session_request(again.token)["paymentMethod"]["paymentMethodIDs"] == ["PAYPAL_FR"]
    assert again.answer.page.html["lang"] == "fr"  # type: ignore[index]
    read = reference(by_proof, again)
    assert (read.access, read.methods) == (Access.SIGNED, frozenset({PaymentMethod.PAYPAL}))
    assert str(read.expires) == link["expires"]
    world.pay(again.token, outcome="accepted")
    assert by_proof.comes_back(again).location.startswith(thanks(sandbox))


@pytest.mark.parametrize("kind", ["session", "link"])
def test_a_reference_leads_to_no_landing_page_that_its_proof_did_not_name(
    kind: str, by_proof: Buyer, world: World, sandbox: Sandbox
) -> None:
    """Also where the proof named none: whoever wants another one has to prove it."""
    cart = world.cart()
    proof = {"session": world.session(cart)} if kind == "session" else signed_all(cart, {})
    page = by_proof.start(cart, **{name: encoded(value) for name, value in proof.items()})
    elsewhere = encoded(f"{sandbox.shop_url}/elsewhere")
    again = by_proof.start(cart, ref=page.ref, returnUrl=elsewhere, cancelUrl=elsewhere)
    world.pay(again.token, outcome="accepted")
    assert "elsewhere" not in by_proof.comes_back(again).location


@pytest.mark.parametrize("way", WAYS)
def test_what_an_open_start_chose_holds_on_every_way_back(way: Way, world: World, sandbox: Sandbox) -> None:
    buyer = Buyer(proving(sandbox, CHECKOUT_ACCESS="open"))
    cart = world.cart()
    page = buyer.start(cart, method="IDEAL", returnUrl=quote(thanks(sandbox), safe=""))
    again = go_back(way, buyer, world, page)
    assert world.session_request(again.token)["paymentMethod"]["paymentMethodIDs"] == ["IDEAL_FR"]
    assert (reference(buyer, again).access, reference(buyer, again).expires) == (Access.OPEN, None)
    world.pay(again.token, outcome="accepted")
    assert buyer.comes_back(again).location.startswith(thanks(sandbox))


# how long, and for what


def test_a_session_opens_the_payment_again_until_it_ends(
    by_proof: Buyer, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    page = by_proof.start(cart, session=session(world, sandbox, cart, expiresIn=TEN_MINUTES))
    assert by_proof.checkout(cart, ref=page.ref).status == 200
    assert later(sandbox, seconds=TEN_MINUTES + 5).checkout(cart, ref=page.ref).status == 403


def test_no_session_opens_the_payment_again_for_longer_than_two_days(
    by_proof: Buyer, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    page = by_proof.start(cart, session=session(world, sandbox, cart, expiresIn=400 * 24 * 3600))
    ends = reference(by_proof, page).expires
    assert ends is not None
    assert abs(ends - (utc_now() + timedelta(hours=48)).timestamp()) < TEN_MINUTES


def test_an_expired_reference_says_what_to_do(by_proof: Buyer, world: World, sandbox: Sandbox) -> None:
    cart = world.cart()
    page = by_proof.start(cart, lang="fr", **signed(cart))
    world.forget_calls()
    answer = later(sandbox, seconds=TEN_MINUTES + 5).checkout(cart, ref=page.ref)
    assert answer.status == 403
    assert "demandez un nouveau lien à la boutique" in answer.visible_text
    assert world.calls("commercetools") == world.calls("monext") == []


def test_money_is_found_however_old_the_reference_is(by_proof: Buyer, world: World, sandbox: Sandbox) -> None:
    cart = world.cart()
    page = by_proof.start(cart, **signed(cart))
    after = later(sandbox, seconds=TEN_MINUTES + 5)
    refused = after.opens_result(page).page
    assert refused.select_one("#retry")["href"].startswith(sandbox.monext_url)  # type: ignore[index,union-attr]
    world.pay(page.token, outcome="accepted")
    assert after.notification_arrives(page).status == 200
    assert landing_parameters(after.comes_back(page).location)["status"] == "paid"
    assert after.opens_result(page).page.select_one("[data-status=paid]")
    assert len(world.orders(cart)) == 1


def test_a_result_whose_access_has_ended_says_to_ask_the_shop(
    by_proof: Buyer, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    page = by_proof.start(cart, **signed(cart))
    world.pay(page.token, outcome="refused")
    answer = later(sandbox, seconds=TEN_MINUTES + 5).opens_result(page, lang="en")
    assert "ask the shop for a new link" in answer.visible_text
    assert "You can try again" not in answer.visible_text
    assert not answer.page.select("#retry")


@pytest.mark.parametrize("access", ["signed", "session"])
@pytest.mark.parametrize(("made_by", "opens"), [("open", False), ("signed", True), ("session", True)])
def test_a_reference_proves_what_its_start_did(
    made_by: str, opens: bool, access: str, by_proof: Buyer, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    proof = {"open": {}, "signed": signed(cart), "session": {"session": world.session(cart)}}[made_by]
    start = by_proof if proof else Buyer(proving(sandbox, CHECKOUT_ACCESS="open"))
    page = start.start(cart, **proof)
    asking = Buyer(proving(sandbox, CHECKOUT_ACCESS=access))
    assert asking.checkout(cart, ref=page.ref).status == (200 if opens else 403)
    world.pay(page.token, outcome="refused")
    assert bool(asking.opens_result(page).page.select("#retry")) is opens


@pytest.mark.parametrize(("access", "status"), [("open", 200), ("signed", 403)])
def test_a_reference_of_an_earlier_release_proves_nothing(
    access: str, status: int, world: World, sandbox: Sandbox
) -> None:
    buyer = Buyer(proving(sandbox, CHECKOUT_ACCESS=access))
    cart = world.cart()
    page = Buyer(proving(sandbox, CHECKOUT_ACCESS="open")).start(cart)
    fields = (world.payment(cart)["id"], cart, "fr-store", "M1", thanks(sandbox), None)
    answer = buyer.checkout(cart, ref=earlier_reference(*fields))
    assert answer.status == status
    if status == 200:
        token = str(answer.page.find(id="PaylineWidget")["data-token"])  # type: ignore[index]
        assert world.session_request(token)["order"]["reference"].startswith("M1")
    assert buyer.opens_result(page).status == 200


def test_a_reference_opens_its_own_cart_alone(by_proof: Buyer, world: World) -> None:
    cart, other = world.cart(), world.cart()
    page = by_proof.start(cart, **signed(cart))
    world.forget_calls()
    assert by_proof.checkout(other, ref=page.ref).status == 403
    assert world.calls("commercetools") == []


@pytest.mark.parametrize(
    ("ref", "status"), [("", 400), ("e30", 400), ("e30." + "A" * 43, 403), ("last", 403)]
)
def test_a_reference_that_is_none_opens_nothing(ref: str, status: int, by_proof: Buyer, world: World) -> None:
    cart = world.cart()
    made = by_proof.start(cart, **signed(cart)).ref
    changed = made[:50] + ("A" if made[50] != "A" else "B") + made[51:]
    world.forget_calls()
    assert by_proof.checkout(cart, ref=changed if ref == "last" else ref).status == status
    assert world.calls("commercetools") == []


def test_a_session_that_allows_nothing_we_know_makes_no_reference(by_proof: Buyer, world: World) -> None:
    """A paid cart leads to its result before the methods matter; that reference must not allow all of them."""
    cart = world.cart()
    page = by_proof.start(cart, **signed(cart))
    world.pay(page.token, outcome="accepted")
    by_proof.comes_back(page)
    unknown = world.session(cart, metadata={"allowedPaymentMethods": ["barter"]})
    assert by_proof.checkout(cart, session=unknown).status == 400


@pytest.mark.parametrize(
    "rule", [{"allowedPaymentMethods": "CB"}, {"futureOrderNumber": 5}, {"merchantReturnUrl": ["https://x"]}]
)
def test_a_session_whose_rules_can_not_be_read_starts_nothing(
    rule: dict[str, object], by_proof: Buyer, world: World
) -> None:
    cart = world.cart()
    answer = by_proof.checkout(cart, session=world.session(cart, metadata=rule))
    assert (answer.status, world.payments(cart)) == (400, [])
