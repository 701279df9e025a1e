"""Where a real project may be otherwise than its documentation lets one think, the sandbox can be like that."""

from tests.sandbox.commercetools.conftest import Api, Json, code

TEXT = {"action": "setStatusInterfaceText", "interfaceText": "x" * 300}
FROZEN = {"action": "freezeCart"}


def _differ(api: Api, **switches: object) -> None:
    api.http.post("/_control/differences", json=switches)


def _order(api: Api, cart: Json, number: str) -> str:
    """The error code, or that there is an order."""
    draft = {"cart": {"typeId": "cart", "id": cart["id"]}, "version": cart["version"], "orderNumber": number}
    answer = api.post("orders", draft)
    return "ordered" if answer.status_code == 201 else code(answer)


def test_a_text_of_a_status_may_have_a_limit(api: Api) -> None:
    _differ(api, longestStatusText=255)
    assert code(api.update("payments", api.payment(), TEXT)) == "400 InvalidInput"
    api.http.delete("/_control/differences")
    assert api.update("payments", api.payment(), TEXT).status_code == 200


def test_an_order_number_may_have_a_limit(api: Api) -> None:
    _differ(api, longestOrderNumber=10)
    assert _order(api, api.cart("guest"), "n" * 11) == "400 InvalidInput"
    assert _order(api, api.cart("guest"), "n" * 10) == "ordered"


def test_a_frozen_cart_may_be_refused_as_an_order(api: Api) -> None:
    _differ(api, frozenOrders=False)
    api.update("carts", api.cart("guest"), FROZEN)
    assert _order(api, api.cart("guest"), "A-1") == "400 InvalidOperation"
    api.update("carts", api.cart("guest"), {"action": "unfreezeCart"})
    assert _order(api, api.cart("guest"), "A-1") == "ordered"


def test_two_transactions_may_have_the_same_interface_id(api: Api) -> None:
    money = {"centAmount": 100, "currencyCode": "EUR"}
    action = {
        "action": "addTransaction",
        "transaction": {"type": "Charge", "amount": money, "interfaceId": "t"},
    }
    payment = api.update("payments", api.payment(), action).json
    assert code(api.update("payments", payment, action)) == "400 DuplicateField"
    _differ(api, uniqueTransactionIds=False)
    assert api.update("payments", payment, action).status_code == 200


def test_the_external_user_may_be_dropped(api: Api) -> None:
    _differ(api, externalUsers=False)
    draft = {"amountPlanned": {"centAmount": 100, "currencyCode": "EUR"}}
    headers = {**api.headers, "X-External-User-ID": "someone"}
    made = api.http.post("/sandbox/payments", json=draft, headers=headers).json
    assert "externalUserId" not in made["createdBy"]
