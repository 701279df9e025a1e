from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest

from monext_bridge.domain.ids import MonextTransactionId, RecordTransactionId
from monext_bridge.domain.record.payment import TransactionState, TransactionType
from monext_bridge.domain.record.updates import (
    AddTransaction,
    ChangeAmountPlanned,
    ChangeInteractionId,
    ChangeTransactionState,
    ChangeTransactionTimestamp,
    SetInterfaceId,
    SetKey,
    SetMethod,
    SetStatusCode,
    SetStatusText,
    SetTransactionInterfaceId,
    Update,
)
from monext_bridge.mapping.commercetools.writes import (
    MOST_ACTIONS,
    add_payment,
    order_draft,
    payment_draft,
    payment_state_update,
    payment_update,
)
from tests.builders import BEGUN, CART_ID, ORDER_NUMBER, PAYMENT_ID, PAYMENT_KEY, TOKEN, eur

ROW = RecordTransactionId("row-1")
DONE = MonextTransactionId("28d1a4f0112233")
MOMENT = datetime(2026, 11, 23, 11, 30, 15, 123456, timezone(timedelta(hours=1)))
EURO = {"centAmount": 11100, "currencyCode": "EUR"}

WRITTEN: dict[type, tuple[Update, dict[str, object]]] = {
    SetKey: (SetKey(PAYMENT_KEY), {"action": "setKey", "key": PAYMENT_KEY}),
    ChangeAmountPlanned: (
        ChangeAmountPlanned(eur(11100)),
        {"action": "changeAmountPlanned", "amount": EURO},
    ),
    SetInterfaceId: (SetInterfaceId(TOKEN), {"action": "setInterfaceId", "interfaceId": TOKEN}),
    SetStatusCode: (
        SetStatusCode("00000"),
        {"action": "setStatusInterfaceCode", "interfaceCode": "00000"},
    ),
    SetStatusText: (
        SetStatusText("ACCEPTED"),
        {"action": "setStatusInterfaceText", "interfaceText": "ACCEPTED"},
    ),
    SetMethod: (SetMethod("PAYPAL"), {"action": "setMethodInfoMethod", "method": "PAYPAL"}),
    AddTransaction: (
        AddTransaction(TransactionType.CHARGE, TransactionState.INITIAL, eur(11100), TOKEN, BEGUN),
        {
            "action": "addTransaction",
            "transaction": {
                "type": "Charge",
                "state": "Initial",
                "amount": EURO,
                "interactionId": TOKEN,
                "timestamp": "2026-11-23T10:00:00.000Z",
            },
        },
    ),
    ChangeTransactionState: (
        ChangeTransactionState(ROW, TransactionState.SUCCESS),
        {"action": "changeTransactionState", "transactionId": ROW, "state": "Success"},
    ),
    ChangeTransactionTimestamp: (
        ChangeTransactionTimestamp(ROW, MOMENT),
        {
            "action": "changeTransactionTimestamp",
            "transactionId": ROW,
            "timestamp": "2026-11-23T10:30:15.123Z",
        },
    ),
    ChangeInteractionId: (
        ChangeInteractionId(ROW, "ship-1~0a1b2c3d"),
        {
            "action": "changeTransactionInteractionId",
            "transactionId": ROW,
            "interactionId": "ship-1~0a1b2c3d",
        },
    ),
    SetTransactionInterfaceId: (
        SetTransactionInterfaceId(ROW, DONE),
        {"action": "setTransactionInterfaceId", "transactionId": ROW, "interfaceId": DONE},
    ),
}


@pytest.mark.parametrize("change", get_args(Update))
def test_every_change_becomes_its_update_action(change: type) -> None:
    value, action = WRITTEN[change]
    assert payment_update(2, [value])["actions"][0] == action


def test_an_update_names_the_version_it_was_computed_from() -> None:
    assert payment_update(7, [SetStatusCode("00000")])["version"] == 7


def test_actions_are_in_the_order_of_the_changes() -> None:
    changes = (SetStatusText("b"), SetStatusCode("a"))
    actions = payment_update(2, changes)["actions"]
    assert [a["action"] for a in actions] == ["setStatusInterfaceText", "setStatusInterfaceCode"]


