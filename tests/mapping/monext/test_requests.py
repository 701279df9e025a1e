from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from monext_bridge.domain.operations import OwnedKey
from monext_bridge.domain.record.cart import Customer
from monext_bridge.mapping.monext.parties import TITLES
from monext_bridge.mapping.monext.requests import (
    BRIDGE_KEY,
    BRIDGE_PRINCIPAL,
    SessionOptions,
    operation_request,
    session_request,
)
from tests.builders import (
    CUSTOMER_ID,
    PAYMENT_ID,
    Json,
    a_cart,
    a_customer,
    a_delivery,
    a_line,
    a_session_draft,
    an_address,
    eur,
)
from tests.monext_openapi import needs_openapi, request_errors, unknown_members


def request_for(**cart: object) -> Json:
    return session_request(a_session_draft(cart=a_cart(**cart)))


def test_a_request_is_exactly_what_is_known() -> None:
    home = {
        "firstName": "Jean",
        "lastName": "Dupont",
        "email": "jean.dupont@example.com",
        "mobile": "+33612345678",
        "streetNumber": "5",
        "street": "Rue de Rome",
        "city": "Marseille",
        "zip": "13006",
        "country": "FR",
    }
    assert session_request(a_session_draft()) == {
        "pointOfSaleReference": "POS_FR",
        "paymentMethod": {"paymentMethodIDs": ["CB_FR", "PAYPAL_FR"]},
        "payment": {"paymentType": "ONE_OFF", "capture": "AUTOMATIC", "amount": 11100},
        "order": {
            "reference": "MABCDEFGHIJKL",
            "amount": 11100,
            "currency": "EUR",
            "taxes": 1850,
            "date": "2026-11-23T10:00:00Z",
            "origin": "E_COM",
            "country": "FR",
            "items": [
                {
                    "reference": "LCO-034",
                    "price": 10600,
                    "quantity": 2,
                    "taxRate": 2000,
                    "comment": "Chair",
                }
            ],
        },
        "buyer": {
            "id": CUSTOMER_ID,
            "title": "MR",
            "firstName": "Jean",
            "lastName": "Dupont",
            "email": "jean.dupont@example.com",
            "mobile": "+33612345678",
            "birthDate": "1980-02-29",
            "legalStatus": "PRIVATE",
            "billingAddress": home,
        },
        "delivery": {
            "charge": 500,
            "provider": "Colissimo",
            "mode": "MAIL_DELIVERY",
            "address": home,
        },
        "threeDS": {"challengeInd": "NO_PREFERENCE"},
        "privateData": {"commercetoolsPaymentID": PAYMENT_ID},
        "returnURL": "https://pay.example.com/return/ref",
        "notificationURL": "https://pay.example.com/notification/ref",
        "languageCode": "FR",
    }


@needs_openapi
def test_the_request_conforms_to_the_description_of_monext() -> None:
    request = session_request(a_session_draft())
    assert (request_errors(request), unknown_members(request)) == ([], [])


def test_a_preselected_method_is_sent_alone() -> None:
    request = session_request(a_session_draft(payment_method_ids=("IDEAL_FR",)))
    assert request["paymentMethod"] == {"paymentMethodIDs": ["IDEAL_FR"]}


def test_without_contracts_all_methods_of_the_point_of_sale_are_asked_for() -> None:
    request = session_request(a_session_draft(payment_method_ids=()))
    assert request["paymentMethod"] == {"paymentMethodIDs": []}


@pytest.mark.parametrize("capture", ["AUTOMATIC", "MANUAL"])
def test_the_capture_type_is_the_one_of_the_store(capture: str) -> None:
    assert session_request(a_session_draft(capture=capture))["payment"]["capture"] == capture


