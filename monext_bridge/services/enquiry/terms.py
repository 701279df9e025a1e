"""Defines what a search asks for, as predicates of commercetools, and as tests of what was found.

A predicate narrows, and may let more through than was asked for; `fulfils` decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from monext_bridge.domain.money import Money
from monext_bridge.domain.record import AttemptKey, Payment
from monext_bridge.services.remotes import Predicate

DIGITS = (0, 2, 3)
"""Decimals that currencies have, by ISO 4217."""


@dataclass(frozen=True, slots=True)
class AmountTerm:
    """An amount: of minor units, or of major ones, which are other minor units by currency. Any currency, or one."""

    number: Decimal
    is_minor: bool
    currency: str | None = None

    def means(self, amount: Money) -> bool:
        shown = Decimal(amount.cent_amount)
        same = self.number == (shown if self.is_minor else shown.scaleb(-amount.fraction_digits))
        return same and self.currency in (None, amount.currency)

    def predicate(self) -> Predicate:
        """Return the payments that were planned with such an amount, or have a transaction of it."""
        scaled = [self.number] if self.is_minor else [self.number.scaleb(digits) for digits in DIGITS]
        values: dict[str, str | list[str]] = {"amounts": [str(int(n)) for n in scaled if n == int(n)]}
        money = "centAmount in (:amounts)"
        if self.currency:
            money, values = f"{money} and currencyCode = :currency", values | {"currency": self.currency}
        return Predicate(f"amountPlanned({money}) or transactions(amount({money}))", values)


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """Holds what is asked for; all of it has to hold. `states` are names of the buyer's states or of the record's.

    A payment is of the time from `begin` to before `end` where it was begun in it, or has a transaction of it.
    """

    text: str | None = None
    email: str | None = None
    amount: AmountTerm | None = None
    begin: datetime | None = None
    end: datetime | None = None
    states: frozenset[str] = frozenset()
    store_key: str | None = None
    limit: int = 50

    @property
    def names_payments(self) -> bool:
        """Whether commercetools can be asked for the payments themselves, and not only for those of a time."""
        return self.text is not None or self.email is not None

    def fulfils(self, payment: Payment) -> bool:
        """Whether the record fulfils all terms but the states, which the order decides as well."""
        key = AttemptKey.parse(payment.key)
        return (
            key is not None
            and self.store_key in (None, key.store_key)
            and any(map(self._is_of_the_time, _moments(payment)))
            and (self.amount is None or any(map(self.amount.means, _amounts(payment))))
        )

    def _is_of_the_time(self, moment: datetime | None) -> bool:
        if moment is None:
            return self.begin is None and self.end is None
        return (self.begin is None or moment >= self.begin) and (self.end is None or moment < self.end)


def of_time(begin: datetime | None, end: datetime | None) -> Predicate | None:
    """Return the payments that were begun in the time, or have a transaction of it; None for any time."""
    bounds = (("{} >= :begin", "begin", begin), ("{} < :end", "end", end))
    values = {name: iso(moment) for _, name, moment in bounds if moment}
    if not values:
        return None
    within = " and ".join(words for words, _, moment in bounds if moment)
    begun, stamped = within.replace("{}", "createdAt"), within.replace("{}", "timestamp")
    return Predicate(f"({begun}) or transactions({stamped})", values)


def iso(moment: datetime) -> str:
    """Write a moment as commercetools does."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moments(payment: Payment) -> tuple[datetime | None, ...]:
    return (payment.created_at, *(t.timestamp for t in payment.transactions))


def _amounts(payment: Payment) -> tuple[Money, ...]:
    return (payment.planned, *(t.amount for t in payment.transactions))
