"""A currency is read in any case wherever one is read, and written in capitals."""

from __future__ import annotations

from typing import Any

import pytest

from monext_bridge.domain.money import Money
from monext_bridge.domain.record.updates import ChangeAmountPlanned
from monext_bridge.mapping.commercetools import writes
from monext_bridge.mapping.commercetools.answers import read_cart, read_order, read_payment
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.mapping.monext.accepted_transactions import read_candidates
from tests.builders import a_cart_json, a_payment, a_payment_json, an_order_json, eur
from tests.mapping.monext.monext_json import a_monext_transaction, a_session_answer

WRITTEN = ("eur", "Eur", "EUR")


def spelt(value: Any, currency: str) -> Any:
    """The same JSON with this spelling of the currency at every place that has one."""
    match value:
        case dict():
            names = ("currencyCode", "currency")
            return {k: currency if k in names else spelt(v, currency) for k, v in value.items()}
        case list():
            return [spelt(element, currency) for element in value]
        case _:
            return value


def test_two_spellings_of_a_currency_are_one() -> None:
    assert Money(100, "eur") == Money(100, "EUR")
    assert Money(100, "eur") + Money(1, "EUR") == eur(101)
    assert Money(100, "jpy", 0).currency == "JPY"


@pytest.mark.parametrize("currency", WRITTEN)
def test_a_cart_is_the_same_in_any_spelling(currency: str) -> None:
    assert read_cart(spelt(a_cart_json(), currency)) == read_cart(a_cart_json())


@pytest.mark.parametrize("currency", WRITTEN)
def test_a_payment_is_the_same_in_any_spelling(currency: str) -> None:
    assert read_payment(spelt(a_payment_json(), currency)) == read_payment(a_payment_json())


@pytest.mark.parametrize("currency", WRITTEN)
def test_an_order_is_the_same_in_any_spelling(currency: str) -> None:
    assert read_order(spelt(an_order_json(), currency)) == read_order(an_order_json())


@pytest.mark.parametrize("own", [*WRITTEN, None])
@pytest.mark.parametrize("currency", WRITTEN)
def test_monexts_transaction_is_the_same_in_any_spelling(currency: str, own: str | None) -> None:
    order = {"reference": "M1", "amount": 11100, "currency": currency}
    session = a_session_answer(a_monext_transaction(currency=own), order=order)
    (found,) = read_candidates(JsonObject.of(session, what="session"))
    assert found.amount == eur(11100)


@pytest.mark.parametrize("currency", WRITTEN)
def test_a_currency_is_written_in_capitals(currency: str) -> None:
    body = writes.payment_update(a_payment(), (ChangeAmountPlanned(Money(100, currency)),))
    assert body["actions"][0]["amount"]["currencyCode"] == "EUR"
