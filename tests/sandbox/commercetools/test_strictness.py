"""What every write of the API has in common: strict bodies, versions, all actions or none."""

import time
from datetime import datetime
from threading import Barrier, Thread

import pytest

from sandbox.clock import ShiftedClock, utc_now
from sandbox.commercetools import create_app
from sandbox.commercetools.carts.actions import CART_ACTIONS
from sandbox.commercetools.orders.actions import ORDER_ACTIONS
from sandbox.commercetools.payments.actions import PAYMENT_ACTIONS
from tests.sandbox.commercetools.conftest import Api, Json, code, sign_in, transaction
from tests.sandbox.commercetools.json_client import json_client

EUR = {"centAmount": 100, "currencyCode": "EUR"}


@pytest.mark.parametrize(
    "draft",
    [
        {},
        {"amountPlanned": EUR, "nonsense": 1},
        {"amountPlanned": {**EUR, "nonsense": 1}},
        {"amountPlanned": {**EUR, "centAmount": "100"}},
        {"amountPlanned": {**EUR, "centAmount": 1.5}},
        {"amountPlanned": {**EUR, "centAmount": True}},
        {"amountPlanned": {**EUR, "currencyCode": "eur"}},
        {"amountPlanned": EUR, "transactions": [transaction(type="Capture")]},
        {"amountPlanned": EUR, "transactions": [transaction(state="Done")]},
        {"amountPlanned": EUR, "transactions": [transaction(timestamp="yesterday")]},
        {"amountPlanned": EUR, "transactions": [transaction(id="mine")]},
        {"amountPlanned": EUR, "paymentMethodInfo": {"name": "Carte"}},
        {"amountPlanned": EUR, "paymentMethodInfo": {"name": {"French": "Carte"}}},
        {"amountPlanned": EUR, "customer": {"typeId": "cart", "id": "x"}},
        {"amountPlanned": EUR, "customer": {"typeId": "customer", "id": "not-a-uuid"}},
        {"amountPlanned": EUR, "customer": {"typeId": "customer"}},
        [],
        "text",
    ],
)
def test_body_of_another_shape_is_refused(api: Api, draft: object) -> None:
    answer = api.post("payments", draft)

    assert code(answer) == "400 InvalidJsonInput"
    assert answer.json["message"] == "Request body does not contain valid JSON."
    assert answer.json["errors"][0]["detailedErrorMessage"]


def test_wrong_fraction_digits_are_refused(api: Api) -> None:
    money = {**EUR, "type": "centPrecision", "fractionDigits": 3}

    assert code(api.post("payments", {"amountPlanned": money})) == "400 InvalidInput"


def test_null_counts_as_absent(api: Api) -> None:
    payment = api.payment(key=None, interfaceId=None, customer=None)

    assert not {"key", "interfaceId", "customer"} & payment.keys()


def test_broken_json_is_refused(api: Api) -> None:
    answer = api.http.post("/sandbox/payments", data=b'{"amount', headers=api.headers)

    assert code(answer) == "400 InvalidJsonInput"


@pytest.mark.parametrize(
    "action", [{"action": "removeTransaction"}, {"action": None}, {}, {"action": "setkey"}]
)
def test_unknown_action_is_refused(api: Api, action: Json) -> None:
    answer = api.update("payments", api.payment(), action)

    assert code(answer) == "400 InvalidJsonInput"


def test_member_that_an_action_does_not_have_is_refused(api: Api) -> None:
    action = {"action": "setStatusInterfaceCode", "interfaceCode": "00000", "interfaceText": "x"}

    assert code(api.update("payments", api.payment(), action)) == "400 InvalidJsonInput"


def test_stale_version_is_refused_with_the_current_one(api: Api) -> None:
    payment = api.payment()
    current = api.update("payments", payment, {"action": "setStatusInterfaceCode", "interfaceCode": "1"}).json

    answer = api.update("payments", payment, {"action": "setStatusInterfaceCode", "interfaceCode": "2"})

    assert code(answer) == "409 ConcurrentModification"
    assert answer.json["errors"][0]["currentVersion"] == current["version"]
    assert api.get(f"payments/{payment['id']}").json == current


def test_update_that_changes_nothing_keeps_the_version(api: Api) -> None:
    payment = api.payment(paymentStatus={"interfaceCode": "1"})

    answer = api.update("payments", payment, {"action": "setStatusInterfaceCode", "interfaceCode": "1"})

    assert answer.json == payment


