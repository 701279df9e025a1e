"""Reads a JSON object of another company with tolerance: a member of another type reads as absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from monext_bridge.domain.money import Money
from monext_bridge.errors import RemoteUnavailable

Json = dict[str, Any]

MOST_DIGITS = 18
"""A number with an exponent beyond this is none: both companies' integers have 64 bits, and rates few digits."""

WIDEST = 63
"""Bits of an integer beside its sign."""

MOST_FRACTION_DIGITS = 20
"""The most that commercetools has for a price of high precision."""

YEARS = range(1900, 9000)
"""A time in any other year is none: near the ends of the calendar it can be neither shifted nor written."""


class UnreadableResource(RemoteUnavailable):
    """A field without which the resource means nothing is missing. The text names both, and no value."""

    def __init__(self, message: str) -> None:
        super().__init__(message, remote="commercetools")


@dataclass(slots=True)
class JsonObject:
    """Reads the members of an object. `what` names the object in errors.

    It is not frozen, since that makes each of the hundreds in an answer take three times as long.

    Only the `required_` readers raise: UnreadableResource.
    """

    members: Mapping[str, Any]
    what: str

    @classmethod
    def of(cls, body: object, *, what: str) -> JsonObject:
        """Reads anything that is no JSON object as an empty one."""
        return cls(body if isinstance(body, dict) else {}, what)

    def part(self, name: str) -> JsonObject:
        return JsonObject.of(self.members.get(name), what=f"{self.what}.{name}")

    def parts(self, name: str) -> tuple[JsonObject, ...]:
        """Returns the objects of an array. Elements of other types are passed over."""
        found = self.members.get(name)
        elements = found if isinstance(found, list) else []
        return tuple(JsonObject(e, f"{self.what}.{name}[]") for e in elements if isinstance(e, dict))

    def text(self, name: str) -> str | None:
        """Returns a text, None for an empty one as well."""
        found = self.members.get(name)
        return found if isinstance(found, str) and found else None

    def texts(self, name: str) -> tuple[str, ...]:
        found = self.members.get(name)
        return tuple(e for e in found if isinstance(e, str) and e) if isinstance(found, list) else ()

    def whole(self, name: str) -> int | None:
        """Returns an integer, also where it is written as 100.0."""
        found = self.members.get(name)
        if isinstance(found, int) and not isinstance(found, bool):
            return found if found.bit_length() <= WIDEST else None
        number = self.decimal(name) if isinstance(found, float | Decimal) else None
        if number is None or number != number.to_integral_value():
            return None
        return int(number)

    def decimal(self, name: str) -> Decimal | None:
        """Returns a number exactly as it is written, never through binary arithmetic."""
        found = self.members.get(name)
        if isinstance(found, bool) or not isinstance(found, int | float | str | Decimal):
            return None
        try:
            number = Decimal(str(found))
        except (InvalidOperation, ValueError):
            return None
        return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else None

    def instant(self, name: str) -> datetime | None:
        """Returns an ISO 8601 time. One without an offset is UTC."""
        try:
            found = datetime.fromisoformat(self.text(name) or "")
        except ValueError:
            return None
        if found.year not in YEARS:
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def money(self, name: str) -> Money | None:
        """Returns commercetools' money, cent or high precision: both carry `centAmount`."""
        found = self.part(name)
        amount, currency, digits = (
            found.whole("centAmount"),
            found.text("currencyCode"),
            found.whole("fractionDigits"),
        )
        if amount is None or currency is None:
            return None
        known = digits is not None and 0 <= digits <= MOST_FRACTION_DIGITS
        return Money(amount, currency, digits if known and digits is not None else 2)

    def required_text(self, name: str) -> str:
        found = self.text(name)
        if found is None:
            raise self._unreadable(name)
        return found

    def required_whole(self, name: str) -> int:
        found = self.whole(name)
        if found is None:
            raise self._unreadable(name)
        return found

    def required_money(self, name: str) -> Money:
        found = self.money(name)
        if found is None:
            raise self._unreadable(name)
        return found

    def _unreadable(self, name: str) -> UnreadableResource:
        return UnreadableResource(f"{self.what} has no readable {name}")
