from datetime import UTC, datetime
from typing import Any

import pytest

from monext_bridge.domain.record.payment import TransactionState, TransactionType
from monext_bridge.mapping.commercetools.answers import (
    CheckoutSession,
    UnreadableResource,
    read_checkout_session,
    read_customer,
    read_order,
    read_payment,
)
from tests.builders import (
    CART_ID,
    CUSTOMER_ID,
    PAYMENT_ID,
    a_customer,
    a_payment,
    a_payment_json,
    a_transaction_json,
    an_order,
    an_order_json,
    eur,
)

CUSTOMER_JSON = {
    "id": CUSTOMER_ID,
    "version": 3,
    "customerNumber": "C-1001",
    "title": "Mr",
    "firstName": "Jean",
    "lastName": "Dupont",
    "email": "jean.dupont@example.com",
    "dateOfBirth": "1980-02-29",
    "isEmailVerified": True,
}


def a_session_json(**changes: Any) -> dict[str, Any]:
    return {
        "id": "a1b2c3",
        "version": 1,
        "state": "Active",
        "expiryAt": "2026-11-23T12:00:00.000Z",
        "activeCart": {"cartRef": {"typeId": "cart", "id": CART_ID}},
        "metadata": {
            "merchantReturnUrl": "https://shop.example.com/thanks",
            "paymentInterface": "monext-fr",
            "allowedPaymentMethods": ["CB", "IDEAL"],
            "futureOrderNumber": "2026-42",
            "correlationId": "c-1",
        },
        **changes,
    }


def test_a_payment_is_read_with_all_its_fields() -> None:
    assert read_payment(a_payment_json()) == a_payment()


def test_a_payment_made_by_someone_else_needs_no_more_than_the_required_fields() -> None:
    read = read_payment({"id": "p", "version": 1, "amountPlanned": {"centAmount": 1, "currencyCode": "EUR"}})
    assert (read.key, read.interface, read.interface_id, read.transactions) == (None, None, None, ())


def test_method_and_status_are_read() -> None:
    body = a_payment_json(
        paymentMethodInfo={"paymentInterface": "monext", "method": "CB"},
        paymentStatus={"interfaceCode": "00000", "interfaceText": "ACCEPTED: Transaction approved"},
    )
    read = read_payment(body)
    assert (read.method, read.status_code, read.status_text) == (
        "CB",
        "00000",
        "ACCEPTED: Transaction approved",
    )


@pytest.mark.parametrize("kind", list(TransactionType))
def test_every_transaction_type_is_read(kind: TransactionType) -> None:
    body = a_payment_json(transactions=[a_transaction_json(type=kind.value)])
    assert read_payment(body).transactions[0].type is kind


@pytest.mark.parametrize("state", list(TransactionState))
def test_every_transaction_state_is_read(state: TransactionState) -> None:
    body = a_payment_json(transactions=[a_transaction_json(state=state.value)])
    assert read_payment(body).transactions[0].state is state


def test_a_type_newer_than_this_code_is_other() -> None:
    body = a_payment_json(transactions=[a_transaction_json(type="Surcharge")])
    assert read_payment(body).transactions[0].type is TransactionType.OTHER


def test_a_state_newer_than_this_code_is_not_final() -> None:
    body = a_payment_json(transactions=[a_transaction_json(state="Disputed")])
    assert read_payment(body).transactions[0].state is TransactionState.PENDING


def test_a_transaction_without_a_state_is_initial() -> None:
    body = a_payment_json(transactions=[a_transaction_json(state=None)])
    assert read_payment(body).transactions[0].state is TransactionState.INITIAL


def test_the_newer_interface_id_of_a_transaction_is_read() -> None:
    body = a_payment_json(transactions=[a_transaction_json(interfaceId="28d1a4f0112233")])
    assert read_payment(body).transactions[0].interface_id == "28d1a4f0112233"


@pytest.mark.parametrize("field", ["id", "version", "amountPlanned"])
def test_a_payment_without_a_required_field_is_unreadable(field: str) -> None:
    with pytest.raises(UnreadableResource, match=field):
        read_payment(a_payment_json(**{field: None}))


