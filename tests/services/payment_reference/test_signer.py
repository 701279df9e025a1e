"""References as they are made now: what they carry, how long they are, and what is refused."""

from __future__ import annotations

import base64
import hmac
from dataclasses import replace

import pytest
from hypothesis import example, given
from pydantic import SecretStr

from monext_bridge.config import Access, PaymentMethod
from monext_bridge.config.parsing import LONGEST_PUBLIC_URL
from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.errors import Forbidden, Malformed
from monext_bridge.services.payment_reference import ReferenceSigner, has_room_for_id
from monext_bridge.services.payment_reference.layout import VERSION
from monext_bridge.services.payment_reference.signer import (
    LONGEST_REFERENCE,
    PURPOSE,
    SHORTEST_REFERENCE,
    SIGNATURE_SIZE,
)
from monext_bridge.services.results import PaymentReference
from tests.log_lines import LogLines
from tests.services.payment_reference.references import KEY, REFERENCE, references

SIGNER = ReferenceSigner([KEY])
WIDEST = replace(
    REFERENCE,
    order_number=OrderNumber("N" * 46),
    methods=frozenset(PaymentMethod),
    interface=30,
    access=Access.SESSION,
    expires=2**32 - 1,
    language="pt",
)
LONGEST_OF_MONEXT = 255


def signed(layout: bytes) -> str:
    """Any bytes, signed as the bridge signs."""
    key = hmac.digest(KEY.get_secret_value().encode(), PURPOSE, "sha256")
    signature = hmac.digest(key, layout, "sha256")[:SIGNATURE_SIZE]
    return base64.urlsafe_b64encode(layout + signature).decode().rstrip("=")


def layout_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))[:-SIGNATURE_SIZE]


@given(references)
@example(WIDEST)
def test_what_is_signed_is_read_again(reference: PaymentReference) -> None:
    assert SIGNER.read(SIGNER.sign(reference)) == reference


@given(references)
@example(WIDEST)
def test_the_urls_of_monext_have_at_most_255_characters(reference: PaymentReference) -> None:
    text = SIGNER.sign(reference)
    assert SHORTEST_REFERENCE <= len(text) <= LONGEST_REFERENCE == 142
    assert LONGEST_PUBLIC_URL + len(f"/notification/{text}") <= LONGEST_OF_MONEXT


def test_the_widest_rules_fill_the_longest_url() -> None:
    text = SIGNER.sign(WIDEST)
    assert LONGEST_PUBLIC_URL + len(f"/notification/{text}") == LONGEST_OF_MONEXT
    assert 60 + len(f"/notification/{text}") == 216


def test_a_usual_reference_is_80_characters_long() -> None:
    assert len(SIGNER.sign(REFERENCE)) == SHORTEST_REFERENCE == 80


def test_the_signature_has_128_bits() -> None:
    assert SIGNATURE_SIZE * 8 == 128


def test_a_region_of_the_language_is_left_to_the_record() -> None:
    assert SIGNER.read(SIGNER.sign(replace(REFERENCE, language="fr-BE"))).language == "fr"
    assert SIGNER.read(SIGNER.sign(replace(REFERENCE, language="sv"))).language is None


def test_an_interface_beyond_the_room_is_left_to_the_record() -> None:
    assert SIGNER.read(SIGNER.sign(replace(REFERENCE, interface=31))).interface is None


def test_first_key_signs_and_all_verify() -> None:
    old, new = KEY, SecretStr("another-secret-key-for-tests")
    assert ReferenceSigner([new, old]).read(ReferenceSigner([old]).sign(REFERENCE)) == REFERENCE
    assert ReferenceSigner([new]).read(ReferenceSigner([new, old]).sign(REFERENCE)) == REFERENCE
    with pytest.raises(Forbidden):
        ReferenceSigner([new]).read(ReferenceSigner([old]).sign(REFERENCE))


def test_a_reference_of_an_old_key_is_told(lines: LogLines) -> None:
    old, new = KEY, SecretStr("another-secret-key-for-tests")
    signer = ReferenceSigner([new, old])
    signer.read(signer.sign(REFERENCE))
    assert lines.of("old_secret_used") == []
    signer.read(ReferenceSigner([old]).sign(REFERENCE))
    (told,) = lines.of("old_secret_used")
    assert (told["level"], told["setting"], told["place"]) == ("INFO", "SECRET_KEY", 2)


def test_not_one_changed_character_verifies() -> None:
    text = SIGNER.sign(replace(REFERENCE, order_number=OrderNumber("2026-17")))
    for at, character in enumerate(text):
        for other in "Aa_0":
            if other != character:
                with pytest.raises((Forbidden, Malformed)):
                    SIGNER.read(text[:at] + other + text[at + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "A" * 79,
        "A" * 81,
        "A" * 143,
        "A" * 80,
        "é" * 80,
        SIGNER.sign(REFERENCE) + "=",
        SIGNER.sign(REFERENCE)[:-1],
        SIGNER.sign(REFERENCE) + "\n",
    ],
)
def test_what_can_not_be_a_reference_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        SIGNER.read(text)


@pytest.mark.parametrize("key", ["wrong-secret-key-for-tests", "a-secret-key-for-tests-only "])
def test_a_signature_of_another_key_is_forbidden(key: str) -> None:
    with pytest.raises(Forbidden):
        SIGNER.read(ReferenceSigner([SecretStr(key)]).sign(REFERENCE))


def test_the_spare_bits_of_the_last_character_do_not_make_a_second_text() -> None:
    text = SIGNER.sign(replace(REFERENCE, order_number=OrderNumber("1234")))
    assert len(text) % 4
    twin = text[:-1] + chr(ord(text[-1]) + 1)
    with pytest.raises(Malformed):
        SIGNER.read(twin)


LAYOUT = layout_of(SIGNER.sign(REFERENCE))


@pytest.mark.parametrize(
    "layout",
    [
        bytes([VERSION + 1]) + LAYOUT[1:],
        LAYOUT[:33] + b"\xff\xf8\x00" + LAYOUT[36:],
        LAYOUT[:33] + b"\x00\x00\x0f" + LAYOUT[36:],
        LAYOUT + b"\xff",
        LAYOUT + b"a/b",
        LAYOUT + b"..",
    ],
    ids=["version", "methods", "language", "not UTF-8", "slash", "dots"],
)
def test_signed_bytes_of_another_shape_are_malformed(layout: bytes) -> None:
    with pytest.raises(Malformed):
        SIGNER.read(signed(layout))


@pytest.mark.parametrize(
    "other",
    [
        replace(REFERENCE, cart_id=CartId("cart-1")),
        replace(REFERENCE, cart_id=CartId(REFERENCE.cart_id.upper())),
        replace(REFERENCE, payment_id=PaymentId("{7d0a2f4e-90c1-4b8e-9f63-5f3c1f1a7b10}")),
        replace(REFERENCE, order_number=OrderNumber("é" * 24)),
    ],
    ids=["no UUID", "upper case", "braces", "46 bytes"],
)
def test_what_has_no_room_is_not_signed(other: PaymentReference) -> None:
    with pytest.raises(ValueError, match=r"UUID|id as commercetools|bytes"):
        SIGNER.sign(other)


@pytest.mark.parametrize(("text", "has_room"), [(REFERENCE.cart_id, True), ("cart-1", False), ("", False)])
def test_it_tells_which_ids_have_room(text: str, has_room: bool) -> None:
    assert has_room_for_id(text) is has_room
