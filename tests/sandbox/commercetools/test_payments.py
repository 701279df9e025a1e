import pytest

from tests.sandbox.commercetools.conftest import Api, Json, code, transaction
from tests.sandbox.commercetools.json_client import JsonAnswer


def test_minimal_payment_is_filled_in(api: Api) -> None:
    payment = api.payment()

    assert payment["version"] == 1
    assert payment["amountPlanned"] == {
        "type": "centPrecision",
        "currencyCode": "EUR",
        "centAmount": 13490,
        "fractionDigits": 2,
    }
    assert (payment["transactions"], payment["interfaceInteractions"]) == ([], [])
    assert (payment["paymentMethodInfo"], payment["paymentStatus"]) == ({}, {})


def test_payment_is_found_by_id_and_key(api: Api) -> None:
    payment = api.payment(key="cart-1-digest")

    assert api.get(f"payments/{payment['id']}").json == payment
    assert api.get("payments/key=cart-1-digest").json == payment


def test_head_answers_whether_it_is_there(api: Api) -> None:
    path = f"/sandbox/payments/{api.payment()['id']}"

    assert api.http.head(path, headers=api.headers).status_code == 200
    assert api.http.head("/sandbox/payments/key=none", headers=api.headers).status_code == 404


def test_unknown_payment_is_not_found(api: Api) -> None:
    answer = api.get("payments/key=nothing")

    assert code(answer) == "404 ResourceNotFound"
    assert answer.json["message"] == "The Resource with key 'nothing' was not found."


def test_key_can_be_taken_once(api: Api) -> None:
    first = api.payment(key="cart-1")

    answer = api.post("payments", {"key": "cart-1", "amountPlanned": first["amountPlanned"]})

    assert code(answer) == "400 DuplicateField"
    error = answer.json["errors"][0]
    assert (error["field"], error["duplicateValue"]) == ("key", "cart-1")
    assert error["conflictingResource"] == {"typeId": "payment", "id": first["id"]}
    assert api.get("payments", where='key="cart-1"').json["total"] == 1


def test_key_is_free_again_after_deletion(api: Api) -> None:
    first = api.payment(key="cart-1")
    assert api.delete(f"payments/{first['id']}", version=1).status_code == 200

    assert api.payment(key="cart-1")["id"] != first["id"]


@pytest.mark.parametrize("key", ["x", "with space", "a" * 257, "a/b", "é1"])
def test_malformed_key_is_refused(api: Api, key: str) -> None:
    answer = api.post("payments", {"key": key, "amountPlanned": {"centAmount": 1, "currencyCode": "EUR"}})

    assert code(answer) == "400 InvalidInput"


def test_interface_id_is_unique_within_its_payment_interface(api: Api) -> None:
    api.payment(interfaceId="token-1", paymentMethodInfo={"paymentInterface": "monext"})
    api.payment(interfaceId="token-1", paymentMethodInfo={"paymentInterface": "other"})
    third = api.payment(paymentMethodInfo={"paymentInterface": "monext"})

    answer = api.update("payments", third, {"action": "setInterfaceId", "interfaceId": "token-1"})

    assert code(answer) == "400 DuplicateField"
    assert answer.json["errors"][0]["field"] == "interfaceId"
    assert api.get(f"payments/{third['id']}").json == third


def test_interface_id_keeps_its_first_value(api: Api) -> None:
    payment = api.payment(interfaceId="token-1")

    answer = api.update("payments", payment, {"action": "setInterfaceId", "interfaceId": "token-2"})

    assert code(answer) == "400 InvalidOperation"


def test_payment_interface_keeps_its_first_value(api: Api) -> None:
    payment = api.payment(paymentMethodInfo={"paymentInterface": "monext"})

    answer = api.update("payments", payment, {"action": "setMethodInfoInterface", "interface": "other"})

    assert code(answer) == "400 InvalidOperation"


def test_transaction_interface_id_is_unique_over_all_payments(api: Api) -> None:
    api.payment(transactions=[transaction(interfaceId="T1")])
    other = api.payment(transactions=[transaction()])
    action = {
        "action": "setTransactionInterfaceId",
        "transactionId": other["transactions"][0]["id"],
        "interfaceId": "T1",
    }

    assert code(api.update("payments", other, action)) == "400 DuplicateField"


def test_transaction_interface_id_is_unique_within_one_payment(api: Api) -> None:
    rows = [transaction(interfaceId="T1"), transaction(interfaceId="T1")]
    draft = {"amountPlanned": {"centAmount": 1, "currencyCode": "EUR"}, "transactions": rows}

    assert code(api.post("payments", draft)) == "400 DuplicateField"