def test_one_refused_action_undoes_the_others(api: Api) -> None:
    payment = api.payment()

    answer = api.update(
        "payments",
        payment,
        {"action": "addTransaction", "transaction": transaction()},
        {"action": "changeTransactionState", "transactionId": "nowhere", "state": "Success"},
    )

    assert code(answer) == "400 InvalidOperation"
    assert api.get(f"payments/{payment['id']}").json == payment


def test_deletion_needs_the_version(api: Api) -> None:
    payment = api.payment()

    assert code(api.delete(f"payments/{payment['id']}", version=7)) == "409 ConcurrentModification"
    assert api.delete(f"payments/{payment['id']}", version=1).status_code == 200
    assert code(api.get(f"payments/{payment['id']}")) == "404 ResourceNotFound"


def _unhurried() -> datetime:
    """A clock that lets other threads run in the middle of a write."""
    time.sleep(0.002)
    return utc_now()


def test_of_many_updates_of_one_version_one_wins() -> None:
    app = create_app(clock=_unhurried)
    api = sign_in(json_client(app))
    payment, statuses, together = api.payment(), [], Barrier(8)

    def update(number: int) -> None:
        client = Api(http=json_client(app), token=api.token)
        together.wait()
        action = {"action": "setStatusInterfaceCode", "interfaceCode": str(number)}
        statuses.append(client.update("payments", payment, action).status_code)

    threads = [Thread(target=update, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200] + [409] * 7


def test_correlation_id_is_echoed(api: Api) -> None:
    headers = {**api.headers, "X-Correlation-ID": "bridge-42"}

    assert api.http.get("/sandbox/payments", headers=headers).headers["X-Correlation-ID"] == "bridge-42"
    assert api.get("payments").headers["X-Correlation-ID"]


def test_unknown_endpoint_is_a_json_404(api: Api) -> None:
    assert code(api.get("chairs")) == "404 ResourceNotFound"


def test_resource_that_is_only_read_takes_no_writes(api: Api) -> None:
    assert api.post("stores", {"key": "new-store"}).status_code == 405


def test_every_documented_payment_action_is_known() -> None:
    documented = (
        "addInterfaceInteraction addTransaction changeAmountPlanned changeTransactionInteractionId "
        "changeTransactionState changeTransactionTimestamp setAnonymousId setCustomField setCustomType "
        "setCustomer setInterfaceId setKey setMethodInfo setMethodInfoCustomField setMethodInfoCustomType "
        "setMethodInfoInterface setMethodInfoInterfaceAccount setMethodInfoMethod setMethodInfoName "
        "setMethodInfoToken setStatusInterfaceCode setStatusInterfaceText setTransactionCustomField "
        "setTransactionCustomType setTransactionInterfaceId transitionState"
    )
    assert PAYMENT_ACTIONS.names() == frozenset(documented.split())


def test_no_payment_action_removes_or_rebooks_a_transaction() -> None:
    assert not {name for name in PAYMENT_ACTIONS.names() if "remove" in name or "changeTransactionA" in name}


def test_carts_and_orders_know_the_actions_of_a_checkout() -> None:
    assert {"addPayment", "removePayment", "freezeCart", "lockCart", "recalculate"} <= CART_ACTIONS.names()
    assert {"addPayment", "changePaymentState", "changeShipmentState", "addDelivery"} <= ORDER_ACTIONS.names()


def test_answers_are_json_with_plain_text(api: Api) -> None:
    answer = api.get("customers/key=marie-lefevre")

    assert answer.content_type == "application/json; charset=utf-8"
    assert "Lefèvre" in answer.get_data(as_text=True)


def test_whoever_a_client_acts_for_is_kept(api: Api) -> None:
    headers = {**api.headers, "X-External-User-ID": "desk-7"}
    draft = {"amountPlanned": {"centAmount": 1, "currencyCode": "EUR"}}
    made = api.http.post("/sandbox/payments", json=draft, headers=headers).json
    assert made["createdBy"]["externalUserId"] == made["lastModifiedBy"]["externalUserId"] == "desk-7"

    changed = api.update("payments", made, {"action": "setKey", "key": "later"}).json

    assert "externalUserId" not in changed["lastModifiedBy"]
    assert changed["createdBy"] == made["createdBy"]


@pytest.mark.parametrize("path", ["carts", "elsewhere", "carts/nothing"])
def test_an_answer_is_dated_by_the_sandboxs_own_time(api: Api, clock: ShiftedClock, path: str) -> None:
    clock.advance(86_400)
    date = api.get(path).date
    assert date is not None
    assert abs((clock() - date).total_seconds()) < 60
