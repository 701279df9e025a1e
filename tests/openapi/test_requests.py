"""Every request that the bridge makes to Monext is one that Monext's description allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from monext_bridge.config import MonextCredentials, StoreSettings
from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import OperationKind
from monext_bridge.domain.operations import OwnedKey
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.mapping.monext import operation_request, session_request
from monext_bridge.services.remotes import MonextPayments
from tests.bridges import Buyer
from tests.builders import TOKEN, Json, a_session_draft
from tests.openapi.checking_mock import CheckedRequest, CheckingMock
from tests.world import World

pytestmark = pytest.mark.openapi

SESSIONS = "/v1/checkout/payments/sessions"
TRANSACTION = MonextTransactionId("28d1a4f0112233")
RICH_CARTS = [
    "guest",
    "customer",
    "discounted",
    "german-store",
    "several-shipping",
    "custom-line",
    "digital",
    "yen",
    "dinar",
    "frozen",
    "exotic",
    "gift-card",
    "tax-rates",
    "net-prices",
]


@pytest.fixture
def asked(mock: CheckingMock) -> Callable[[], list[CheckedRequest]]:
    """The requests of this test."""
    before = len(mock.requests())
    return lambda: mock.requests()[before:]


@pytest.mark.parametrize("situation", RICH_CARTS)
def test_the_session_of_a_cart_conforms(
    situation: str, buyer: Buyer, world: World, asked: Callable[[], list[CheckedRequest]]
) -> None:
    assert buyer.checkout(world.cart(situation)).status == 200
    assert asked() == [CheckedRequest("POST", SESSIONS, 201, [])]


def test_reading_a_session_conforms(
    monext: MonextPayments, store: StoreSettings, asked: Callable[[], list[CheckedRequest]]
) -> None:
    monext.ask(store, TOKEN)
    assert asked() == [CheckedRequest("GET", f"{SESSIONS}/{TOKEN}", 200, [])]


def test_reading_a_transaction_conforms(
    monext: MonextPayments, store: StoreSettings, asked: Callable[[], list[CheckedRequest]]
) -> None:
    assert monext.ledger(store, TRANSACTION).readable
    assert asked() == [CheckedRequest("GET", f"/v1/checkout/transactions/{TRANSACTION}", 200, [])]


def test_asking_whether_monext_is_there_conforms(
    monext: MonextPayments, store: StoreSettings, asked: Callable[[], list[CheckedRequest]]
) -> None:
    assert monext.gateway.alive(store.credentials)
    assert [each.violations for each in asked()] == [[]]


@pytest.mark.parametrize("kind", OperationKind)
@pytest.mark.parametrize("comment", [None, "late <b>\n" + "é" * 300])
@pytest.mark.parametrize("option", [None, "FINAL", "LATE_DELIVERY"])
def test_an_operation_conforms(
    kind: OperationKind,
    comment: str | None,
    option: str | None,
    monext: MonextPayments,
    store: StoreSettings,
    asked: Callable[[], list[CheckedRequest]],
) -> None:
    body = operation_request(
        amount=2499,
        key=OwnedKey("ship-42-0", "shipment"),
        merchant_reference="MABCDEFGHIJKL",
        comment=comment,
        option=option if kind is OperationKind.CAPTURE else None,
    )
    monext.execute(store, kind, TRANSACTION, body)
    (request,) = asked()
    assert (request.path.rpartition("/")[2], request.status, request.violations) == (kind.value, 201, [])


def broken(path: str, value: object) -> Json:
    """A session request with another value at a dotted path; None takes it away."""
    body = session_request(a_session_draft())
    *parents, name = path.split(".")
    holder = body
    for each in parents:
        holder = holder[each]
    holder[name] = value
    if value is None:
        del holder[name]
    return body


BROKEN = {
    "an email of Monext's refusal": broken("buyer.email", "jean@gallery.photography"),
    "an amount in words": broken("order.amount", "111.00"),
    "no order": broken("order", None),
    "an unknown mode of delivery": broken("delivery.mode", "BY_DRONE"),
    "an unknown challenge": broken("threeDS.challengeInd", "PLEASE"),
    "a negative discount": broken("order.discount", -1),
    "a descriptor that is too long": broken("payment.softDescriptor", "x" * 128),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_session_is_noticed(fault: str, control: CheckingMock, store: StoreSettings) -> None:
    MonextGateway().create_session(_at(control, store), BROKEN[fault])
    assert control.requests()[-1].violations != []


@pytest.mark.parametrize("kind", OperationKind)
def test_an_operation_without_an_amount_is_noticed(
    kind: OperationKind, control: CheckingMock, store: StoreSettings
) -> None:
    MonextGateway().execute(_at(control, store), kind, TRANSACTION, {"comment": "all of it"})
    assert control.requests()[-1].violations != []


def test_a_path_that_monext_does_not_have_is_noticed(control: CheckingMock, store: StoreSettings) -> None:
    elsewhere = replace(store.credentials, api_url=f"{control.url}/v2")
    MonextGateway().get_session(elsewhere, TOKEN)
    assert control.requests()[-1].violations != []


@pytest.mark.parametrize("fault", BROKEN)
def test_the_description_as_published_lets_everything_through(
    fault: str, uncorrected: CheckingMock, store: StoreSettings
) -> None:
    MonextGateway().create_session(_at(uncorrected, store), BROKEN[fault])
    assert uncorrected.requests()[-1].violations == []


def _at(mock: CheckingMock, store: StoreSettings) -> MonextCredentials:
    return replace(store.credentials, api_url=mock.url)
