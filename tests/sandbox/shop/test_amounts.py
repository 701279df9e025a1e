import re

import pytest

from sandbox.shop.amounts import moment, money, pretty, price, words


@pytest.mark.parametrize(
    ("cents", "currency", "digits", "shown"),
    [
        (123450, "EUR", 2, "1,234.50 EUR"),
        (5, "EUR", 2, "0.05 EUR"),
        (1235, "JPY", 0, "1,235 JPY"),
        (12345, "KWD", 3, "12.345 KWD"),
        (-990, "EUR", 2, "-9.90 EUR"),
    ],
)
def test_money_has_the_digits_of_its_currency(cents: int, currency: str, digits: int, shown: str) -> None:
    assert money({"centAmount": cents, "currencyCode": currency, "fractionDigits": digits}) == shown


@pytest.mark.parametrize(
    ("cents", "currency", "digits", "locale", "shown"),
    [
        (123450, "EUR", 2, "fr-FR", "1 234,50 €"),
        (123450, "EUR", 2, "de-DE", "1.234,50 €"),
        (123450, "EUR", 2, "en", "€1,234.50"),
        (123450, "EUR", 2, None, "€1,234.50"),
        (123450, "EUR", 2, "no locale", "€1,234.50"),
        (123450, "EUR", 2, "qq-QQ", "€1,234.50"),
        (35560, "JPY", 0, "de", "35.560 ¥"),
        (19255, "KWD", 3, "de", "19,255 KWD"),
    ],
)
def test_a_price_is_written_as_its_locale_does(
    cents: int, currency: str, digits: int, locale: str | None, shown: str
) -> None:
    amount = {"centAmount": cents, "currencyCode": currency, "fractionDigits": digits}
    assert re.sub(r"\s", " ", price(amount, locale)) == shown


def test_no_money_is_a_dash() -> None:
    assert money(None) == "–"


def test_a_moment_is_shown_to_the_second() -> None:
    assert moment("2026-11-23T09:05:07.123Z") == "2026-11-23 09:05:07 UTC"


def test_no_moment_is_a_dash() -> None:
    assert moment(None) == "–"


@pytest.mark.parametrize(
    ("localised", "shown"),
    [
        ({"fr": "Chaise", "en": "Chair"}, "Chair"),
        ({"fr": "Chaise"}, "Chaise"),
        ("Chair", "Chair"),
        (None, ""),
    ],
)
def test_a_text_is_shown_in_english_where_there_is_some(localised: dict[str, str] | str, shown: str) -> None:
    assert words(localised) == shown


@pytest.mark.parametrize(
    ("locale", "shown"),
    [("fr-FR", "Chaise"), ("fr", "Chaise"), ("de-AT", "Sessel"), ("de-DE", "Stuhl"), ("it-IT", "Chair")],
)
def test_a_text_is_shown_in_the_language_of_a_locale_where_it_has_it(locale: str, shown: str) -> None:
    chair = {"fr": "Chaise", "de": "Stuhl", "de-AT": "Sessel", "en": "Chair"}
    assert words(chair, locale) == shown


def test_a_document_keeps_its_order_and_its_accents() -> None:
    assert pretty({"b": "é", "a": 1}) == '{\n  "b": "é",\n  "a": 1\n}'


def test_a_finer_price_is_shown_in_full() -> None:
    fine = {"type": "highPrecision", "currencyCode": "EUR", "centAmount": 1, "preciseAmount": 1235}
    assert money({**fine, "fractionDigits": 5}) == "0.01235 EUR"
