"""The carts of the seed: each is one situation that a payment bridge meets."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.commercetools.catalogue import stable_id
from sandbox.commercetools.seed.people import (
    BERLIN,
    EXOTIC,
    HANS,
    JEAN,
    KUWAIT,
    KYOTO,
    LYON,
    MARIE,
    PARIS,
    PAUL,
)
from sandbox.commercetools.wire import Json


@dataclass(frozen=True, slots=True)
class Situation:
    """A cart, told in one line, as draft and what happens to it afterwards."""

    name: str
    story: str
    draft: Json
    discounts: tuple[Json, ...] = ()
    ends_as: Literal["Active", "Merged", "Locked", "Frozen"] = "Active"
    gift_card: int = field(default=0)
    """Minor units that a gift card of another payment interface has charged already."""
    points: int = field(default=0)
    """Yen that bonus points have charged already, whatever the cart's currency is."""
    states: Json = field(default_factory=dict)
    """Members that the cart has in the end, whatever its draft says."""
    customer_leaves: bool = False
    """The customer is deleted afterwards; the cart keeps the id."""


def _lines(**quantities: int) -> list[Json]:
    return [{"sku": sku.replace("_", "-"), "quantity": quantity} for sku, quantity in quantities.items()]


def _method(key: str) -> Json:
    return {"typeId": "shipping-method", "key": key}


def _french(lines: list[Json], **changes: object) -> Json:
    """A guest's cart of the French store with delivery; a change to None leaves the member out."""
    draft: Json = {
        "currency": "EUR",
        "country": "FR",
        "locale": "fr-FR",
        "store": {"typeId": "store", "key": "fr-store"},
        "customerEmail": "jean.dupont@example.com",
        "billingAddress": PARIS,
        "shippingAddress": PARIS,
        "shippingMethod": _method("standard"),
        "lineItems": lines,
        **changes,
    }
    return {name: value for name, value in draft.items() if value is not None}


_PERCENT_ON_LINES: Json = {
    "value": {"type": "relative", "permyriad": 1000},
    "target": {"type": "lineItems", "predicate": "1=1"},
}
_TEN_EUROS_OFF: Json = {
    "value": {"type": "absolute", "money": [{"currencyCode": "EUR", "centAmount": 1000}]},
    "target": {"type": "totalPrice"},
}
_EVERYTHING_OFF: Json = {
    "value": {"type": "relative", "permyriad": 10_000},
    "target": {"type": "totalPrice"},
}


def _shipped_twice() -> Json:
    def targets(home: int, parents: int) -> Json:
        return {
            "targets": [
                {"addressKey": "home", "quantity": home, "shippingMethodKey": "to-home"},
                {"addressKey": "parents", "quantity": parents, "shippingMethodKey": "to-parents"},
            ]
        }

    home, parents = {**PARIS, "key": "home"}, {**BERLIN, "key": "parents"}
    return _french(
        [
            {"sku": "CHAIR-OAK", "quantity": 3, "shippingDetails": targets(2, 1)},
            {"sku": "LAMP-DESK", "quantity": 2, "shippingDetails": targets(1, 1)},
        ],
        shippingAddress=None,
        shippingMethod=None,
        shippingMode="Multiple",
        itemShippingAddresses=[home, parents],
        shipping=[
            {"key": "to-home", "shippingMethod": _method("standard"), "shippingAddress": home},
            {"key": "to-parents", "shippingMethod": _method("express"), "shippingAddress": parents},
        ],
    )


_ASSEMBLY: Json = {
    "name": {"fr": "Montage à domicile", "en": "Assembly at home", "de": "Montage vor Ort"},
    "slug": "assembly",
    "quantity": 1,
    "money": {"currencyCode": "EUR", "centAmount": 4500},
    "taxCategory": {"typeId": "tax-category", "key": "standard"},
}

