"""Money as commercetools writes it: an integer of minor units, its currency and the currency's digits."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from sandbox.commercetools.wire import Json

_NO_DIGITS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THREE_DIGITS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def fraction_digits(currency: str) -> int:
    """Digits after the decimal separator, by ISO 4217."""
    if currency in _NO_DIGITS:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


def cents(amount: int, currency: str) -> Json:
    """A CentPrecisionMoney of so many minor units."""
    return {
        "type": "centPrecision",
        "currencyCode": currency,
        "centAmount": amount,
        "fractionDigits": fraction_digits(currency),
    }


def precise(amount: int, currency: str, *, finer: int) -> Json:
    """A HighPrecisionMoney of so many units that are `finer` digits smaller than the currency's minor unit."""
    return {
        "type": "highPrecision",
        "currencyCode": currency,
        "centAmount": rounded(Decimal(amount).scaleb(-finer)),
        "preciseAmount": amount,
        "fractionDigits": fraction_digits(currency) + finer,
    }


def times(price: Json, quantity: int) -> int:
    """So many pieces at that price, in whole minor units; rounded once, after the multiplication."""
    if price["type"] != "highPrecision":
        return int(price["centAmount"]) * quantity
    finer = price["fractionDigits"] - fraction_digits(price["currencyCode"])
    return rounded(Decimal(price["preciseAmount"] * quantity).scaleb(-finer))


def rounded(amount: Decimal) -> int:
    """To whole minor units, half to even: the rounding mode of the sandbox project."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def shares(total: int, weights: Iterable[int]) -> list[int]:
    """The total split in proportion; the rounding's remainder goes to the last share, so they add up."""
    parts = list(weights)
    whole = sum(parts)
    if not parts:
        return []
    split = [rounded(Decimal(total) * part / whole) if whole else 0 for part in parts[:-1]]
    return [*split, total - sum(split)]
