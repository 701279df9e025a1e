"""Decides which landing pages and language stay noted when a start names some, or none."""

from __future__ import annotations

from monext_bridge.domain.record import NO_LANDING_PAGES, LandingPages, StartNote


def next_note(
    before: StartNote, *, named: LandingPages, of_store: LandingPages, language: str | None
) -> StartNote:
    """Returns the note after a start that named these pages and this language.

    The pages of the last start that named any are noted, where they are not the store's own: one that names none
    changes none.
    """
    landing = before.landing if named == NO_LANDING_PAGES else _others(named, of_store)
    return StartNote(landing, language or before.language)


def landing_of(note: StartNote, *, of_store: LandingPages) -> LandingPages:
    """Returns the pages that the buyer goes on to: the noted ones, else the store's."""
    return LandingPages(
        return_url=note.landing.return_url or of_store.return_url,
        cancel_url=note.landing.cancel_url or of_store.cancel_url,
    )


def _others(named: LandingPages, of_store: LandingPages) -> LandingPages:
    return LandingPages(
        return_url=None if named.return_url == of_store.return_url else named.return_url,
        cancel_url=None if named.cancel_url == of_store.cancel_url else named.cancel_url,
    )