def test_transaction_starts_as_initial(api: Api) -> None:
    draft = {"type": "Charge", "amount": {"centAmount": 100, "currencyCode": "EUR"}}

    payment = api.update("payments", api.payment(), {"action": "addTransaction", "transaction": draft}).json

    assert payment["transactions"][0]["state"] == "Initial"
    assert payment["transactions"][0]["amount"]["fractionDigits"] == 2


ON_TRANSACTION: list[Json] = [
    {"action": "changeTransactionState", "state": "Failure"},
    {"action": "changeTransactionTimestamp", "timestamp": "2026-05-04T03:02:01.000Z"},
    {"action": "changeTransactionInteractionId", "interactionId": "key~0badcafe"},
    {"action": "setTransactionInterfaceId", "interfaceId": "T9"},
]


@pytest.mark.parametrize("action", ON_TRANSACTION, ids=lambda action: action["action"])
def test_action_changes_its_field_of_the_transaction(api: Api, action: Json) -> None:
    payment = api.payment(transactions=[transaction()])
    row = payment["transactions"][0]

    changed = api.update("payments", payment, {**action, "transactionId": row["id"]}).json

    field = {name: value for name, value in action.items() if name != "action"}
    assert changed["transactions"] == [{**row, **field}]
    assert changed["version"] > payment["version"]


@pytest.mark.parametrize("action", ON_TRANSACTION, ids=lambda action: action["action"])
def test_action_on_an_unknown_transaction_is_refused(api: Api, action: Json) -> None:
    answer = api.update("payments", api.payment(), {**action, "transactionId": "nowhere"})

    assert code(answer) == "400 InvalidOperation"


def test_status_and_method_are_set_and_removed(api: Api) -> None:
    payment = api.update(
        "payments",
        api.payment(),
        {"action": "setStatusInterfaceCode", "interfaceCode": "00000"},
        {"action": "setStatusInterfaceText", "interfaceText": "ACCEPTED"},
        {"action": "setMethodInfoInterface", "interface": "monext"},
        {"action": "setMethodInfoMethod", "method": "CB"},
        {"action": "setMethodInfoName", "name": {"fr": "Carte", "en": "Card"}},
        {"action": "setMethodInfoInterfaceAccount", "interfaceAccount": "POS-1"},
        {"action": "setMethodInfoToken", "token": {"value": "wallet-1"}},
    ).json

    assert payment["paymentStatus"] == {"interfaceCode": "00000", "interfaceText": "ACCEPTED"}
    assert payment["paymentMethodInfo"] == {
        "paymentInterface": "monext",
        "method": "CB",
        "name": {"fr": "Carte", "en": "Card"},
        "interfaceAccount": "POS-1",
        "token": {"value": "wallet-1"},
    }
    emptied = api.update(
        "payments",
        payment,
        {"action": "setStatusInterfaceText", "interfaceText": ""},
        {"action": "setMethodInfoMethod"},
    ).json
    assert "interfaceText" not in emptied["paymentStatus"]
    assert "method" not in emptied["paymentMethodInfo"]


def test_several_members_of_the_method_are_set_at_once(api: Api) -> None:
    payment = api.payment(paymentMethodInfo={"paymentInterface": "monext", "method": "CB"})

    changed = api.update("payments", payment, {"action": "setMethodInfo", "name": {"fr": "Carte"}}).json

    assert changed["paymentMethodInfo"] == {
        "paymentInterface": "monext",
        "method": "CB",
        "name": {"fr": "Carte"},
    }


def test_interaction_needs_a_type_that_defines_its_fields(api: Api) -> None:
    kind = {"typeId": "type", "key": "payment-interaction"}
    add = {"action": "addInterfaceInteraction", "type": kind}

    good = api.update("payments", api.payment(), {**add, "fields": {"note": "asked"}})
    bad = api.update("payments", api.payment(), {**add, "fields": {"nonsense": "asked"}})

    assert good.json["interfaceInteractions"][0]["fields"] == {"note": "asked"}
    assert code(bad) == "400 InvalidJsonInput"


def test_state_moves_along_its_transitions(api: Api) -> None:
    def move(payment: Json, key: str) -> JsonAnswer:
        return api.update(
            "payments", payment, {"action": "transitionState", "state": {"typeId": "state", "key": key}}
        )

    early = move(api.payment(), "payment-done")
    opened = move(api.payment(), "payment-open")
    done = move(opened.json, "payment-done")

    assert code(early) == "400 InvalidOperation"
    assert done.json["paymentStatus"]["state"]["typeId"] == "state"
    assert code(move(done.json, "payment-open")) == "400 InvalidOperation"


def test_customer_must_exist(api: Api) -> None:
    customer = {"typeId": "customer", "id": "a0000000-0000-4000-8000-00000000ffff"}

    answer = api.update("payments", api.payment(), {"action": "setCustomer", "customer": customer})

    assert code(answer) == "400 ReferencedResourceNotFound"
    assert answer.json["errors"][0]["typeId"] == "customer"
