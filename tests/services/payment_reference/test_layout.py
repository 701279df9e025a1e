"""The lists that a reference points into: they may only grow at their end, and only as far as there is room."""

from __future__ import annotations

from collections.abc import Iterable

from monext_bridge.config import Access, PaymentMethod
from monext_bridge.domain.languages import LANGUAGES
from monext_bridge.services.payment_reference.layout import ACCESS_BITS, LANGUAGE_BITS, METHOD_BITS, RULE_BITS
from tests.words_by_language import WORDS

METHODS = (
    "CB",
    "VISA",
    "MASTERCARD",
    "AMEX",
    "APPLE_PAY",
    "GOOGLE_PAY",
    "PAYPAL",
    "BANCONTACT",
    "IDEAL",
    "MB_WAY",
)
ACCESSES = ("open", "signed", "session")


def grows_at_its_end(found: Iterable[str], *, expected: Iterable[str]) -> None:
    """Says of a list in the code whether it still begins as it did, and what of it nobody has written down here."""
    found, expected = tuple(found), tuple(expected)
    begin, new = found[: len(expected)], found[len(expected) :]
    assert begin == expected, "references that are under way would mean another: a new one goes to the end"
    assert new == (), (
        "write these down at the end of METHODS or ACCESSES here, or of WORDS in words_by_language.py"
    )


def test_methods_only_grow_at_their_end() -> None:
    grows_at_its_end(PaymentMethod, expected=METHODS)
    assert len(PaymentMethod) <= METHOD_BITS


def test_languages_only_grow_at_their_end() -> None:
    grows_at_its_end(LANGUAGES, expected=WORDS)
    assert len(LANGUAGES) < 2**LANGUAGE_BITS


def test_kinds_of_access_only_grow_at_their_end() -> None:
    grows_at_its_end(Access, expected=ACCESSES)
    assert len(Access) < 2**ACCESS_BITS


def test_the_rules_fill_whole_bytes() -> None:
    assert sum(RULE_BITS) % 8 == 0
