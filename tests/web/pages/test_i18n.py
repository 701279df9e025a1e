"""Which language a page speaks, and how amounts are written in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask_babel import force_locale

from monext_bridge.domain.money import Money
from monext_bridge.domain.record import Address
from monext_bridge.services.results import BuyerStatus
from monext_bridge.web.pages.i18n import (
    SUPPORTED,
    asked_language,
    browser_languages,
    languages_in,
    moment,
    money,
    page_language,
    page_locale,
    place,
)
from tests.web.rendered_pages import finished_app, only_element, payment_result, result_page


def test_english_needs_no_catalogue() -> None:
    assert SUPPORTED[0] == "en"


def test_languages_are_those_with_a_compiled_catalogue(tmp_path: Path) -> None:
    for name in ("fr/LC_MESSAGES/messages.mo", "de/LC_MESSAGES/messages.mo", "it/LC_MESSAGES/messages.po"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()

    assert languages_in(tmp_path) == ("en", "de", "fr")


@pytest.mark.parametrize(
    "candidates",
    [(), (None,), ("ja", None), ("ja-JP", "en-GB"), ("en_GB",), ("EN",), ("../en",), ("*",), ("",)],
)
def test_best_supported_language_or_english(candidates: tuple[str | None, ...]) -> None:
    assert page_language(*candidates) == "en"


@pytest.mark.parametrize(
    ("candidates", "locale"),
    [
        (("en-GB",), "en_GB"),
        (("ja", "en-IE"), "en_IE"),
        (("en", "en-US"), "en_GB"),
        (("en-QQ",), "en_GB"),
        (("en-US-oxendict-x-x",), "en_GB"),
        (("en-US",), "en_US"),
        (("de-AT",), "de_AT"),
        (("fr", "fr-CA"), "fr"),
        (("ja", "nl-BE"), "nl_BE"),
        (("pt",), "pt_PT"),
        (("pt-QQ",), "pt_PT"),
        (("pt_BR",), "pt_BR"),
    ],
)
def test_region_is_kept_where_it_is_one(candidates: tuple[str, ...], locale: str) -> None:
    assert str(page_locale(*candidates)) == locale


def test_browser_languages_come_best_first_without_the_refused() -> None:
    with finished_app().test_request_context(headers={"Accept-Language": "en;q=0.5, fr-CH, de;q=0"}):
        assert browser_languages() == ("fr-CH", "en")


def test_outside_a_request_no_browser_is_asked() -> None:
    assert browser_languages() == ()
    assert asked_language() is None


@pytest.mark.parametrize(
    ("query", "of_the_cart", "language"),
    [
        ("?lang=it", "fr-FR", "it"),
        ("?lang=ja", "fr-FR", "fr"),
        ("", "fr-FR", "fr"),
        ("", "ja-JP", "de"),
        ("", None, "de"),
    ],
)
def test_language_is_that_of_the_query_then_of_the_cart_then_of_the_browser(
    query: str, of_the_cart: str | None, language: str
) -> None:
    shown = payment_result(BuyerStatus.PAID, language=of_the_cart)
    page = result_page(shown, query=query, accepts="de-AT, es;q=0.5")

    assert only_element(page, "html")["lang"] == language


@pytest.mark.parametrize(
    ("locale", "amount", "written"),
    [
        ("en", Money(-1000, "EUR"), "−€10.00"),
        ("fr", Money(-1000, "EUR"), "−10,00 €"),
        ("nl", Money(-1000, "EUR"), "€ −10,00"),
        ("fr", Money(123456, "EUR"), "1 234,56 €"),
        ("de", Money(123456, "EUR"), "1.234,56 €"),
        ("en", Money(150, "JPY", 0), "¥150"),
        ("en", Money(1, "KWD", 3), "KWD 0.001"),
        ("en", Money(-500, "CHF"), "−CHF 5.00"),
        ("nl", Money(500, "CHF"), "CHF 5,00"),
        ("en", Money(10**18 + 1, "EUR"), "€10,000,000,000,000,000.01"),
    ],
)
def test_amount_is_written_as_in_the_language_and_never_rounded(
    locale: str, amount: Money, written: str
) -> None:
    with finished_app().test_request_context(), force_locale(locale):
        assert " ".join(money(amount).split()) == written


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en", "November 24, 2026, 5:08 PM (UTC+1)"),
        ("en_GB", "24 November 2026, 17:08 (UTC+1)"),
        ("fr", "24 novembre 2026, 17:08 (UTC+1)"),
        ("de", "24. November 2026, 17:08 (UTC+1)"),
        ("es", "24 de noviembre de 2026, 17:08 (UTC+1)"),
        ("it", "24 novembre 2026 17:08 (UTC+1)"),
        ("nl", "24 november 2026, 17:08 (UTC+1)"),
        ("pt_PT", "24 de novembro de 2026, 17:08 (UTC+1)"),
    ],
)
def test_moment_is_written_as_in_the_language_with_its_offset(locale: str, written: str) -> None:
    with finished_app().test_request_context(), force_locale(locale):
        said = moment(datetime(2026, 11, 24, 16, 8, 59, tzinfo=UTC))

    assert " ".join(said.split()) == written


def test_digits_that_a_currency_no_longer_shows_are_not_rounded_away() -> None:
    with finished_app().test_request_context(), force_locale("en"):
        assert money(Money(199, "ISK", 2)).endswith("1.99")


@pytest.mark.parametrize(
    ("language", "country", "written"),
    [
        ("fr", "DE", "Lyon, Allemagne"),
        ("de", "GB", "Lyon, Vereinigtes Königreich"),
        ("pt", "NL", "Lyon, Países Baixos"),
        ("nl", "FR", "Lyon"),
        ("en", None, "Lyon"),
    ],
)
def test_country_of_a_place_is_named_in_the_pages_language_where_it_is_abroad(
    language: str, country: str | None, written: str
) -> None:
    with finished_app().test_request_context(), force_locale(language):
        assert place(Address(city="Lyon", postal_code="69003", country=country), "FR") == written


def test_what_a_browser_wishes_beyond_a_thousand_characters_is_not_read() -> None:
    wished = "fr;q=0.5," + ",".join(f"a{number % 9}-{number:04};q=0.1" for number in range(30_000)) + ",de"
    with finished_app().test_request_context(headers={"Accept-Language": wished}):
        tags = browser_languages()
    assert tags[0] == "fr"
    assert len(tags) < 100
