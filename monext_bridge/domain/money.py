"""Represents money as an integer of minor units with its currency. Two currencies never add up or compare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Money:
    """Holds an amount in the currency's minor units (1 EUR is 100, 1 JPY is 1, 1 KWD is 1000).

    A currency is read in any case and held in capitals, as ISO 4217 and commercetools write it. Two amounts are
    equal when their numbers and currencies are. Adding, subtracting and ordering amounts of two currencies raises
    ValueError. `fraction_digits` only serves to print an amount.
    """

    cent_amount: int
    currency: str
    fraction_digits: int = field(default=2, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.cent_amount, bool) or not isinstance(self.cent_amount, int):
            raise TypeError(f"an amount is an integer of minor units, not {self.cent_amount!r}")
        if not self.currency.isupper():
            object.__setattr__(self, "currency", self.currency.upper())

    def __add__(self, other: Money) -> Money:
        return self.with_amount(self.cent_amount + self._same_currency(other))

    def __sub__(self, other: Money) -> Money:
        return self.with_amount(self.cent_amount - self._same_currency(other))

    def __lt__(self, other: Money) -> bool:
        return self.cent_amount < self._same_currency(other)

    def __le__(self, other: Money) -> bool:
        return self.cent_amount <= self._same_currency(other)

    def __gt__(self, other: Money) -> bool:
        return self.cent_amount > self._same_currency(other)

    def __ge__(self, other: Money) -> bool:
        return self.cent_amount >= self._same_currency(other)

    @property
    def is_zero(self) -> bool:
        return self.cent_amount == 0

    def less(self, other: Money) -> Money:
        """Returns the difference, but 0 where `other` is the greater one."""
        return self.with_amount(max(self.cent_amount - self._same_currency(other), 0))

    def with_amount(self, cent_amount: int) -> Money:
        """Returns another amount in the same currency."""
        return Money(cent_amount, self.currency, self.fraction_digits)

    def plus_all(self, others: Iterable[Money]) -> Money:
        """Returns the sum of this amount and the others, which must be in its currency."""
        return self.with_amount(self.cent_amount + sum(map(self._same_currency, others)))

    def _same_currency(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.cent_amount