@pytest.mark.parametrize(
    ("rate", "sent"),
    [("0.2", 2000), ("0.0255", 255), ("0.055", 550), ("0.021", 210), ("0", 0), ("0.9999", 9999)],
)
def test_a_tax_rate_is_an_exact_integer(rate: str, sent: int) -> None:
    item = request_for(lines=(a_line(tax_rate=Decimal(rate)),))["order"]["items"][0]
    assert item["taxRate"] == sent


@pytest.mark.parametrize("rate", ["0.05125", "1", "-0.2", None])
def test_a_tax_rate_that_monext_can_not_take_exactly_is_left_out(rate: str | None) -> None:
    line = a_line(tax_rate=None if rate is None else Decimal(rate))
    assert "taxRate" not in request_for(lines=(line,))["order"]["items"][0]


def test_taxes_that_are_not_known_are_not_claimed() -> None:
    assert "taxes" not in request_for(taxes=None)["order"]


def test_the_date_is_utc_in_seconds() -> None:
    moment = datetime(2026, 11, 23, 11, 0, 0, 999999, timezone(timedelta(hours=1)))
    assert session_request(a_session_draft(date=moment))["order"]["date"] == "2026-11-23T10:00:00Z"


def test_the_country_of_an_order_is_the_billing_country_where_the_cart_names_none() -> None:
    assert request_for(country=None, billing_address=an_address(country="BE"))["order"]["country"] == "BE"


@pytest.mark.parametrize(
    ("asked", "of_cart", "sent"),
    [
        ("de-AT", "fr", "DE"),
        (None, "nl_BE", "NL"),
        ("PT", None, "PT"),
        (None, None, None),
        ("fil", "fr", "FR"),
        ("fil", "tlh", None),
    ],
)
def test_the_language_is_two_capitals(asked: str | None, of_cart: str | None, sent: str | None) -> None:
    request = session_request(a_session_draft(language=asked, cart=a_cart(locale=of_cart)))
    assert request.get("languageCode") == sent


def test_private_data_without_a_value_is_not_sent() -> None:
    request = session_request(a_session_draft(private_data={"cartId": "c", "storeKey": ""}))
    assert request["privateData"] == {"cartId": "c"}


def test_several_shipping_methods_are_one_delivery_with_the_whole_charge() -> None:
    lyon = an_address(city="Lyon")
    several = (a_delivery(address=lyon), a_delivery(method="Chronopost", charge=eur(900)))
    delivery = request_for(deliveries=several, shipping_address=None)["delivery"]
    assert (delivery["charge"], delivery["provider"], delivery["address"]["city"]) == (
        1400,
        "Colissimo, Chronopost",
        "Lyon",
    )


def test_free_delivery_is_still_a_delivery() -> None:
    delivery = request_for(deliveries=(a_delivery(charge=eur(0)),))["delivery"]
    assert (delivery["charge"], delivery["mode"]) == (0, "MAIL_DELIVERY")


def test_a_cart_of_which_nothing_is_shipped_is_delivered_electronically() -> None:
    request = request_for(deliveries=(), shipping_address=None)
    assert request["delivery"] == {"mode": "DIGITAL_GOOD", "timeframe": "ELECTRONIC"}


def test_a_cart_whose_lines_have_their_own_addresses_is_not_called_digital() -> None:
    request = request_for(deliveries=(), shipping_address=None, has_item_addresses=True)
    assert "mode" not in request.get("delivery", {})


def test_an_address_without_a_shipping_method_claims_no_way_of_delivery() -> None:
    assert set(request_for(deliveries=())["delivery"]) == {"address"}


@pytest.mark.parametrize(
    ("written", "sent"),
    [("pickup point", "PICKUP_POINT"), ("LOCKER", "LOCKER"), ("by drone", "MAIL_DELIVERY")],
)
def test_a_mode_of_delivery_is_one_of_monext_or_by_mail(written: str, sent: str) -> None:
    assert request_for(deliveries=(a_delivery(mode=written),))["delivery"]["mode"] == sent


