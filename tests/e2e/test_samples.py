"""The samples of docs/samples.md do what docs/integrate.md promises, in every language, against the bridge."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from bs4 import BeautifulSoup
from pydantic import SecretStr
from werkzeug.datastructures import MultiDict

from monext_bridge.web.access.signed_links import check_link, form_encoded
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, InProcess
from tests.document_blocks import DOCS, blocks, column
from tests.sample_programs import LANGUAGES, Language, Samples, documented_environment
from tests.web.back_office import EUR_10, BackOfficeClient
from tests.world import World

LINK_SECRET = "for-the-sandbox-only"
SETUP, INTEGRATION = DOCS / "commercetools-setup.md", DOCS / "integrate.md"
ODD = "https://shop.example.com/thanks?a=b c~*&d=é%2B'()!\"€"
"""A landing page with every kind of character that encodings differ in."""


@pytest.fixture(scope="module")
def signed_bridge(sandbox: Sandbox) -> InProcess:
    """A bridge whose links must prove something, with the document's secret."""
    return InProcess(
        sandbox, CHECKOUT_ACCESS="signed", LINK_SECRET=LINK_SECRET, ALLOWED_URL_HOSTS="shop.example.com"
    )


@pytest.fixture(params=LANGUAGES, ids=lambda language: str(language.name))
def samples(
    request: pytest.FixtureRequest, sandbox: Sandbox, signed_bridge: InProcess, tmp_path: Path
) -> Samples:
    language: Language = request.param
    language.found()
    url = signed_bridge.settings.public_url
    environment = documented_environment(commercetools_url=sandbox.commercetools_url, public_url=url)
    assert environment["LINK_SECRET"] == LINK_SECRET
    return Samples(language, tmp_path, environment)


@pytest.fixture
def least_samples(samples: Samples, sandbox: Sandbox) -> Iterator[Samples]:
    """The samples as an API client with no other scopes than the document gives to a shop."""
    scopes = column(SETUP, heading="Scope of the shop")
    client = {"id": "least-shop", "secret": "least-shop-secret", "scopes": scopes}
    control = f"{sandbox.commercetools_url}/_control/clients"
    requests.post(control, json=client, timeout=60).raise_for_status()
    known = {"SHOP_CLIENT_ID": "least-shop", "SHOP_CLIENT_SECRET": "least-shop-secret"}
    yield Samples(samples.language, samples.folder, samples.environment | known)
    requests.delete(f"{control}/least-shop", timeout=60)


def opened(bridge: InProcess, link: str) -> Answer:
    parts = urlsplit(link)
    return bridge.call("GET", f"{parts.path}?{parts.query}")


def test_a_link_opens_its_cart_for_an_hour_and_no_other(
    samples: Samples, signed_bridge: InProcess, world: World
) -> None:
    cart, other = world.cart(), world.cart()
    (link,) = samples.call(("checkoutLink", cart))
    assert link.startswith(f"{signed_bridge.settings.public_url}/checkout/{cart}?expires=")
    assert opened(signed_bridge, link).status == 200
    assert opened(signed_bridge, link.replace(cart, other)).status == 403
    assert 3500 < int(re.findall(r"expires=(\d+)", link)[0]) - time.time() <= 3600


def test_a_link_of_version_2_covers_all_that_it_says(
    samples: Samples, signed_bridge: InProcess, world: World
) -> None:
    cart = world.cart()
    (link,) = samples.call(("signedLink", cart, {"lang": "fr-FR", "method": "CB", "returnUrl": ODD}))
    query = dict(parse_qsl(urlsplit(link).query))
    signature = query.pop("signature")
    assert urlsplit(link).query == f"{form_encoded(dict(sorted(query.items())))}&signature={signature}"
    check_link(
        cart, MultiDict({**query, "signature": signature}), keys=[SecretStr(LINK_SECRET)], now=time.time()
    )
    assert (query["returnUrl"], query["v"]) == (ODD, "2")


