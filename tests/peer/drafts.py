"""Gives the drafts that the tests create in the mock: an article, a customer, and carts by situation.

The mock adds delivery to a cart's total only where tax is external, so every cart brings its tax rates.
"""

from __future__ import annotations

from typing import Any

from sandbox.commercetools.seed.people import BERLIN, PARIS

Json = dict[str, Any]

VAT_FR: Json = {"name": "TVA", "amount": 0.2, "country": "FR", "includedInPrice": True}
VAT_DE: Json = {"name": "MwSt.", "amount": 0.19, "country": "DE", "includedInPrice": True}

PRODUCT_TYPE: Json = {"key": "furniture", "name": "Furniture", "description": "Things to sit on"}
CHAIR: Json = {
    "key": "chair",
    "name": {"fr": "Chaise", "de": "Stuhl"},
    "slug": {"fr": "chaise"},
    "productType": {"typeId": "product-type", "key": "furniture"},
    "masterVariant": {
        "sku": "CHAIR",
        "prices": [{"value": {"currencyCode": "EUR", "centAmount": 5300}}],
    },
    "publish": True,
}
CUSTOMER: Json = {
    "customerNumber": "C-1001",
    "email": "jean.dupont@example.com",
    "password": "not-a-secret",
    "firstName": "Jean",
    "lastName": "Dupont",
}


def cart_draft(situation: str, *, customer_id: str) -> Json:
    """Give the draft of a cart: `guest`, `customer` (with a gift wrap) or `german-store` (captured on shipment)."""
    if situation == "german-store":
        return _cart(VAT_DE, country="DE", locale="de-DE", store="de-store", address=BERLIN)
    french = _cart(VAT_FR, country="FR", locale="fr-FR", store="fr-store", address=PARIS)
    if situation == "guest":
        return french | {"anonymousId": "visitor-1"}
    return french | {"customerId": customer_id, "customLineItems": [_gift_wrap(VAT_FR)]}


def delivery(situation: str) -> Json:
    """Give the update action that adds delivery for 5.00 EUR."""
    return {
        "action": "setCustomShippingMethod",
        "shippingMethodName": "Colissimo",
        "shippingRate": {"price": {"currencyCode": "EUR", "centAmount": 500}},
        "externalTaxRate": VAT_DE if situation == "german-store" else VAT_FR,
    }


def _cart(vat: Json, *, country: str, locale: str, store: str, address: Json) -> Json:
    """Give the draft of a cart with two chairs at 53.00 EUR."""
    return {
        "currency": "EUR",
        "country": country,
        "locale": locale,
        "store": {"typeId": "store", "key": store},
        "customerEmail": address["email"],
        "billingAddress": address,
        "shippingAddress": address,
        "taxMode": "External",
        "lineItems": [{"sku": "CHAIR", "quantity": 2, "externalTaxRate": vat}],
    }


def _gift_wrap(vat: Json) -> Json:
    return {
        "name": {"fr": "Papier cadeau"},
        "slug": "gift-wrap",
        "quantity": 1,
        "money": {"currencyCode": "EUR", "centAmount": 350},
        "externalTaxRate": vat,
    }
