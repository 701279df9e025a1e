"""Applies Monext's published limits once to a finished request.

The limits come from the schemas `SessionRequest` and `TransactionActionRequest` of Monext's OpenAPI
description. Monext refuses the whole request for one bad optional field, so such a field is cut or left out
instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from monext_bridge.mapping.json_object import Json
from monext_bridge.mapping.monext.countries import COUNTRIES
from monext_bridge.mapping.monext.telephone import normalised
from monext_bridge.mapping.text import (
    clean,
    constant,
    cut,
    is_code,
    is_date,
    without_angle_brackets,
    without_slashes,
)


class TooLong(StrEnum):
    """Says what to do about a text that is longer than Monext takes. Half an email address is no email address."""

    CUT = "cut"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Limit:
    """Describes what Monext takes in a field. What does not fit even after `prepare` and cutting is left out.

    `prepare` brings a text into form, and `longest` counts UTF-16 units. A text must be one of `allowed` and
    satisfy `accepts`. A number lies between `least` and `most`.
    """

    longest: int | None = None
    too_long: TooLong = TooLong.CUT
    allowed: frozenset[str] | None = None
    accepts: Callable[[str], object] | None = None
    least: int | None = None
    most: int | None = None
    prepare: Callable[[str], str] | None = None


EMAIL = re.compile(
    r"[A-Za-z0-9_.-]++(?:\+[A-Za-z0-9_+]*|(?<=[A-Za-z0-9_.-][A-Za-z0-9_]))@"
    r"(?:[A-Za-z0-9_-]+\.)+[A-Za-z0-9_-]{2,4}"
)
"""Is Monext's own pattern, `[\\w.-]+[\\w+]+@([\\w-]+\\.)+[\\w-]{2,4}`, such that no character is read twice.

`\\w` is spelt out, because it means ASCII for Monext and all letters of the world for Python.
"""

TELEPHONE = re.compile(r"\+?[0-9]{4,15}")
LANGUAGE_CODE = re.compile("[A-Z]{2}")

NONE = Limit()
AMOUNT = Limit(least=0, most=10**18)
WHOLE_OR_NOTHING = Limit(too_long=TooLong.DROP)
COUNTRY = Limit(allowed=COUNTRIES, prepare=str.upper)

PERSON: Mapping[str, Limit] = {
    "title": Limit(allowed=frozenset({"MR", "MRS"})),
    "firstName": Limit(100),
    "lastName": Limit(100),
    "email": replace(WHOLE_OR_NOTHING, longest=150, accepts=EMAIL.fullmatch),
    "mobile": replace(WHOLE_OR_NOTHING, longest=15, accepts=TELEPHONE.fullmatch, prepare=normalised),
}
ADDRESS: Mapping[str, Limit] = {
    **PERSON,
    "label": Limit(200),
    "streetNumber": Limit(100),
    "street": Limit(100),
    "complement": Limit(100),
    "city": Limit(150),
    "zip": replace(WHOLE_OR_NOTHING, longest=12),
    "state": Limit(100),
    "country": COUNTRY,
}
ITEM: Mapping[str, Limit] = {
    "reference": Limit(50),
    "price": AMOUNT,
    "quantity": Limit(least=1),
    "comment": Limit(255),
    "taxRate": Limit(least=0, most=9999),
    "brand": Limit(50),
    "category": replace(WHOLE_OR_NOTHING, longest=50, accepts=is_code),
    "seller": Limit(100),
}
MODES = frozenset(
    {
        "STORE_PICKUP",
        "PICKUP_POINT",
        "STATION_PICKUP",
        "MAIL_DELIVERY",
        "DIGITAL_GOOD",
        "BILLING_ADDRESS",
        "VERIFIED_ADDRESS",
        "OTHER_ADDRESS",
        "EVENT_TICKET",
        "LOCKER",
        "OTHER",
    }
)
TIMEFRAMES = frozenset({"ELECTRONIC", "SAME_DAY", "OVERNIGHT", "TWO_DAY_OR_MORE"})
CHALLENGES = frozenset(
    {
        "NO_PREFERENCE",
        "ISSUER_TRA",
        "CHALLENGE_REQUESTED",
        "CHALLENGE_MANDATE",
        "ACQUIRER_TRA",
        "CB_SCORING",
    }
)


def _under(prefix: str, limits: Mapping[str, Limit]) -> dict[str, Limit]:
    return {f"{prefix}.{name}": limit for name, limit in limits.items()}


LIMITS: Mapping[str, Limit] = {
    "order.reference": Limit(50, prepare=without_slashes),
    "order.taxes": AMOUNT,
    "order.discount": AMOUNT,
    "order.country": COUNTRY,
    **_under("order.items[]", ITEM),
    "buyer.id": replace(WHOLE_OR_NOTHING, longest=50),
    **_under("buyer", PERSON),
    "buyer.birthDate": Limit(accepts=is_date),
    **_under("buyer.billingAddress", ADDRESS),
    "payment.softDescriptor": Limit(127),
    "delivery.charge": AMOUNT,
    "delivery.mode": Limit(allowed=MODES, prepare=constant),
    "delivery.timeframe": Limit(allowed=TIMEFRAMES, prepare=constant),
    **_under("delivery.address", ADDRESS),
    "threeDS.challengeInd": Limit(allowed=CHALLENGES),
    "languageCode": Limit(accepts=LANGUAGE_CODE.fullmatch),
    "comment": Limit(255, prepare=without_angle_brackets),
}
"""Gives the limits by dotted path. `comment` is that of an operation.

