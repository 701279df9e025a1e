"""The lists that a reference points into: they may only grow at their end, and only as far as there is room."""

from __future__ import annotations

from monext_bridge.config import Access, PaymentMethod
from monext_bridge.domain.languages import LANGUAGES
from monext_bridge.services.payment_reference.layout import ACCESS_BITS, LANGUAGE_BITS, METHOD_BITS, RULE_BITS

METHODS_UNTIL_NOW = (
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
LANGUAGES_UNTIL_NOW = ("fr", "en", "de", "es", "it", "nl", "pt")


def test_methods_only_grow_at_their_end() -> None:
    assert tuple(PaymentMethod)[: len(METHODS_UNTIL_NOW)] == METHODS_UNTIL_NOW
    assert len(PaymentMethod) <= METHOD_BITS


def test_languages_only_grow_at_their_end() -> None:
    assert LANGUAGES[: len(LANGUAGES_UNTIL_NOW)] == LANGUAGES_UNTIL_NOW
    assert len(LANGUAGES) < 2**LANGUAGE_BITS


def test_kinds_of_access_only_grow_at_their_end() -> None:
    assert tuple(Access)[:3] == ("open", "signed", "session")
    assert len(Access) < 2**ACCESS_BITS


def test_the_rules_fill_whole_bytes() -> None:
    assert sum(RULE_BITS) % 8 == 0
