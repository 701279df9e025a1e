"""A field that may come from several places is taken from the first that Monext accepts."""

from __future__ import annotations

from typing import Any

import pytest

from monext_bridge.domain.record.cart import Address, Customer
from monext_bridge.mapping.monext.requests import session_request
from tests.builders import (
    CUSTOMER_ID,
    Json,
    a_cart,
    a_customer,
    a_delivery,
    a_session_draft,
    an_address,
)
from tests.monext_openapi import needs_openapi, request_errors

EMAILS = ("cart@example.com", "customer@example.com", "billing@example.com", "shipping@example.com")
REFUSED = (
    "info@b\u00fccher.example",
    "jean@gallery.photography",
    "j@example.com",
    "no email",
    " ",
    f"{'x' * 150}@example.com",
)


def buyer(*, customer: Customer | None = None, **cart: Any) -> Json:
    found: Json = session_request(a_session_draft(cart=a_cart(**cart), customer=customer))["buyer"]
    return found


def buyer_with_emails(cart: str, customer: str, billing: str, shipping: str) -> Json:
    return buyer(
        customer=a_customer(email=customer),
        customer_email=cart,
        billing_address=an_address(email=billing),
        shipping_address=an_address(email=shipping),
    )


def test_an_email_that_monext_refuses_hides_no_good_one() -> None:
    found = buyer(customer_email="info@b\u00fccher.example", billing_address=an_address())
    assert found["email"] == "jean.dupont@example.com"


@pytest.mark.parametrize("refused", REFUSED)
@pytest.mark.parametrize("place", range(4))
def test_the_email_comes_from_cart_customer_billing_or_shipping_address(place: int, refused: str) -> None:
    emails = (*(refused,) * place, *EMAILS[place:])
    assert buyer_with_emails(*emails)["email"] == EMAILS[place]


def test_without_any_email_that_monext_takes_none_is_sent() -> None:
    assert "email" not in buyer_with_emails(*REFUSED[:4])


def test_the_address_of_a_delivery_is_asked_where_the_cart_has_no_shipping_address() -> None:
    nothing = an_address(email=None, mobile=None)
    delivery = a_delivery(address=an_address(email="door@example.com", mobile="+33700000000"))
    found = buyer(customer_email=None, billing_address=nothing, shipping_address=None, deliveries=(delivery,))
    assert (found["email"], found["mobile"]) == ("door@example.com", "+33700000000")


@pytest.mark.parametrize("refused", ["+33 6 12 34 56 78 ext. 12345", "by email", "", None])
@pytest.mark.parametrize("place", range(4))
def test_the_telephone_comes_from_mobile_or_phone_of_billing_or_shipping_address(
    place: int, refused: str | None
) -> None:
    good = ("+33600000000", "+33600000001", "+33600000002", "+33600000003")
    numbers = (*(refused,) * place, *good[place:])
    found = buyer(
        billing_address=an_address(mobile=numbers[0], phone=numbers[1]),
        shipping_address=an_address(mobile=numbers[2], phone=numbers[3]),
    )
    assert found["mobile"] == good[place]


def test_a_bad_mobile_number_hides_no_good_phone_number_of_an_address() -> None:
    found = buyer(billing_address=an_address(mobile="by email", phone="04 91 00 00 00"))
    assert found["billingAddress"]["mobile"] == "0491000000"


@pytest.mark.parametrize("nothing", [" ", "\x00", "", None])
def test_a_name_of_which_nothing_is_left_hides_none(nothing: str | None) -> None:
    found = buyer(
        customer=a_customer(first_name=nothing, last_name=nothing),
        billing_address=an_address(first_name="Jeanne", last_name="Durand"),
    )
    assert (found["firstName"], found["lastName"]) == ("Jeanne", "Durand")


def test_a_customer_whose_id_is_too_long_is_named_by_the_cart() -> None:
    assert buyer(customer=a_customer(id="x" * 51))["id"] == CUSTOMER_ID


@pytest.mark.parametrize(
    ("billing", "title"),
    [
        ({"title": "Dr.", "salutation": "Frau"}, "MRS"),
        ({"title": "Herr", "salutation": "Dear"}, "MR"),
        ({"title": "Dr.", "salutation": "Dear"}, None),
    ],
)
def test_a_title_that_is_none_of_monext_hides_no_salutation(billing: Json, title: str | None) -> None:
    found = buyer(
        customer=a_customer(title="Prof.", salutation="Dear"), billing_address=an_address(**billing)
    )
    assert (found.get("title"), found["billingAddress"].get("title")) == (title, title)


def test_a_state_of_which_nothing_is_left_hides_no_region() -> None:
    found = buyer(billing_address=an_address(state=" ", region="Provence"))
    assert found["billingAddress"]["state"] == "Provence"


@pytest.mark.parametrize(
    ("cart", "billing", "shipping", "sent"),
    [
        ("XK", "FR", "BE", "FR"),
        (None, "XK", "BE", "BE"),
        ("de", "FR", "BE", "DE"),
        ("XK", None, "Kosovo", None),
    ],
)
def test_a_country_that_monext_refuses_hides_no_good_one(
    cart: str | None, billing: str | None, shipping: str | None, sent: str | None
) -> None:
    draft = a_session_draft(
        cart=a_cart(
            country=cart,
            billing_address=an_address(country=billing),
            shipping_address=an_address(country=shipping),
        )
    )
    assert session_request(draft)["order"].get("country") == sent


@needs_openapi
def test_a_request_in_which_every_first_choice_is_refused_conforms() -> None:
    bad = Address(
        email="info@b\u00fccher.example", mobile="by email", phone="none", title="Dr.", country="XK"
    )
    draft = a_session_draft(
        cart=a_cart(customer_email="j@x.y", country="XK", billing_address=bad, shipping_address=bad),
        customer=a_customer(email="j@x.y", title="Dr."),
    )
    assert request_errors(session_request(draft)) == []
