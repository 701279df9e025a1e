"""Describes who buys, and where the goods go: buyer, addresses and delivery of a Monext session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from monext_bridge.domain.record import Address, Cart, Customer
from monext_bridge.mapping.json_object import Json
from monext_bridge.mapping.monext.limits import first_fitting

T = TypeVar("T")

TITLES: Mapping[str, str] = {
    **dict.fromkeys(("MR", "MISTER", "M", "MONSIEUR", "HERR", "SEÑOR", "SR"), "MR"),
    **dict.fromkeys(("SIGNOR", "DHR", "SENHOR"), "MR"),
    **dict.fromkeys(("MRS", "MME", "MADAME", "FRAU", "SEÑORA", "SRA", "SIGNORA"), "MRS"),
    **dict.fromkeys(("MEVROUW", "SENHORA"), "MRS"),
}
"""Tells how Monext's two titles are written in the shop's languages. Any other title is not sent."""


def buyer(cart: Cart, *, customer: Customer | None) -> Json:
    """Returns what is known of the buyer: the customer's own data first, then the addresses of the cart.

    Where Monext would refuse what one of them says, the next one is asked.
    """
    account, billing = customer or Customer(id=""), cart.billing_address or Address()
    shipping = destination(cart) or Address()
    emails = (cart.customer_email, account.email, billing.email, shipping.email)
    return {
        "id": first_fitting("buyer.id", account.id, cart.customer_id),
        "title": _title(account.salutation, account.title, billing.salutation, billing.title),
        "firstName": first_fitting("buyer.firstName", account.first_name, billing.first_name),
        "lastName": first_fitting("buyer.lastName", account.last_name, billing.last_name),
        "email": first_fitting("buyer.email", *emails),
        "mobile": _telephone(billing, shipping),
        "birthDate": account.date_of_birth,
        "legalStatus": "CORPORATE" if billing.company else "PRIVATE",
        "billingAddress": address(billing),
    }


def destination(cart: Cart) -> Address | None:
    """Returns where the goods go: the cart's shipping address, or the first one of its deliveries."""
    return cart.shipping_address or next((d.address for d in cart.deliveries if d.address), None)


def delivery(cart: Cart, *, charge: int | None) -> Json:
    """Returns one delivery for all shipping methods: Monext knows no more.

    A payable cart with neither shipping method nor any shipping address has nothing to ship. With an address alone
    nobody knows how it will travel, so no mode is claimed. `charge` is in minor units.
    """
    to = destination(cart)
    if not (cart.deliveries or cart.has_item_addresses) and to is None:
        return {"mode": "DIGITAL_GOOD", "timeframe": "ELECTRONIC"}
    addressed = {"address": address(to)} if to else {}
    if not cart.deliveries:
        return addressed
    expected = _shared(d.expected_at for d in cart.deliveries)
    return {
        "charge": charge,
        "provider": ", ".join(dict.fromkeys(d.method for d in cart.deliveries if d.method)),
        "mode": first_fitting("delivery.mode", _shared(d.mode for d in cart.deliveries), "MAIL_DELIVERY"),
        "timeframe": _shared(d.timeframe for d in cart.deliveries),
        "expectedDate": timestamp(expected) if expected else None,
        **addressed,
    }


def timestamp(moment: datetime) -> str:
    """Returns a time as Monext writes it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _shared(found: Iterable[T]) -> T | None:
    """Returns what all deliveries have in common, None where they differ."""
    values = set(found)
    return values.pop() if len(values) == 1 else None


def address(found: Address) -> Json:
    """Returns an address as Monext's `ContactAddress`. The company is its label, and part of the complement."""
    return {
        "title": _title(found.salutation, found.title),
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
        "state": first_fitting("delivery.address.state", found.state, found.region),
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


def _telephone(*addresses: Address) -> str | None:
    numbers = (number for found in addresses for number in (found.mobile, found.phone))
    return first_fitting("buyer.mobile", *numbers)


def _title(*written: str | None) -> str | None:
    """Returns the first that is one of Monext's titles."""
    found = (TITLES.get((title or "").replace(".", "").strip().upper()) for title in written)
    return next((title for title in found if title), None)