def test_time_and_day_of_a_delivery_are_sent() -> None:
    day = datetime(2026, 11, 24, 10, tzinfo=timezone(timedelta(hours=1)))
    delivery = request_for(deliveries=(a_delivery(timeframe="overnight", expected_at=day),))["delivery"]
    assert (delivery["timeframe"], delivery["expectedDate"]) == ("OVERNIGHT", "2026-11-24T09:00:00Z")


def test_a_time_that_is_none_of_monext_is_left_out() -> None:
    assert "timeframe" not in request_for(deliveries=(a_delivery(timeframe="soon"),))["delivery"]


def test_several_deliveries_are_described_by_what_they_share() -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC)
    one = a_delivery(mode="LOCKER", timeframe="OVERNIGHT", expected_at=day)
    other = a_delivery(mode="LOCKER", timeframe="SAME_DAY")
    delivery = request_for(deliveries=(one, other))["delivery"]
    described = {name: delivery.get(name) for name in ("mode", "timeframe", "expectedDate")}
    assert described == {"mode": "LOCKER", "timeframe": None, "expectedDate": None}


def test_an_item_is_described_as_far_as_it_is_known() -> None:
    line = a_line(brand="Ercol", category="500010001", seller="Chaises SA")
    item = request_for(lines=(line,))["order"]["items"][0]
    assert (item["brand"], item["category"], item["seller"]) == ("Ercol", "500010001", "Chaises SA")


@pytest.mark.parametrize("category", ["chairs", "5" * 51, "٣", "-5", " "])
def test_a_category_that_is_no_code_of_monext_is_left_out(category: str) -> None:
    assert "category" not in request_for(lines=(a_line(category=category),))["order"]["items"][0]


OPTIONS = SessionOptions(
    fallback_method_ids=("AMEX_FR",),
    page_code="winter",
    soft_descriptor="Chaises SA",
    challenge="CHALLENGE_MANDATE",
)


def test_the_wishes_of_the_store_are_sent() -> None:
    request = session_request(a_session_draft(options=OPTIONS))
    assert request["paymentMethod"]["fallbackPaymentMethodIDs"] == ["AMEX_FR"]
    assert request["customPaymentPageCode"] == "winter"
    assert request["payment"]["softDescriptor"] == "Chaises SA"
    assert request["threeDS"]["challengeInd"] == "CHALLENGE_MANDATE"


@needs_openapi
def test_a_request_with_everything_in_it_conforms() -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC)
    cart = a_cart(
        lines=(a_line(brand="Ercol", category="5", seller="Us"),),
        deliveries=(a_delivery(mode="LOCKER", timeframe="OVERNIGHT", expected_at=day),),
    )
    request = session_request(a_session_draft(cart=cart, options=OPTIONS))
    assert (request_errors(request), unknown_members(request)) == ([], [])


def test_a_guest_is_known_by_the_billing_address() -> None:
    cart = a_cart(customer_id=None, customer_email=None, billing_address=an_address(title="Mme"))
    buyer = session_request(a_session_draft(cart=cart, customer=None))["buyer"]
    assert {name: buyer.get(name) for name in ("id", "title", "firstName", "email", "mobile")} == {
        "id": None,
        "title": "MRS",
        "firstName": "Jean",
        "email": "jean.dupont@example.com",
        "mobile": "+33612345678",
    }


def test_a_customer_that_could_not_be_read_is_named_by_the_cart() -> None:
    assert session_request(a_session_draft(customer=None))["buyer"]["id"] == CUSTOMER_ID


def test_the_email_of_this_cart_comes_before_that_of_the_account() -> None:
    cart = a_cart(customer_email="today@example.com")
    assert session_request(a_session_draft(cart=cart))["buyer"]["email"] == "today@example.com"


def test_a_customer_known_by_the_id_alone_is_named_by_the_billing_address() -> None:
    request = session_request(a_session_draft(customer=Customer(id=CUSTOMER_ID)))
    assert request["buyer"]["lastName"] == "Dupont"


