"""Every page in every language: its words, the sentence about money, and amounts as people there write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

from monext_bridge.domain.languages import LANGUAGES
from monext_bridge.domain.money import Money
from monext_bridge.services.results import BuyerStatus
from monext_bridge.web.pages.render import RETRYABLE
from tests.bridges import Buyer
from tests.web.rendered_pages import (
    cart,
    only_element,
    payment_result,
    redirect_page,
    result_page,
    started_session,
    visible_text,
    widget_page,
)
from tests.words_by_language import WORDS
from tests.world import World

UNKNOWN = {BuyerStatus.PENDING, BuyerStatus.REVIEW, BuyerStatus.CHECKING}
WENT_THROUGH = {BuyerStatus.AUTHORIZED, BuyerStatus.RECORDING}

OF_THE_CART = {
    "Shop",
    "Merino jumper",
    "Colissimo",
    "7d0a2f4e-90c1-4b8e-9f63-5f3c1f1a7b10",
    "M3K9QX27TB4WZ",
    ".",
}

PAGES: dict[str, Callable[[str], BeautifulSoup]] = {
    "widget": lambda language: widget_page(started_session(language=language)),
    "redirect": lambda language: redirect_page(started_session(language=language)),
    **{
        status.value: lambda language, status=status: result_page(payment_result(status, language=language))  # type: ignore[misc]
        for status in BuyerStatus
    },
}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def verdicts(statuses: Iterable[BuyerStatus], language: str) -> dict[BuyerStatus, str]:
    pages = {status: result_page(payment_result(status, language=language)) for status in statuses}
    return {status: " ".join(only_element(p, ".verdict").get_text().split()) for status, p in pages.items()}


def test_every_language_has_its_sentences_about_money() -> None:
    assert [each for each in LANGUAGES if each not in WORDS] == [], "write these down in words_by_language.py"
    assert [each for each in WORDS if each not in LANGUAGES] == []


def test_where_nothing_was_taken_each_language_says_so(language: str) -> None:
    assert verdicts(RETRYABLE, language) == dict.fromkeys(RETRYABLE, WORDS[language].nothing)


def test_where_nobody_knows_yet_each_language_says_so_and_not_to_pay_again(language: str) -> None:
    assert verdicts(UNKNOWN, language) == dict.fromkeys(UNKNOWN, WORDS[language].unknown)


def test_what_was_paid_is_said_in_each_language(language: str) -> None:
    assert verdicts({BuyerStatus.PAID}, language) == {BuyerStatus.PAID: WORDS[language].paid}


def test_what_went_through_is_not_to_be_paid_again(language: str) -> None:
    said = verdicts(WENT_THROUGH, language)
    assert [s for s, text in said.items() if not text.endswith(f". {WORDS[language].do_not}")] == []


def test_pages_declare_their_language(language: str) -> None:
    declared = {name: only_element(page(language), "html").attrs for name, page in PAGES.items()}
    wanted = ("pt-PT" if language == "pt" else language, "ltr")
    assert {n: (at["lang"], at["dir"]) for n, at in declared.items()} == dict.fromkeys(PAGES, wanted)


@pytest.mark.parametrize("other", sorted(set(LANGUAGES) - {"en"}))
def test_no_english_is_left_on_the_pages(other: str) -> None:
    expected = OF_THE_CART | WORDS[other].as_in_english
    both = {
        name: set(page("en").stripped_strings) & set(page(other).stripped_strings)
        for name, page in PAGES.items()
    }
    assert {name: words - expected for name, words in both.items() if words - expected} == {}


def test_headings_tell_the_states_apart_in_each_language(language: str) -> None:
    pages = [result_page(payment_result(status, language=language)) for status in BuyerStatus]

    assert len({only_element(page, "h1").get_text() for page in pages}) == len(BuyerStatus)


def test_order_is_summed_up_in_each_language(language: str) -> None:
    assert WORDS[language].summary in visible_text(widget_page(started_session(language=language)))


def test_pieces_are_counted_as_in_the_language(language: str) -> None:
    line = cart().lines[0]
    carts = ((replace(line, quantity=1),), (replace(line, quantity=2), replace(line, quantity=1)))

    for lines, wanted in zip(carts, WORDS[language].items, strict=True):
        assert f" {wanted} " in visible_text(
            widget_page(started_session(language=language, cart=cart(lines=lines)))
        )


@pytest.mark.parametrize(
    ("tag", "amount", "written"),
    [
        ("fr", Money(123456, "EUR"), "1\u202f234,56\xa0€"),
        ("de", Money(123456, "EUR"), "1.234,56\xa0€"),
        ("de-AT", Money(123456, "EUR"), "€\xa01.234,56"),
        ("de-CH", Money(123456, "CHF"), "CHF\xa01’234.56"),
        ("es", Money(123456, "EUR"), "1234,56\xa0€"),
        ("es", Money(1000000, "EUR"), "10.000,00\xa0€"),
        ("es-MX", Money(123456, "MXN"), "$1,234.56"),
        ("it", Money(123456, "EUR"), "1234,56\xa0€"),
        ("it-CH", Money(123456, "CHF"), "CHF\xa01234.56"),
        ("nl", Money(123456, "EUR"), "€\xa01.234,56"),
        ("pt", Money(123456, "EUR"), "1234,56\xa0€"),
        ("pt-PT", Money(1234567, "EUR"), "12\xa0345,67\xa0€"),
        ("pt-AO", Money(123456, "EUR"), "1234,56\xa0€"),
        ("pt-BR", Money(123456, "BRL"), "R$\xa01.234,56"),
        ("fr", Money(1234, "JPY", 0), "1\u202f234\xa0JPY"),
        ("de", Money(1234, "JPY", 0), "1.234\xa0¥"),
        ("pt", Money(1234, "JPY", 0), "1234\xa0JP¥"),
        ("fr", Money(1500, "KWD", 3), "1,500\xa0KWD"),
        ("nl", Money(1500, "KWD", 3), "KWD\xa01,500"),
        ("pt", Money(1500, "KWD", 3), "1,500\xa0KWD"),
    ],
)
def test_amounts_are_written_as_people_there_write_them(tag: str, amount: Money, written: str) -> None:
    page = widget_page(started_session(language=tag, due=amount, cart=cart(total=amount)))

    assert only_element(page, "#due").get_text() == written


# --- the whole bridge, with a cart of fr-FR


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ({}, "Payer votre commande"),
        ({"lang": "nl-BE"}, "Uw bestelling betalen"),
        ({"lang": "ja"}, "Payer votre commande"),
    ],
)
def test_checkout_speaks_the_carts_language_or_the_one_asked_for(
    query: dict[str, str], heading: str, buyer: Buyer, world: World
) -> None:
    assert only_element(buyer.checkout(world.cart(), **query).page, "h1").get_text() == heading


def test_paid_result_says_when_in_the_carts_language(buyer: Buyer, world: World) -> None:
    paying = buyer.start(world.cart())
    world.pay(paying.token, outcome="accepted")
    buyer.notification_arrives(paying)

    page = buyer.opens_result(paying).page
    moment = only_element(page, "#moment time")
    assert "Date et heure" in visible_text(page)
    said = datetime.fromisoformat(str(moment["datetime"]))
    assert abs(datetime.now(UTC) - said) < timedelta(minutes=5)
    assert re.fullmatch(r"\d{1,2} \w+ 20\d\d, \d\d:\d\d \(UTC\+[12]\)", moment.get_text())


def test_result_looks_again_without_script_for_five_minutes(buyer: Buyer, world: World) -> None:
    paying = buyer.start(world.cart())
    world.pay(paying.token, outcome="pending")
    buyer.notification_arrives(paying)

    branding, path = 0, f"/result/{paying.ref}"
    while found := buyer.get(path).page.select("head noscript meta[http-equiv=refresh]"):
        seconds, _, path = str(found[0]["content"]).partition("; url=")
        branding += int(seconds)
        assert branding <= 600
    assert branding == 300


@pytest.mark.parametrize("waiting", ["x", "-1", "1000", "1.5"])
def test_number_of_looks_that_is_none_is_malformed(waiting: str, buyer: Buyer, world: World) -> None:
    paying = buyer.start(world.cart())
    assert buyer.get(f"/result/{paying.ref}?waiting={waiting}").status == 400


def test_result_that_looks_again_keeps_the_language_asked_for(buyer: Buyer, world: World) -> None:
    paying = buyer.start(world.cart())
    world.pay(paying.token, outcome="pending")
    buyer.notification_arrives(paying)

    carts_own, italian = buyer.opens_result(paying).page, buyer.opens_result(paying, lang="it").page
    assert [only_element(page, "html")["lang"] for page in (carts_own, italian)] == ["fr", "it"]
    assert str(only_element(italian, "[data-refresh]")["data-refresh"]).endswith("?waiting=1&lang=it")
    assert str(only_element(carts_own, "[data-refresh]")["data-refresh"]).endswith("?waiting=1")


def test_result_speaks_the_language_that_the_start_was_asked_for(buyer: Buyer, world: World) -> None:
    paying = buyer.start(world.cart(), lang="nl")
    world.pay(paying.token, outcome="refused")
    buyer.notification_arrives(paying)

    page = buyer.opens_result(paying).page
    assert only_element(page, "html")["lang"] == "nl"
    assert "lang=nl" in str(only_element(page, "#retry")["href"])


@pytest.mark.parametrize(("asked", "kept"), [("it", "it"), ("../x", "nl"), ("", "nl")])
def test_way_back_to_the_payment_keeps_a_language_that_is_one(
    asked: str, kept: str, buyer: Buyer, world: World
) -> None:
    paying = buyer.start(world.cart(), lang="nl")
    world.pay(paying.token, outcome="refused")

    page = buyer.get(f"/result/{paying.ref}?lang={asked}").page
    assert parse_qs(urlsplit(str(only_element(page, "#retry")["href"])).query)["lang"] == [kept]
