"""Amounts at a terminal: as people write them, never rounded, never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monext_bridge.domain.money import Money
from monext_bridge.web.cli.amounts import bare_amount, read_amount, write_amount

EUR, JPY, KWD = Money(0, "EUR"), Money(0, "JPY", 0), Money(0, "KWD", 3)


@pytest.mark.parametrize(
    ("text", "like", "minor"),
    [
        ("12.34", EUR, 1234),
        ("12,34", EUR, 1234),
        ("12.3", EUR, 1230),
        ("12", EUR, 1200),
        (" 0,01 ", EUR, 1),
        ("999999999999999.99", EUR, 99999999999999999),
        ("1234", JPY, 1234),
        ("1.234", KWD, 1234),
        ("1,234", KWD, 1234),
        ("1.2", KWD, 1200),
    ],
)
def test_an_amount_is_read_by_the_digits_of_its_currency(text: str, like: Money, minor: int) -> None:
    assert read_amount(text, like=like) == Money(minor, like.currency)


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("12.345", EUR),
        ("1.234", EUR),
        ("1,234.56", EUR),
        ("1 234,56", EUR),
        ("12.0", JPY),
        ("1,234", JPY),
        ("1.2345", KWD),
        ("0", EUR),
        ("0,00", EUR),
        ("-5", EUR),
        ("+5", EUR),
        ("5.", EUR),
        (".5", EUR),
        ("1e3", EUR),
        ("NaN", EUR),
        ("Infinity", EUR),
        ("12.34 EUR", EUR),
        ("١٢", EUR),
        ("", EUR),
        ("9" * 16, EUR),
    ],
)
def test_what_might_mean_another_amount_is_refused(text: str, like: Money) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_amount(text, like=like)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (EUR.with_amount(1234), "12.34 EUR"),
        (EUR.with_amount(5), "0.05 EUR"),
        (EUR.with_amount(0), "0.00 EUR"),
        (JPY.with_amount(1234), "1234 JPY"),
        (KWD.with_amount(12340), "12.340 KWD"),
    ],
)
def test_an_amount_is_written_with_all_its_digits(amount: Money, written: str) -> None:
    assert write_amount(amount) == written


@given(st.integers(min_value=1, max_value=10**14), st.sampled_from([EUR, JPY, KWD]))
def test_what_is_written_reads_back_to_the_same(minor: int, like: Money) -> None:
    amount = like.with_amount(minor)
    assert read_amount(bare_amount(amount), like=like) == amount
