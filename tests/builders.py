"""Builds values and JSON documents that are valid by default; a test names only what is different.

The default cart: two chairs at 53.00 and delivery at 5.00, tax of 20 % included, 111.00 EUR in all.
Keyword arguments replace fields of a value, or top-level members of a JSON document. A JSON member that is None
is left out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from monext_bridge.domain.ids import (
    CartId,
    OrderId,
    OrderNumber,
    PaymentId,
    RecordTransactionId,
    SessionToken,
)
from monext_bridge.domain.money import Money
from monext_bridge.domain.record.cart import Address, Cart, CartLine, CartState, Customer, Delivery
from monext_bridge.domain.record.order import Order
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from monext_bridge.mapping.monext.requests import SessionDraft

Json = dict[str, Any]

CART_ID = CartId("6f1e2c1a-2d7a-4c35-9f3f-1c6f5d0b7a10")
PAYMENT_ID = PaymentId("20354d7a-e4fe-47af-8ff6-187bca92f3f9")
ORDER_ID = OrderId("0c4c9a5e-6a0f-4d8e-8a53-5c1d1c6f3b21")
CUSTOMER_ID = "b7a1f7c2-94a3-4a6e-8b1d-3f0d5f2c9e64"
TOKEN = SessionToken("13fChMDzWfyVw6d2R2391553893852225")
PAYMENT_KEY = f"{CART_ID}-1-0123456789ab"
ORDER_NUMBER = OrderNumber("MABCDEFGHIJKL")
BEGUN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def eur(cent_amount: int) -> Money:
    return Money(cent_amount, "EUR")


def an_address(**changes: Any) -> Address:
    values: Json = {
        "first_name": "Jean",
        "last_name": "Dupont",
        "street_name": "Rue de Rome",
        "street_number": "5",
        "postal_code": "13006",
        "city": "Marseille",
        "country": "FR",
        "mobile": "+33612345678",
        "email": "jean.dupont@example.com",
    }
    return Address(**(values | changes))


def a_line(**changes: Any) -> CartLine:
    values: Json = {
        "reference": "LCO-034",
        "name": "Chair",
        "quantity": 2,
        "total": eur(10600),
        "tax_rate": Decimal("0.2"),
    }
    return CartLine(**(values | changes))


def a_delivery(**changes: Any) -> Delivery:
    values: Json = {"method": "Colissimo", "charge": eur(500)}
    return Delivery(**(values | changes))


def a_customer(**changes: Any) -> Customer:
    values: Json = {
        "id": CUSTOMER_ID,
        "number": "C-1001",
        "title": "Mr",
        "first_name": "Jean",
        "last_name": "Dupont",
        "email": "jean.dupont@example.com",
        "date_of_birth": "1980-02-29",
    }
    return Customer(**(values | changes))


def a_cart(**changes: Any) -> Cart:
    values: Json = {
        "id": CART_ID,
        "version": 4,
        "state": CartState.ACTIVE,
        "total": eur(11100),
        "taxes": eur(1850),
        "lines": (a_line(),),
        "deliveries": (a_delivery(),),
        "shipping_address": an_address(),
        "billing_address": an_address(),
        "locale": "fr-FR",
        "country": "FR",
        "customer_id": CUSTOMER_ID,
        "customer_email": "jean.dupont@example.com",
        "product_types": frozenset({None}),
    }
    return Cart(**(values | changes))


def a_transaction(**changes: Any) -> Transaction:
    values: Json = {
        "id": RecordTransactionId("5d2c6d0e-1111-4222-8333-444455556666"),
        "type": TransactionType.CHARGE,
        "state": TransactionState.INITIAL,
        "amount": eur(11100),
        "interaction_id": TOKEN,
        "timestamp": BEGUN,
    }
    return Transaction(**(values | changes))


def a_payment(**changes: Any) -> Payment:
    """A payment attempt whose session is open: its only transaction is Initial."""
    values: Json = {
        "id": PAYMENT_ID,
        "version": 2,
        "planned": eur(11100),
        "key": PAYMENT_KEY,
        "interface": "monext",
        "interface_id": TOKEN,
        "status_text": f"https://homologation-webpayment.payline.com/v2/?token={TOKEN}",
        "created_at": BEGUN,
        "modified_at": BEGUN + timedelta(seconds=1),
        "transactions": (a_transaction(),),
    }
    return Payment(**(values | changes))


def an_order(**changes: Any) -> Order:
    values: Json = {
        "id": ORDER_ID,
        "version": 1,
        "number": ORDER_NUMBER,
        "cart_id": CART_ID,
        "total": eur(11100),
        "payment_state": "Paid",
        "payment_ids": (PAYMENT_ID,),
    }
    return Order(**(values | changes))


def a_session_draft(**changes: Any) -> SessionDraft:
    values: Json = {
        "cart": a_cart(),
        "customer": a_customer(),
        "due": eur(11100),
        "reference": ORDER_NUMBER,
        "point_of_sale": "POS_FR",
        "capture": "AUTOMATIC",
        "payment_method_ids": ("CB_FR", "PAYPAL_FR"),
        "language": None,
        "return_url": "https://pay.example.com/return/ref",
        "notification_url": "https://pay.example.com/notification/ref",
        "private_data": {"commercetoolsPaymentID": PAYMENT_ID},
        "date": BEGUN,
    }
    return SessionDraft(**(values | changes))


def money_json(cent_amount: int, *, currency: str = "EUR", digits: int = 2) -> Json:
    return {
        "type": "centPrecision",
        "currencyCode": currency,
        "centAmount": cent_amount,
        "fractionDigits": digits,
    }


def an_address_json(**changes: Any) -> Json:
    values: Json = {
        "firstName": "Jean",
        "lastName": "Dupont",
        "streetName": "Rue de Rome",
        "streetNumber": "5",
        "postalCode": "13006",
        "city": "Marseille",
        "country": "FR",
        "mobile": "+33612345678",
        "email": "jean.dupont@example.com",
    }
    return _changed(values, changes)


def a_line_json(**changes: Any) -> Json:
    values: Json = {
        "id": "9a1b6f0a-0000-4000-8000-000000000001",
        "productId": "9a1b6f0a-0000-4000-8000-00000000000a",
        "productKey": "chair",
        "name": {"en": "Chair", "fr": "Chaise", "de": "Stuhl"},
        "variant": {"id": 1, "sku": "LCO-034"},
        "quantity": 2,
        "totalPrice": money_json(10600),
        "taxedPrice": {
            "totalNet": money_json(8833),
            "totalGross": money_json(10600),
            "totalTax": money_json(1767),
        },
        "taxRate": {"name": "TVA", "amount": Decimal("0.2"), "includedInPrice": True, "country": "FR"},
        "lineItemMode": "Standard",
    }
    return _changed(values, changes)


def shipping_info_json(**changes: Any) -> Json:
    values: Json = {
        "shippingMethodName": "Colissimo",
        "price": money_json(500),
        "shippingRate": {"price": money_json(500), "tiers": []},
        "taxedPrice": {
            "totalNet": money_json(417),
            "totalGross": money_json(500),
            "totalTax": money_json(83),
        },
        "shippingMethodState": "MatchesCart",
    }
    return _changed(values, changes)


def a_cart_json(**changes: Any) -> Json:
    values: Json = {
        "type": "Cart",
        "id": CART_ID,
        "version": 4,
        "cartState": "Active",
        "customerId": CUSTOMER_ID,
        "customerEmail": "jean.dupont@example.com",
        "locale": "fr-FR",
        "country": "FR",
        "lineItems": [a_line_json()],
        "customLineItems": [],
        "totalPrice": money_json(11100),
        "taxedPrice": {
            "totalNet": money_json(9250),
            "totalGross": money_json(11100),
            "totalTax": money_json(1850),
            "taxPortions": [],
        },
        "shippingMode": "Single",
        "shippingInfo": shipping_info_json(),
        "shippingAddress": an_address_json(),
        "billingAddress": an_address_json(),
        "shipping": [],
        "discountCodes": [],
        "origin": "Customer",
    }
    return _changed(values, changes)


def a_transaction_json(**changes: Any) -> Json:
    values: Json = {
        "id": "5d2c6d0e-1111-4222-8333-444455556666",
        "timestamp": "2026-11-23T10:00:00.000Z",
        "type": "Charge",
        "amount": money_json(11100),
        "interactionId": TOKEN,
        "state": "Initial",
    }
    return _changed(values, changes)


def a_payment_json(**changes: Any) -> Json:
    values: Json = {
        "id": PAYMENT_ID,
        "version": 2,
        "createdAt": "2026-11-23T10:00:00.000Z",
        "lastModifiedAt": "2026-11-23T10:00:01.000Z",
        "key": PAYMENT_KEY,
        "interfaceId": TOKEN,
        "amountPlanned": money_json(11100),
        "paymentMethodInfo": {"paymentInterface": "monext"},
        "paymentStatus": {"interfaceText": f"https://homologation-webpayment.payline.com/v2/?token={TOKEN}"},
        "transactions": [a_transaction_json()],
        "interfaceInteractions": [],
    }
    return _changed(values, changes)


def an_order_json(**changes: Any) -> Json:
    values: Json = {
        "type": "Order",
        "id": ORDER_ID,
        "version": 1,
        "orderNumber": ORDER_NUMBER,
        "orderState": "Open",
        "paymentState": "Paid",
        "cart": {"typeId": "cart", "id": CART_ID},
        "lineItems": [a_line_json()],
        "totalPrice": money_json(11100),
        "taxedPrice": {"totalNet": money_json(9250), "totalGross": money_json(11100)},
        "paymentInfo": {"payments": [{"typeId": "payment", "id": PAYMENT_ID}]},
    }
    return _changed(values, changes)


def _changed(values: Json, changes: Json) -> Json:
    return {name: value for name, value in (values | changes).items() if value is not None}