@pytest.mark.parametrize("field", ["id", "type", "amount"])
def test_a_transaction_without_a_required_field_is_unreadable(field: str) -> None:
    with pytest.raises(UnreadableResource, match=field):
        read_payment(a_payment_json(transactions=[a_transaction_json(**{field: None})]))


def test_an_order_is_read_with_all_its_fields() -> None:
    assert read_order(an_order_json()) == an_order(state="Open")


def test_an_order_without_taxes_costs_its_total_price() -> None:
    read = read_order(an_order_json(taxedPrice=None))
    assert read.total == eur(11100)


def test_an_order_may_have_no_number_no_cart_and_no_payment() -> None:
    read = read_order(an_order_json(orderNumber=None, cart=None, paymentInfo=None, paymentState=None))
    assert (read.number, read.cart_id, read.payment_ids, read.payment_state) == (None, None, (), None)


def test_the_payments_of_an_order_are_named_without_being_expanded() -> None:
    assert read_order(an_order_json()).payment_ids == (PAYMENT_ID,)


@pytest.mark.parametrize("field", ["id", "version"])
def test_an_order_without_a_required_field_is_unreadable(field: str) -> None:
    with pytest.raises(UnreadableResource, match=field):
        read_order(an_order_json(**{field: None}))


def test_a_customer_is_read_with_all_its_fields() -> None:
    assert read_customer(CUSTOMER_JSON) == a_customer()


def test_a_customer_of_a_company_names_it() -> None:
    assert read_customer({**CUSTOMER_JSON, "companyName": "Chaises SA"}).company == "Chaises SA"


def test_a_customer_without_an_id_is_unreadable() -> None:
    with pytest.raises(UnreadableResource, match="id"):
        read_customer({"email": "jean.dupont@example.com"})


def test_a_checkout_session_is_read_with_all_its_fields() -> None:
    assert read_checkout_session(a_session_json()) == CheckoutSession(
        id="a1b2c3",
        active=True,
        cart_id=CART_ID,
        return_url="https://shop.example.com/thanks",
        interface="monext-fr",
        allowed_methods=("CB", "IDEAL"),
        order_number="2026-42",  # type: ignore[arg-type]
        correlation_id="c-1",
        expires=datetime(2026, 11, 23, 12, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("state", "active"),
    [("Active", True), ("ACTIVE", True), ("active", True), ("Expired", False), ("", False), (None, False)],
)
def test_only_the_state_active_of_any_case_is_active(state: str | None, active: bool) -> None:
    assert read_checkout_session(a_session_json(state=state)).active is active


def test_a_checkout_session_needs_no_metadata() -> None:
    read = read_checkout_session({"id": "a1b2c3", "state": "Active"})
    assert read == CheckoutSession(id="a1b2c3", active=True)


def test_a_checkout_session_without_an_id_is_unreadable() -> None:
    with pytest.raises(UnreadableResource, match="id"):
        read_checkout_session(a_session_json(id=None))


NO_LISTS: list[Any] = ["CB", {"CB": 1}, [["CB"]], ["CB", 5], ["CB", ""], 1, True]
NO_TEXTS: list[Any] = [5, ["x"], {}, False]
UNREADABLE_RULES = [
    *(("allowedPaymentMethods", value) for value in NO_LISTS),
    *(
        (name, value)
        for name in ("merchantReturnUrl", "paymentInterface", "futureOrderNumber")
        for value in NO_TEXTS
    ),
]


@pytest.mark.parametrize(("name", "value"), UNREADABLE_RULES)
def test_a_rule_of_a_session_in_another_form_is_told_and_not_passed_over(name: str, value: object) -> None:
    read = read_checkout_session(a_session_json(metadata={name: value}))
    assert read.unreadable == (name,)


@pytest.mark.parametrize(
    "metadata", [{}, None, {"allowedPaymentMethods": []}, {"allowedPaymentMethods": None}]
)
def test_a_session_without_rules_has_none_that_can_not_be_read(metadata: object) -> None:
    read = read_checkout_session(a_session_json(metadata=metadata))
    assert (read.unreadable, read.allowed_methods) == ((), ())