_ALL = (
    Situation("guest", "A guest in France, one chair, standard delivery", _french(_lines(CHAIR_OAK=1))),
    Situation(
        "customer",
        "A customer with two lines and express delivery to another address",
        _french(
            _lines(CHAIR_OAK=2, LAMP_DESK=1),
            customerId=JEAN,
            shippingAddress=LYON,
            shippingMethod=_method("express"),
        ),
    ),
    Situation(
        "discounted",
        "10 % off each line, a sale price, and 10 € off the whole cart",
        _french(_lines(CHAIR_OAK=4, LAMP_SALE=1), customerId=MARIE, billingAddress=LYON),
        discounts=(_PERCENT_ON_LINES, _TEN_EUROS_OFF),
    ),
    Situation(
        "german-store",
        "A customer of the German store",
        _french(
            _lines(TABLE_WALNUT=1),
            store={"typeId": "store", "key": "de-store"},
            customerId=HANS,
            customerEmail=None,
            country="DE",
            locale="de-DE",
            billingAddress=BERLIN,
            shippingAddress=BERLIN,
            shippingMethod=_method("standard-de"),
        ),
    ),
    Situation(
        "several-shipping", "Lines shared between two addresses and shipping methods", _shipped_twice()
    ),
    Situation(
        "custom-line",
        "A line that is in no catalogue",
        _french(_lines(TABLE_WALNUT=1), customLineItems=[_ASSEMBLY]),
    ),
    Situation(
        "digital",
        "Digital goods only: no shipping address, no shipping, hence no taxed price",
        _french(_lines(PLAN_PDF=2), shippingAddress=None, shippingMethod=None),
    ),
    Situation(
        "yen",
        "A currency without minor units",
        _french(
            _lines(CHAIR_OAK=1, LAMP_DESK=2),
            currency="JPY",
            country="JP",
            locale=None,
            customerEmail="hanako@example.com",
            billingAddress=KYOTO,
            shippingAddress=KYOTO,
        ),
    ),
    Situation(
        "dinar",
        "A currency with three digits",
        _french(
            _lines(LAMP_DESK=1),
            currency="KWD",
            country="KW",
            locale="en",
            customerEmail="amal@example.com",
            billingAddress=KUWAIT,
            shippingAddress=KUWAIT,
        ),
    ),
    Situation("empty", "Nothing in it", _french([], shippingMethod=None)),
    Situation("free", "Everything is discounted away", _french(_lines(LAMP_DESK=1)), (_EVERYTHING_OFF,)),
    Situation("merged", "Merged into another cart at login", _french(_lines(LAMP_DESK=1)), ends_as="Merged"),
    Situation(
        "locked",
        "Locked by the service desk",
        _french(_lines(LAMP_DESK=1), customerId=JEAN),
        ends_as="Locked",
    ),
    Situation(
        "frozen", "Frozen by the shop for the checkout", _french(_lines(LAMP_DESK=3)), ends_as="Frozen"
    ),
    Situation("no-billing-address", "No billing address", _french(_lines(LAMP_DESK=1), billingAddress=None)),
    Situation(
        "refused",
        "333.05 €: the amount that Monext's simulator refuses with 01100",
        _french(_lines(RUG_REFUSED=1), shippingMethod=_method("pickup")),
    ),
    Situation(
        "pending",
        "For a payment method whose partner answers later",
        _french(_lines(SHELF_PENDING=1), customerId=MARIE, billingAddress=LYON, shippingAddress=LYON),
    ),
    Situation(
        "exotic",
        "Long fields, a long top-level domain, emoji, markup and other alphabets",
        _french(
            _lines(BOOK_DESIGN=1, CHAIR_OAK=1),
            customerEmail="zoe.francoise@boutique.photography",
            billingAddress=EXOTIC,
            shippingAddress=EXOTIC,
        ),
    ),
    Situation(
        "gift-card",
        "A gift card of another payment interface has paid 30 € already",
        _french(_lines(CHAIR_OAK=1), customerId=JEAN),
        gift_card=3000,
    ),
    Situation(
        "tax-rates",
        "Tax rates of 20 %, 5.5 % and 2.55 % in one cart",
        _french(_lines(LAMP_DESK=1, BOOK_DESIGN=2, POSTER_MUSEUM=3)),
    ),
    Situation(
        "net-prices",
        "Net prices: what is due is more than the sum of the prices",
        _french(_lines(DESK_PRO=2), customerId=MARIE, billingAddress=LYON, shippingAddress=LYON),
    ),
    Situation("no-store", "A cart of no store", _french(_lines(LAMP_DESK=1), store=None)),
    Situation(
        "other-store",
        "A cart of a store that no setting names",
        _french(_lines(LAMP_DESK=1), store={"typeId": "store", "key": "xx-store"}),
    ),
    Situation(
        "points", "Bonus points in another currency are on it", _french(_lines(CHAIR_OAK=1)), points=3000
    ),
    Situation(
        "spent-code",
        "A discount code that was used too often already",
        _french(_lines(CHAIR_OAK=1)),
        states={
            "discountCodes": [
                {
                    "discountCode": {"typeId": "discount-code", "id": stable_id("discount-code", "SPRING")},
                    "state": "MaxApplicationReached",
                }
            ]
        },
    ),
    Situation(
        "no-shipping-address",
        "A chair, and no shipping address",
        _french(_lines(CHAIR_OAK=1), shippingAddress=None, shippingMethod=None),
    ),
    Situation(
        "customer-gone",
        "Its customer was deleted",
        _french(_lines(LAMP_DESK=1), customerId=PAUL),
        customer_leaves=True,
    ),
    Situation(
        "business-unit",
        "A business unit buys screws at a fraction of a cent, and reads traditional Chinese",
        _french(
            _lines(SCREW_BRASS=1234),
            businessUnit={"typeId": "business-unit", "key": "atelier-lefevre"},
            locale="zh-Hant",
        ),
    ),
)

SITUATIONS: dict[str, Situation] = {situation.name: situation for situation in _ALL}


def cart_id(name: str) -> str:
    """The id of a situation's cart: its place in the list, in a readable UUID."""
    place = list(SITUATIONS).index(name) + 1
    return f"c0000000-0000-4000-8000-{place:012d}"
