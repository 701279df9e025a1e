"""Reads and writes amounts as people do at a terminal: in major units, with the decimals of the currency."""

from __future__ import annotations

import re
from decimal import Decimal

from monext_bridge.domain.money import Money

TYPED_AMOUNT = re.compile(r"[0-9]{1,15}(?:[.,](?P<decimals>[0-9]{1,15}))?")


def read_amount(text: str, *, like: Money) -> Money:
    """Read `12.34` or `12,34` in the currency of `like`. Raises ValueError, worded for whoever typed it.

    Thousands can't be grouped: `1,234` would be either 1234 or 1.234, and is refused unless the currency has
    three decimals.
    """
    found = TYPED_AMOUNT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is not an amount: write it as in {_example(like)}")
    if len(found["decimals"] or "") > like.fraction_digits:
        raise ValueError(
            f"{text!r} has more than the {like.fraction_digits} decimals of {like.currency}: "
            f"write it as in {_example(like)}"
        )
    minor = Decimal(found[0].replace(",", ".")).scaleb(like.fraction_digits)
    if minor == 0:
        raise ValueError("an amount is above zero")
    return like.with_amount(int(minor))


def write_amount(amount: Money) -> str:
    """Write an amount as `12.34 EUR`, `1234 JPY` or `12.340 KWD`."""
    return f"{bare_amount(amount)} {amount.currency}"


def bare_amount(amount: Money) -> str:
    """Write an amount without its currency. `read_amount` reads the text back to the same amount."""
    return f"{Decimal(amount.cent_amount).scaleb(-amount.fraction_digits):.{amount.fraction_digits}f}"


def _example(like: Money) -> str:
    return bare_amount(like.with_amount(1234))
