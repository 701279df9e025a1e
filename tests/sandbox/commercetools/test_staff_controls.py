"""What staff, finance and buyers do, each by one control, and what commercetools then holds."""

import pytest
from flask import Flask

from sandbox.commercetools import create_app
from sandbox.commercetools.push import Target
from sandbox.commercetools.seed import cart_id
from tests.sandbox.commercetools.conftest import Api, Json, attach, code, sign_in, transaction
from tests.sandbox.commercetools.json_client import json_client
from tests.sandbox.commercetools.test_messages import order, told
from tests.sandbox.commercetools.test_order_rules import control


@pytest.fixture
def app() -> Flask:
    app = create_app()
    app.extensions["pusher"].target = Target("http://bridge.example/events")
    return app


@pytest.fixture
def api(app: Flask) -> Api:
    return sign_in(json_client(app))


def gross(document: Json) -> int:
    """What an order costs, with its taxes where it is taxed."""
    return int((document.get("taxedPrice", {}).get("totalGross") or document["totalPrice"])["centAmount"])


@pytest.mark.parametrize("total", [1, 10_000, 99_900])
@pytest.mark.parametrize(
    "name",
    ["guest", "discounted", "several-shipping", "digital", "net-prices", "tax-rates", "german-store"],
)
def test_an_order_is_edited_to_any_total(api: Api, name: str, total: int) -> None:
    made = order(api, name)

    edited = control(api, f"orders/{made['id']}/edit", total=total)

    assert gross(edited) == total
    assert ("taxedPrice" in edited) == ("taxedPrice" in made)
    assert edited == api.get(f"orders/{made['id']}").json
    assert told(api.http)[-1]["type"] == "OrderEditApplied"


def test_an_order_is_cancelled(api: Api) -> None:
    made = order(api)
    control(api, f"orders/{made['id']}/state", orderState="Cancelled")
    assert api.get(f"orders/{made['id']}").json["orderState"] == "Cancelled"
    assert told(api.http)[-1]["type"] == "OrderStateChanged"


def charge(amount: int = 13490, **changes: object) -> Json:
    money = {"centAmount": amount, "currencyCode": "EUR"}
    return transaction(type="Charge", amount=money, **changes)


@pytest.mark.parametrize("state", ["Initial", "Pending", "Success", "Failure"])
def test_a_charge_is_taken_back_by_the_bank(api: Api, state: str) -> None:
    payment = api.payment(transactions=[transaction(), charge()])

    changed = control(api, f"payments/{payment['id']}/chargeback", state=state)

    last = changed["transactions"][-1]
    assert (last["type"], last["state"]) == ("Chargeback", state)
    assert last["amount"] == payment["amountPlanned"]
    assert changed["lastModifiedBy"]["clientId"] == "finance"


def test_what_is_given_back_already_is_not_taken_back(api: Api) -> None:
    refund = {**charge(4000), "type": "Refund"}
    payment = api.payment(transactions=[charge(), refund, charge(500, state="Failure")])
    changed = control(api, f"payments/{payment['id']}/chargeback")
    assert changed["transactions"][-1]["amount"]["centAmount"] == 9490


def test_a_part_of_a_charge_is_taken_back(api: Api) -> None:
    payment = api.payment(transactions=[charge()])
    changed = control(api, f"payments/{payment['id']}/chargeback", centAmount=100)
    assert changed["transactions"][-1]["amount"]["centAmount"] == 100


def test_nothing_is_taken_back_where_nothing_is_charged(api: Api) -> None:
    path = f"/_control/payments/{api.payment(transactions=[transaction()])['id']}/chargeback"
    assert code(api.http.post(path, json={})) == "400 InvalidOperation"


def test_a_payment_of_another_interface_and_currency_is_put_on_a_cart(api: Api) -> None:
    points = {"paymentInterface": "points", "centAmount": 3000, "currencyCode": "JPY"}
    cart = control(api, f"carts/{cart_id('guest')}/payments", **points)
    payment = api.get(f"payments/{cart['paymentInfo']['payments'][0]['id']}").json
    (row,) = payment["transactions"]
    assert payment["paymentMethodInfo"] == {"paymentInterface": "points"}
    assert (row["type"], row["state"]) == ("Charge", "Success")
    assert (row["amount"]["centAmount"], row["amount"]["currencyCode"]) == (3000, "JPY")


def test_a_buyer_takes_a_payment_off_the_cart(api: Api) -> None:
    attach(api, api.cart("guest"), payment := api.payment())
    changed = control(api, f"carts/{cart_id('guest')}/payments/remove", payment=payment["id"])
    assert "paymentInfo" not in changed
    assert changed["lastModifiedBy"]["anonymousId"] == changed["anonymousId"]
    assert api.get(f"payments/{payment['id']}").json == payment


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("orders/{id}/edit", {"total": 1}),
        ("orders/{id}/state", {"orderState": "Cancelled"}),
        ("payments/{id}/chargeback", {}),
        ("carts/{id}/payments", {"paymentInterface": "points", "centAmount": 1, "currencyCode": "JPY"}),
        ("carts/{id}/payments/remove", {"payment": "c0000000-0000-4000-8000-00000000ffff"}),
        ("carts/{id}/situation", {"locale": "fr"}),
    ],
)
def test_what_is_not_there_is_not_found(api: Api, path: str, body: Json) -> None:
    path = path.format(id="c0000000-0000-4000-8000-00000000ffff")
    assert code(api.http.post(f"/_control/{path}", json=body)) == "404 ResourceNotFound"