def test_the_bridge_opens_a_link_of_version_2_and_none_that_was_changed(
    samples: Samples, signed_bridge: InProcess, world: World
) -> None:
    (link,) = samples.call(("signedLink", world.cart(), {"lang": "fr-FR"}))
    page = opened(signed_bridge, link)
    assert (page.status, page.page.html and page.page.html["lang"]) == (200, "fr")
    assert opened(signed_bridge, link.replace("fr-FR", "de-DE")).status == 403
    assert opened(signed_bridge, f"{link}&utm_source=mail").status == 200


def test_a_session_opens_the_payment_of_its_cart_under_its_order_number(
    least_samples: Samples, signed_bridge: InProcess, world: World
) -> None:
    number = f"SAMPLE-{least_samples.language.name}-{time.time_ns()}"
    (session,) = least_samples.call(("openSession", cart := world.cart(), {"futureOrderNumber": number}))
    started = Buyer(signed_bridge).start(cart, session=session)
    world.pay(started.token, outcome="accepted")
    Buyer(signed_bridge).comes_back(started)
    (order,) = least_samples.call(("orderOf", cart))
    assert order == {"orderNumber": number, "paymentState": "Paid", "mayShip": True}


def test_a_session_needs_no_metadata(samples: Samples, signed_bridge: InProcess, world: World) -> None:
    (session,) = samples.call(("openSession", world.cart(), {}))
    assert signed_bridge.call("POST", "/payment", headers={"X-Session-Id": session}).status == 200


def test_the_rule_ships_what_is_paid_or_authorised_and_nothing_else(
    samples: Samples, buyer: Buyer, world: World
) -> None:
    paid, authorised, not_paid, cancelled, released = (
        world.cart(situation) for situation in ("guest", "german-store", "guest", "guest", "german-store")
    )
    for cart in (paid, authorised, cancelled, released):
        bought(buyer, world, cart)
    world.pay(buyer.start(not_paid).token, outcome="refused")
    world.cancel_order(world.orders(cancelled)[0]["id"])
    office(buyer, world).send_actions(world.payment(released)["id"], {"action": "cancelPayment"})
    told = samples.call(*(("orderOf", cart) for cart in (paid, authorised, not_paid, cancelled, released)))
    assert [each and (each["paymentState"], each["mayShip"]) for each in told] == [
        ("Paid", True),
        ("Pending", True),
        None,
        ("Paid", False),
        ("Failed", False),
    ]


def test_the_rule_ships_nothing_whose_money_went_back(samples: Samples, buyer: Buyer, world: World) -> None:
    """A finished refund leaves the order's `paymentState` as it was."""
    refunded, in_part, captured_in_part = (
        world.cart(situation) for situation in ("guest", "guest", "german-store")
    )
    for cart in (refunded, in_part, captured_in_part):
        bought(buyer, world, cart)
    desk = office(buyer, world)
    desk.send_actions(world.payment(refunded)["id"], {"action": "reversePayment"})
    desk.send_actions(world.payment(in_part)["id"], {"action": "refundPayment", "amount": EUR_10})
    for action in ("capturePayment", "refundPayment"):
        desk.send_actions(world.payment(captured_in_part)["id"], {"action": action, "amount": EUR_10})
    told = samples.call(*(("orderOf", cart) for cart in (refunded, in_part, captured_in_part)))
    assert [(each["paymentState"], each["mayShip"]) for each in told] == [
        ("Paid", False),
        ("Paid", False),
        ("BalanceDue", False),
    ]


def test_a_payment_of_which_something_may_be_gone_holds_that_no_more(samples: Samples) -> None:
    charge = {"type": "Charge", "state": "Success", "amount": EUR_10}
    authorisation = {**charge, "type": "Authorization"}
    outgoing = [(charge, "Refund"), (charge, "Chargeback"), (authorisation, "CancelAuthorization")]
    payments = [
        {"transactions": [came, {**came, "type": kind, "state": state}]}
        for came, kind in outgoing
        for state in ("Initial", "Pending", "Success", "Failure")
    ]
    assert samples.call(*(("heldBy", each, "EUR") for each in payments)) == [0, 0, 0, 1000] * 3