Fields that are not listed have no limit that could be met by cutting: identifiers of the settings, URLs,
`order.amount` and currency are sent as they are, or refused.
"""

MAY_BE_EMPTY = frozenset({"paymentMethod.paymentMethodIDs"})
"""An empty list of methods means all of the point of sale."""


def within_limits(body: Mapping[str, object]) -> Json:
    """Returns the request as Monext takes it: cut and cleaned, without anything empty."""
    fitted = {name: _fit(value, path=name) for name, value in body.items()}
    return {name: value for name, value in fitted.items() if value is not None}


def first_fitting(path: str, *values: str | None) -> str | None:
    """Returns the first value of which Monext takes something at this path: one that it refuses hides none."""
    fitting = (_fit_text(value, limit=LIMITS[path]) for value in values if value)
    return next((value for value in fitting if value is not None), None)


def are_amounts(*numbers: int) -> bool:
    """Tells whether all of the numbers can be sent as amounts."""
    return all(_in_range(number, limit=AMOUNT) for number in numbers)


def _fit(value: object, *, path: str) -> object:
    """Returns the value within its limits, None where nothing is left of it."""
    match value:
        case dict():
            members = {name: _fit(member, path=f"{path}.{name}") for name, member in value.items()}
            return {name: member for name, member in members.items() if member is not None} or None
        case list():
            elements = [e for element in value if (e := _fit(element, path=f"{path}[]")) is not None]
            return elements if elements or path in MAY_BE_EMPTY else None
        case str():
            return _fit_text(value, limit=LIMITS.get(path, NONE))
        case int():
            return value if _in_range(value, limit=LIMITS.get(path, NONE)) else None
        case _:
            return value


def _fit_text(value: str, *, limit: Limit) -> str | None:
    text = clean(limit.prepare(value) if limit.prepare else value)
    fitting = text if limit.longest is None else cut(text, longest=limit.longest)
    if fitting != text and limit.too_long is TooLong.DROP:
        return None
    if limit.accepts and not limit.accepts(fitting):
        return None
    if limit.allowed is not None and fitting not in limit.allowed:
        return None
    return fitting or None


def _in_range(value: int, *, limit: Limit) -> bool:
    high_enough = limit.least is None or value >= limit.least
    return high_enough and (limit.most is None or value <= limit.most)
