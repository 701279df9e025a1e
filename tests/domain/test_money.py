from __future__ import annotations

import pytest

from monext_bridge.domain.money import Money
from tests.builders import eur


def test_amounts_of_one_currency_add_and_subtract() -> None:
    assert eur(1050) + eur(50) == eur(1100)
    assert eur(1050) - eur(1100) == eur(-50)


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="EUR and JPY"):
        eur(1) + Money(1, "JPY", 0)


@pytest.mark.parametrize("amount", [1.0, "100", True, None])
def test_an_amount_is_an_integer_of_minor_units(amount: object) -> None:
    with pytest.raises(TypeError):
        Money(amount, "EUR")  # type: ignore[arg-type]


def test_digits_serve_to_print_and_not_to_compare() -> None:
    assert Money(500, "JPY", 0) == Money(500, "JPY", 2)
