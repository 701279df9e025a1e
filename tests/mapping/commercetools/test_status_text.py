"""The `interfaceText` of a payment: what is written is read again, whatever it holds, and it has a bound."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monext_bridge.domain.record import NO_NOTE, LandingPages, StartNote
from monext_bridge.domain.record.status_texts import STATUS_TEXT_LIMIT
from monext_bridge.mapping.commercetools.status_text import (
    LONGEST_NOTE,
    NOTED_LANGUAGE,
    NOTED_URL,
    one_line,
    read_status_text,
    write_status_text,
)
from monext_bridge.mapping.monext.answers import REDIRECT_URL
from monext_bridge.services.outcome.landing_urls import LONGEST_LANDING_URL, VISIBLE_ASCII
from monext_bridge.web.http.parameters import LANGUAGE

THANKS, BASKET = "https://shop.example/thanks?a=1&b==2", "https://shop.example/basket"
NOTE = StartNote(LandingPages(THANKS, BASKET), "fr-BE")
FALSE_NOTE = f"Start: returnUrl={BASKET}"

urls = st.one_of(st.none(), st.from_regex(NOTED_URL, fullmatch=True))
notes = st.builds(
    StartNote,
    landing=st.builds(LandingPages, urls, urls),
    language=st.one_of(st.none(), st.from_regex(NOTED_LANGUAGE, fullmatch=True)),
)
texts = st.text(max_size=300)


@given(texts, notes)
@example(FALSE_NOTE, NO_NOTE)
@example(FALSE_NOTE, NOTE)
@example("", NOTE)
@example(f"REFUSED\n{FALSE_NOTE}", NOTE)
def test_what_is_written_is_read_again(text: str, note: StartNote) -> None:
    assert read_status_text(write_status_text(text, note)) == (one_line(text) or None, note)


@given(texts, st.builds(LandingPages, texts, texts), texts)
@example("OK", LandingPages(f"https://shop.example/\n{FALSE_NOTE}", "https://a b/"), "fr\nde")
@example("OK", LandingPages("https://shop.example/\x00", "https://shop.example/\x85"), "")
def test_no_url_and_no_language_breaks_the_lines(text: str, landing: LandingPages, language: str) -> None:
    """What could not be read back is not written at all: then the store's own page is the right one."""
    said, read = read_status_text(write_status_text(text, StartNote(landing, language)))
    assert said == (one_line(text) or None)
    assert read.landing.return_url in (None, landing.return_url)
    assert read.landing.cancel_url in (None, landing.cancel_url)
    assert read.language in (None, language)


def test_before_the_first_result_the_first_line_is_the_address_of_monexts_page() -> None:
    first, second = write_status_text("https://pay.example/?token=1", NOTE).split("\n")
    assert first == "https://pay.example/?token=1"
    assert second == f"Start: returnUrl={THANKS} cancelUrl={BASKET} lang=fr-BE"


def test_without_a_note_there_is_no_second_line() -> None:
    assert write_status_text("ACCEPTED", NO_NOTE) == "ACCEPTED"


@pytest.mark.parametrize(
    "text", [None, "", "REFUSED: no", "two\nlines", FALSE_NOTE, "a\nStart: now", "a\nStart: "]
)
def test_a_text_of_an_earlier_release_or_another_writer_has_no_note(text: str | None) -> None:
    assert read_status_text(text) == (text or None, NO_NOTE)


def test_a_line_that_another_writer_added_is_text() -> None:
    assert read_status_text("OK\nStart: lang=de\nseen by Ann") == (
        "OK\nseen by Ann",
        StartNote(language="de"),
    )


def test_an_unknown_piece_of_a_note_is_passed_over() -> None:
    assert read_status_text("OK\nStart: lang=de later=1 returnUrl=ftp://x/") == (
        "OK",
        StartNote(language="de"),
    )


def test_the_longest_text_is_bounded() -> None:
    """Monext's page has up to 2048 characters by its description, a landing page 600 by ours."""
    page = "https://" + "p" * 2040
    landing = "https://" + "l" * (LONGEST_LANDING_URL - len("https://"))
    longest = write_status_text(page, StartNote(LandingPages(landing, landing), "L" * 35))
    assert REDIRECT_URL.fullmatch(page)
    assert not REDIRECT_URL.fullmatch(page + "p")
    assert len(longest) <= 2048 + 1 + LONGEST_NOTE < 3400
    assert read_status_text(longest)[1].landing == LandingPages(landing, landing)
    assert STATUS_TEXT_LIMIT < 2048


@given(st.from_regex(VISIBLE_ASCII, fullmatch=True).map(lambda tail: f"https://{tail}"[:LONGEST_LANDING_URL]))
@example("HTTPS://shop.example/")
@example("http://localhost/" + "l" * (LONGEST_LANDING_URL - len("http://localhost/")))
@example("https://localhost/" + "l" * (LONGEST_LANDING_URL - len("https://localhost/")))
def test_every_landing_page_that_a_request_may_name_can_be_noted(url: str) -> None:
    assert NOTED_URL.fullmatch(url)


@given(st.from_regex(LANGUAGE, fullmatch=True))
def test_every_language_that_a_request_may_name_can_be_noted(tag: str) -> None:
    assert NOTED_LANGUAGE.fullmatch(tag.replace("_", "-"))
