"""Error pages speak the buyer's language: of the link, of the cart or payment they are about, of the browser."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from flask import Flask, abort

from monext_bridge.domain.languages import LANGUAGES
from monext_bridge.domain.record.cart import NotPayable
from monext_bridge.errors import CartNotPayable, EarlierAttemptUnknown
from monext_bridge.logs import correlation_id
from monext_bridge.web.pages.error_pages import init_error_pages
from monext_bridge.web.pages.error_words import BY_STATUS
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, InProcess
from tests.web.declared_endpoints import ENDPOINTS
from tests.web.rendered_pages import page_app
from tests.words_by_language import WORDS
from tests.world import World

TRANSLATED = sorted(set(LANGUAGES) - {"en"})
REFUSALS: dict[str, Exception] = {
    **{reason.value: CartNotPayable(reason) for reason in NotPayable},
    "earlier unknown": EarlierAttemptUnknown("", remote="monext"),
}


@cache
def app() -> Flask:
    """An application that fails at a start and after a payment, with what its settings say."""

    def fail() -> str:
        error: Exception | int = failing.config["FAILS_WITH"]
        if isinstance(error, int):
            abort(error)
        raise error

    failing = page_app()
    failing.add_url_rule("/start", endpoint="checkout.start", view_func=fail)
    failing.add_url_rule("/result", endpoint="buyer.result", view_func=fail)
    init_error_pages(failing, is_json=lambda _: False, endpoints=ENDPOINTS)
    return failing


def shown(error: Exception | int, *, at: str = "/start", accepts: str) -> BeautifulSoup:
    app().config["FAILS_WITH"] = error
    answer = app().test_client().get(at, headers={"Accept-Language": accepts})
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def language_of(page: BeautifulSoup) -> str:
    assert page.html is not None
    return str(page.html["lang"]).removesuffix("-PT")


def verdict(page: BeautifulSoup) -> str:
    (found,) = page.select(".verdict")
    return " ".join(found.get_text().split())


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_english_is_left_on_the_error_pages(language: str) -> None:
    errors = {str(status): status for status in (*BY_STATUS, 413, 500)} | REFUSALS
    translated = {name: shown(error, accepts=language) for name, error in errors.items()}
    assert [name for name, page in translated.items() if language_of(page) != language] == []
    left = {
        name: set(shown(errors[name], accepts="en").stripped_strings)
        & set(page.stripped_strings) - {correlation_id.get()}
        for name, page in translated.items()
    }
    assert {name: words for name, words in left.items() if words} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_two_sentences_about_money_are_said_in_each_language(language: str) -> None:
    assert verdict(shown(500, at="/start", accepts=language)) == WORDS[language].not_started
    assert verdict(shown(500, at="/result", accepts=language)) == WORDS[language].perhaps_paid


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_not_to_pay_are_told_apart_in_each_language(language: str) -> None:
    headings = {shown(CartNotPayable(reason), accepts=language).h1 for reason in NotPayable}

    assert len({heading.get_text() for heading in headings if heading}) == len(NotPayable)


@pytest.mark.parametrize(
    ("accepts", "query", "language"),
    [
        ("de-AT,en;q=0.5", "", "de"),
        ("ja, nl-BE;q=0.8, fr;q=0.5", "", "nl"),
        ("pt-BR", "", "pt"),
        ("ja", "", "en"),
        ("", "", "en"),
        ("de", "?lang=it", "it"),
        ("de", "?lang=es_MX", "es"),
        ("de", "?lang=ja", "de"),
        ("de", "?lang=../../it", "de"),
    ],
)
def test_language_is_that_of_the_link_then_of_the_browser(accepts: str, query: str, language: str) -> None:
    for path in (f"/start{query}", f"/nowhere{query}"):
        assert language_of(shown(503, at=path, accepts=accepts)) == language


# --- the whole bridge


def in_german(buyer: Buyer, path: str) -> Answer:
    return buyer.get(path, headers={"Accept-Language": "de-AT"})


def test_unknown_address_is_answered_in_the_buyers_language(buyer: Buyer) -> None:
    answer = in_german(buyer, "/nirgends")

    assert (answer.status, language_of(answer.page)) == (404, "de")
    assert "Seite nicht gefunden" in answer.visible_text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/checkout/no-id", 400, "Dieser Link funktioniert nicht"),
        ("/checkout/6f6f1a2e-6b0e-4a53-8a0b-1d2f3c4b5a69", 404, "Seite nicht gefunden"),
        ("/result/no-reference", 400, "Dieser Link funktioniert nicht"),
    ],
)
def test_link_that_leads_nowhere_is_told_in_the_buyers_language(
    path: str, status: int, words: str, buyer: Buyer, world: World
) -> None:
    answer = in_german(buyer, path)

    assert (answer.status, language_of(answer.page)) == (status, "de")
    assert words in answer.visible_text


@pytest.mark.parametrize(("query", "language"), [({}, "fr"), ({"lang": "it"}, "it")])
def test_cart_that_can_not_be_paid_is_told_in_its_language_or_the_one_asked_for(
    query: dict[str, str], language: str, buyer: Buyer, world: World
) -> None:
    answer = in_german(buyer, f"/checkout/{world.cart('empty')}?{urlencode(query)}")

    assert (answer.status, language_of(answer.page)) == (409, language)


def test_cart_of_no_language_is_told_in_the_browsers_and_then_in_the_stores(
    sandbox: Sandbox, world: World
) -> None:
    buyer = Buyer(InProcess(sandbox, SHOP_LANGUAGE="nl-BE"))
    for accepts, language in (("de-AT", "de"), ("ja", "nl"), ("", "nl")):
        cart = world.cart("empty", locale=None)
        answer = buyer.get(f"/checkout/{cart}", headers={"Accept-Language": accepts})
        assert (answer.status, language_of(answer.page)) == (409, language)


def test_payment_that_can_not_be_looked_up_is_told_in_the_language_it_was_asked_for(
    buyer: Buyer, world: World
) -> None:
    paying = buyer.start(world.cart(), lang="es")
    world.fault(remote="commercetools", path="/carts/", action="status", code=503, times=0)

    answer = in_german(buyer, f"/result/{paying.ref}")
    assert (answer.status, language_of(answer.page)) == (503, "es")


FAULTS: list[dict[str, Any]] = [
    {"remote": "commercetools", "path": "/carts/"},
    {"remote": "monext", "path": "/sessions", "method": "POST"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault["remote"]))
def test_remote_that_fails_is_told_in_the_carts_language_once_that_is_known(
    fault: dict[str, Any], buyer: Buyer, world: World
) -> None:
    cart = world.cart()
    world.fault(action="status", code=503, times=0, **fault)

    answer = in_german(buyer, f"/checkout/{cart}")
    language = "fr" if fault["remote"] == "monext" else "de"
    assert (answer.status, language_of(answer.page)) == (503, language)
    assert WORDS[language].not_started in answer.visible_text