def test_a_method_is_written_with_its_names() -> None:
    names = payment_update(2, [SetMethod("CB")])["actions"][1]
    assert names["action"] == "setMethodInfoName"
    assert (names["name"]["fr"], names["name"]["en"]) == ("Carte bancaire", "Bank card")


def test_a_transaction_may_be_added_with_the_id_that_monext_gave_it() -> None:
    change = AddTransaction(TransactionType.CHARGE, TransactionState.SUCCESS, eur(1), TOKEN, MOMENT, DONE)
    assert payment_update(2, [change])["actions"][0]["transaction"]["interfaceId"] == DONE


@pytest.mark.parametrize("kind", [t for t in TransactionType if t is not TransactionType.OTHER])
def test_every_type_can_be_written_in_every_state(kind: TransactionType) -> None:
    for state in TransactionState:
        (action,) = payment_update(2, [AddTransaction(kind, state, eur(1), "k", BEGUN)])["actions"]
        written = action["transaction"]
        assert (written["type"], written["state"]) == (kind.value, state.value)


def test_a_type_that_is_only_read_is_never_written() -> None:
    change = AddTransaction(TransactionType.OTHER, TransactionState.INITIAL, eur(1), "k", BEGUN)
    with pytest.raises(ValueError, match="Other"):
        payment_update(2, [change])


def test_more_actions_than_commercetools_takes_are_refused_here() -> None:
    with pytest.raises(ValueError, match=str(MOST_ACTIONS)):
        payment_update(2, [SetStatusCode("00000")] * (MOST_ACTIONS + 1))


def test_a_draft_holds_key_amount_and_interface() -> None:
    draft = payment_draft(
        key=PAYMENT_KEY, amount=eur(11100), interface="monext", customer_id=None, anonymous_id=None
    )
    assert draft == {
        "key": PAYMENT_KEY,
        "amountPlanned": EURO,
        "paymentMethodInfo": {"paymentInterface": "monext"},
    }


def test_a_payment_of_a_customer_has_no_anonymous_id() -> None:
    draft = payment_draft(
        key=PAYMENT_KEY, amount=eur(1), interface="monext", customer_id="c", anonymous_id="a"
    )
    assert (draft["customer"], "anonymousId" in draft) == ({"typeId": "customer", "id": "c"}, False)


def test_a_payment_of_a_guest_has_the_anonymous_id() -> None:
    draft = payment_draft(
        key=PAYMENT_KEY, amount=eur(1), interface="monext", customer_id=None, anonymous_id="a"
    )
    assert (draft["anonymousId"], "customer" in draft) == ("a", False)


@pytest.mark.parametrize("key", ["", "x", "x" * 257, "a b", "a/b", "é" * 3, "ab\n"])
def test_a_key_that_commercetools_would_refuse_is_refused_here(key: str) -> None:
    with pytest.raises(ValueError, match="2 to 256"):
        payment_draft(key=key, amount=eur(1), interface="monext", customer_id=None, anonymous_id=None)


def test_a_payment_is_put_on_a_cart_or_an_order_by_its_id() -> None:
    assert add_payment(4, PAYMENT_ID) == {
        "version": 4,
        "actions": [{"action": "addPayment", "payment": {"typeId": "payment", "id": PAYMENT_ID}}],
    }


def test_an_order_is_made_from_a_cart_of_a_certain_version() -> None:
    assert order_draft(cart_id=CART_ID, version=5, number=ORDER_NUMBER, payment_state="Paid") == {
        "cart": {"typeId": "cart", "id": CART_ID},
        "version": 5,
        "orderNumber": ORDER_NUMBER,
        "paymentState": "Paid",
    }


@pytest.mark.parametrize("state", ["BalanceDue", "CreditOwed", "Failed", "Paid", "Pending"])
def test_every_payment_state_of_an_order_can_be_written(state: str) -> None:
    assert payment_state_update(2, state)["actions"] == [
        {"action": "changePaymentState", "paymentState": state}
    ]


def test_an_unknown_payment_state_is_refused_here() -> None:
    with pytest.raises(ValueError, match="Settled"):
        payment_state_update(2, "Settled")


def test_times_are_utc_with_milliseconds() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    action = payment_update(2, [ChangeTransactionTimestamp(ROW, moment)])["actions"][0]
    assert action["timestamp"] == "2026-01-02T03:04:05.000Z"
