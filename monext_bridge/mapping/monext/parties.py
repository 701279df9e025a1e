"""Describes who buys, and where the goods go: buyer, addresses and delivery of a Monext session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monext_bridge.domain.record import Address, Cart, Customer
from monext_bridge.mapping.json_object import Json

TITLES: Mapping[str, str] = {
    **dict.fromkeys(("MR", "MISTER", "M", "MONSIEUR", "HERR", "SEÑOR", "SR"), "MR"),
    **dict.fromkeys(("SIGNOR", "DHR", "SENHOR"), "MR"),
    **dict.fromkeys(("MRS", "MME", "MADAME", "FRAU", "SEÑORA", "SRA", "SIGNORA"), "MRS"),
    **dict.fromkeys(("MEVROUW", "SENHORA"), "MRS"),
}
"""Tells how Monext's two titles are written in the shop's languages. Any other title is not sent."""


def buyer(cart: Cart, *, customer: Customer | None) -> Json:
    """Returns what is known of the buyer: the customer's own data first, then the addresses of the cart."""
    account, billing = customer or Customer(id=""), cart.billing_address or Address()
    shipping = cart.shipping_address or Address()
    return {
        "id": account.id or cart.customer_id,
        "title": _title(account.salutation, account.title, billing.title),
        "firstName": account.first_name or billing.first_name,
        "lastName": account.last_name or billing.last_name,
        "email": cart.customer_email or account.email or billing.email or shipping.email,
        "mobile": _telephone(billing) or _telephone(shipping),
        "birthDate": account.date_of_birth,
        "legalStatus": "CORPORATE" if billing.company else "PRIVATE",
        "billingAddress": address(billing),
    }


def delivery(cart: Cart) -> Json:
    """Returns one delivery for all shipping methods: Monext knows no more.

    A payable cart with neither shipping method nor any shipping address has nothing to ship. With an address alone
    nobody knows how it will travel, so no mode is claimed.
    """
    to = cart.shipping_address or next((d.address for d in cart.deliveries if d.address), None)
    if not (cart.deliveries or cart.has_item_addresses) and to is None:
        return {"mode": "DIGITAL_GOOD", "timeframe": "ELECTRONIC"}
    destination = {"address": address(to)} if to else {}
    if not cart.deliveries:
        return destination
    return {
        "charge": sum(d.charge.cent_amount for d in cart.deliveries),
        "provider": ", ".join(dict.fromkeys(d.method for d in cart.deliveries if d.method)),
        "mode": "MAIL_DELIVERY",
        **destination,
    }


def address(found: Address) -> Json:
    """Returns an address as Monext's `ContactAddress`. The company is its label, and part of the complement."""
    return {
        "title": _title(found.title),
        "firstName": found.first_name,
        "lastName": found.last_name,
        "email": found.email,
        "mobile": _telephone(found),
        "label": found.company,
        "streetNumber": found.street_number,
        "street": found.street_name,
        "complement": _complement(found),
        "city": found.city,
        "zip": found.postal_code,
        "state": found.state or found.region,
        "country": found.country,
    }


def _complement(found: Address) -> str:
    parts: Iterable[str | None] = (
        found.additional_street_info,
        found.building,
        found.apartment,
        found.po_box,
        found.company,
    )
    return ", ".join(part for part in parts if part)


def _telephone(found: Address) -> str | None:
    return found.mobile or found.phone


def _title(*written: str | None) -> str | None:
    """Returns the first that is one of Monext's titles."""
    found = (TITLES.get((title or "").replace(".", "").strip().upper()) for title in written)
    return next((title for title in found if title), None)