def test_a_company_is_a_corporate_buyer() -> None:
    billing = an_address(company="Chaises SA")
    buyer = request_for(billing_address=billing)["buyer"]
    assert buyer["legalStatus"] == "CORPORATE"
    assert (buyer["billingAddress"]["label"], buyer["billingAddress"]["complement"]) == (
        "Chaises SA",
        "Chaises SA",
    )


def test_the_complement_holds_what_has_no_field_of_its_own() -> None:
    billing = an_address(
        additional_street_info="Cour 2", building="Bât. C", apartment="Apt 12", po_box="BP 40"
    )
    address = request_for(billing_address=billing)["buyer"]["billingAddress"]
    assert address["complement"] == "Cour 2, Bât. C, Apt 12, BP 40"


def test_a_telephone_number_serves_where_there_is_no_mobile_one() -> None:
    billing = an_address(mobile=None, phone="04 91 00 00 00")
    assert request_for(billing_address=billing)["buyer"]["mobile"] == "0491000000"


def test_the_region_is_the_state_where_there_is_none() -> None:
    billing = an_address(state=None, region="Bouches-du-Rhône")
    assert request_for(billing_address=billing)["buyer"]["billingAddress"]["state"] == "Bouches-du-Rhône"


def test_every_title_becomes_one_of_the_two() -> None:
    for written in TITLES:
        draft = a_session_draft(customer=a_customer(title=f"{written.capitalize()}."))
        assert session_request(draft)["buyer"]["title"] in ("MR", "MRS"), written


@pytest.mark.parametrize("written", ["Dr.", "Ms", "Prof.", "", None])
def test_any_other_title_is_left_out(written: str | None) -> None:
    assert "title" not in session_request(a_session_draft(customer=a_customer(title=written)))["buyer"]


def test_a_salutation_says_what_an_academic_title_does_not() -> None:
    draft = a_session_draft(customer=a_customer(title="Dr.", salutation="Frau"))
    assert session_request(draft)["buyer"]["title"] == "MRS"


def test_an_act_carries_the_reference_of_the_caller_and_our_key_with_its_principal() -> None:
    key = OwnedKey("ship-42-0", "shipment")
    assert operation_request(amount=2499, key=key, merchant_reference="order 42") == {
        "amount": 2499,
        "merchantReference": "order 42",
        "privateData": {BRIDGE_KEY: "ship-42-0", BRIDGE_PRINCIPAL: "shipment"},
    }


def test_an_act_of_an_earlier_release_has_a_key_and_no_principal() -> None:
    request = operation_request(amount=1, key=OwnedKey("k-1"), merchant_reference=None)
    assert request["privateData"] == {BRIDGE_KEY: "k-1"}


def test_an_act_without_a_reference_is_referred_to_by_our_key() -> None:
    assert (
        operation_request(amount=1, key=OwnedKey("k-1"), merchant_reference=None)["merchantReference"]
        == "k-1"
    )


def test_a_comment_is_sent_without_what_monext_refuses_in_it() -> None:
    request = operation_request(
        amount=1, key=OwnedKey("k"), merchant_reference=None, comment="<b>late</b> " + "x" * 300
    )
    assert (request["comment"][:8], len(request["comment"])) == ("blate/b ", 255)
    request = operation_request(amount=1, key=OwnedKey("k"), merchant_reference=None, option="FINAL")
    assert request["option"] == "FINAL"


def test_an_option_is_sent_where_there_is_one() -> None:
    assert (
        operation_request(amount=1, key=OwnedKey("k"), merchant_reference=None, option="FINAL")["option"]
        == "FINAL"
    )


@needs_openapi
def test_an_act_conforms_to_the_description_of_monext() -> None:
    request = operation_request(amount=1, key=OwnedKey("k"), merchant_reference=None, comment="late\n<b>")
    assert request_errors(request, "TransactionActionRequest") == []
    assert unknown_members(request, "TransactionActionRequest") == []
