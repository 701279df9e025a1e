"""What a store may wish of its sessions at Monext."""

from __future__ import annotations

import pytest

from monext_bridge.config.choices import Challenge
from monext_bridge.config.stores import SessionWishes
from tests.monext_openapi import needs_openapi, published_fields
from tests.settings_environment import by_store, settings_faults, settings_with

ALL = {
    "MONEXT_FALLBACK_METHOD_IDS": "AMEX_FR, PAYPAL_FR",
    "MONEXT_PAGE_CODE": "winter",
    "MONEXT_SOFT_DESCRIPTOR": "Chaises SA",
    "MONEXT_CHALLENGE": "CHALLENGE_MANDATE",
}
WISHES = SessionWishes(
    fallback_method_ids=("AMEX_FR", "PAYPAL_FR"),
    page_code="winter",
    soft_descriptor="Chaises SA",
    challenge=Challenge.CHALLENGE_MANDATE,
)

NONE = SessionWishes(fallback_method_ids=(), page_code=None, soft_descriptor=None, challenge=None)


def test_without_these_settings_a_store_wishes_nothing() -> None:
    assert settings_with().store(None).wishes == NONE


def test_one_value_holds_for_all_stores() -> None:
    settings = settings_with(**ALL)
    assert settings.store(None).wishes == settings.store("fr-store").wishes == WISHES


@pytest.mark.parametrize("name", ALL)
def test_a_store_that_a_map_does_not_name_has_none_and_can_be_paid(name: str) -> None:
    settings = settings_with(**{name: by_store(fr=ALL[name])})
    assert settings.store("fr").wishes != NONE
    assert settings.store("de").wishes == settings.store(None).wishes == NONE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MONEXT_FALLBACK_METHOD_IDS", "AMEX,,CB"),
        ("MONEXT_FALLBACK_METHOD_IDS", "not a contract"),
        ("MONEXT_FALLBACK_METHOD_IDS", "[1, "),
        ("MONEXT_PAGE_CODE", "x" * 256),
        ("MONEXT_SOFT_DESCRIPTOR", "x" * 128),
        ("MONEXT_SOFT_DESCRIPTOR", "\U0001f600" * 64),
        ("MONEXT_SOFT_DESCRIPTOR", "two\nlines"),
        ("MONEXT_CHALLENGE", "no_preference"),
        ("MONEXT_CHALLENGE", "01"),
    ],
)
def test_a_wish_that_monext_would_refuse_is_a_fault(name: str, value: str) -> None:
    assert [fault.partition(":")[0] for fault in settings_faults(**{name: value})] == [name]


def test_a_descriptor_of_the_full_length_is_taken() -> None:
    assert settings_with(MONEXT_SOFT_DESCRIPTOR="x" * 127).store(None).wishes.soft_descriptor == "x" * 127


@needs_openapi
def test_the_wishes_about_a_challenge_are_the_published_ones() -> None:
    assert set(published_fields()["threeDS.challengeInd"]["enum"]) == set(Challenge)
