"""Which landing pages stay noted: those of the last start that named any, where they are not the store's."""

from __future__ import annotations

import pytest

from monext_bridge.domain.checkout import landing_of, next_note
from monext_bridge.domain.record import NO_LANDING_PAGES, NO_NOTE, LandingPages, StartNote

STORE = LandingPages("https://shop.example/thanks", "https://shop.example/basket")
FIRST = LandingPages("https://shop.example/first", None)
SECOND = LandingPages(None, "https://shop.example/second")


def after(before: LandingPages, named: LandingPages) -> LandingPages:
    return next_note(StartNote(before), named=named, of_store=STORE, language=None).landing


@pytest.mark.parametrize(
    ("before", "named", "noted"),
    [
        (NO_LANDING_PAGES, NO_LANDING_PAGES, NO_LANDING_PAGES),
        (NO_LANDING_PAGES, FIRST, FIRST),
        (FIRST, NO_LANDING_PAGES, FIRST),
        (FIRST, SECOND, SECOND),
        (FIRST, STORE, NO_LANDING_PAGES),
        (NO_LANDING_PAGES, LandingPages(STORE.return_url, SECOND.cancel_url), SECOND),
    ],
    ids=["none", "first", "names none", "last wins", "the store's again", "one of the store's"],
)
def test_the_last_start_that_named_pages_wins(
    before: LandingPages, named: LandingPages, noted: LandingPages
) -> None:
    assert after(before, named) == noted


def test_the_language_of_the_last_start_that_named_one_stays() -> None:
    noted = next_note(NO_NOTE, named=NO_LANDING_PAGES, of_store=STORE, language="fr-BE")
    assert noted == StartNote(language="fr-BE")
    assert next_note(noted, named=FIRST, of_store=STORE, language=None) == StartNote(FIRST, "fr-BE")


def test_what_is_not_noted_is_the_stores() -> None:
    assert landing_of(StartNote(FIRST), of_store=STORE) == LandingPages(FIRST.return_url, STORE.cancel_url)
    assert landing_of(NO_NOTE, of_store=STORE) == STORE