def test_what_a_payment_holds_is_what_the_bridge_counts(samples: Samples, buyer: Buyer, world: World) -> None:
    captured, authorised, refunded, returned, charged_back = (
        world.cart(situation) for situation in ("german-store", "german-store", "guest", "guest", "guest")
    )
    for cart in (captured, authorised, refunded, charged_back):
        bought(buyer, world, cart)
    desk = office(buyer, world)
    desk.send_actions(world.payment(captured)["id"], {"action": "capturePayment", "amount": EUR_10})
    desk.send_actions(world.payment(refunded)["id"], {"action": "refundPayment", "amount": EUR_10})
    changed_while_paying(buyer, world, returned)
    world.charge_back(world.payment(charged_back)["id"])
    payments = [world.payment(cart) for cart in (captured, authorised, refunded, returned, charged_back)]
    *told, after_chargeback = samples.call(*(("heldBy", payment, "EUR") for payment in payments))
    intents = [desk.payment_intent(payment["id"]) for payment in payments[:-1]]
    assert told == [each["capturable"] + each["captured"] - each["refunded"] for each in intents]
    assert (told[-1], after_chargeback) == (0, 0)
    assert min(told[:3]) > 0


def test_a_payment_that_is_on_its_way_back_holds_nothing(samples: Samples) -> None:
    charge = {"type": "Charge", "state": "Success", "amount": EUR_10}
    returned = {"paymentStatus": {"interfaceCode": "AMOUNT_MISMATCH"}, "transactions": [charge]}
    kept = {"paymentStatus": {"interfaceCode": "00000"}, "transactions": [charge]}
    bare = {"transactions": [charge, {**charge, "state": "Pending"}]}
    assert samples.call(*(("heldBy", each, "EUR") for each in (returned, kept, bare))) == [0, 1000, 1000]
    assert samples.call(("heldBy", kept, "JPY")) == [0]


def test_the_signatures_to_compare_with_are_those_of_the_bridge() -> None:
    rows = zip(*(column(INTEGRATION, heading="What is signed", place=n) for n in (0, 1)), strict=True)
    for signed, signature in rows:
        cart, said = re.findall(r"([0-9a-f-]{36})\.(.*)", signed)[0]
        given = dict(parse_qsl(said)) or {"expires": said}
        query = MultiDict({**given, "signature": signature})
        expires = int(given["expires"])
        assert check_link(cart, query, keys=[SecretStr(LINK_SECRET)], now=expires - 60) == expires


def test_the_form_leads_to_the_payment_and_leaves_the_session_out_of_the_address(
    signed_bridge: InProcess, world: World
) -> None:
    (html,) = blocks(INTEGRATION, "html")
    form = BeautifulSoup(html, "html.parser").form
    assert form is not None
    told = {str(field["name"]): str(field["value"]) for field in form.find_all("input")}
    cart = world.cart()
    path = re.sub(r"[0-9a-f-]{36}$", cart, urlsplit(str(form["action"])).path)
    fields = told | {"session": world.session(cart)}
    answer = signed_bridge.call(str(form["method"]).upper(), path, data=fields)
    assert answer.status == 303
    assert f"/checkout/{cart}?ref=" in answer.location
    assert "session" not in answer.location
    page = opened(signed_bridge, answer.location)
    assert (page.status, page.page.html and page.page.html["lang"]) == (200, "fr")


def bought(buyer: Buyer, world: World, cart: str) -> None:
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    buyer.comes_back(page)


def changed_while_paying(buyer: Buyer, world: World, cart: str) -> None:
    page = buyer.start(cart)
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    buyer.comes_back(page)


def office(buyer: Buyer, world: World) -> BackOfficeClient:
    return BackOfficeClient(buyer.bridge, world.back_office_token())
