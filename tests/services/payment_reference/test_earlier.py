"""References of earlier releases, which are read as before: they carry the landing pages and the language."""

from __future__ import annotations

import hashlib

import pytest
from itsdangerous import URLSafeSerializer
from pydantic import SecretStr

from monext_bridge.domain.record import LandingPages
from monext_bridge.errors import Forbidden, Malformed
from monext_bridge.services.payment_reference import ReferenceSigner
from monext_bridge.services.results import PaymentReference, store_mark
from tests.services.payment_reference.references import KEY, REFERENCE

THANKS = "https://shop.example.com/thanks?step=4"
FIELDS = (REFERENCE.payment_id, REFERENCE.cart_id, "fr-store", "M3K9QX27TB4WZ", THANKS, None, "fr-BE")
MADE_BEFORE = (
    ".eJwdjMsKwjAQAP8l526bV9NWEKHgSTwIgqJ42KQbCvYRmgh-vsHbDAzzZM3AUXpN0HEnQNs2kzcKaq-c8AIbKzgrm"
    "PEmiyQwlhNorBW0yC2IQeZQ2xpNlzO_QUzrRhnP6tRd7rK59vr2yD6mFOKuquK4hpK-OIeJSrfOVRpxecdDTBT2mhX"
    "LZ5r-o_7IXj_sBC74.aDwcCmQnPmDgecgPXbB5O8hWAs7JPT6KGWgCkWpbQyU"
)


def signed(*fields: object, key: SecretStr = KEY) -> str:
    """Any fields, signed as earlier releases signed."""
    serializer = URLSafeSerializer(
        key.get_secret_value(),
        salt="monext-bridge.reference",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
    return str(serializer.dumps(fields))


def read(text: str) -> PaymentReference:
    return ReferenceSigner([KEY]).read(text)


def test_it_is_read_with_all_that_it_carries() -> None:
    reference = read(signed(*FIELDS))
    assert (reference.payment_id, reference.cart_id) == (REFERENCE.payment_id, REFERENCE.cart_id)
    assert (reference.store_mark, reference.order_number) == (store_mark("fr-store"), "M3K9QX27TB4WZ")
    assert (reference.landing, reference.language) == (LandingPages(THANKS), "fr-BE")
    assert (reference.methods, reference.access) == (frozenset(), None)


def test_one_that_an_earlier_release_made_is_read() -> None:
    """Made by the release before, with this key: the text itself must go on working."""
    assert read(MADE_BEFORE) == read(signed(*FIELDS))


def test_one_of_a_cart_without_a_store_is_read() -> None:
    assert read(signed(*FIELDS[:2], None, *FIELDS[3:])).store_mark == store_mark(None)


def test_one_of_before_there_was_a_language_is_read_without() -> None:
    assert read(signed(*FIELDS[:6])).language is None


@pytest.mark.parametrize("fields", [(), ("a",) * 5, ("a",) * 8, (*FIELDS[:6], 7), (None,) * 7])
def test_signed_fields_of_another_shape_are_malformed(fields: tuple[object, ...]) -> None:
    with pytest.raises(Malformed):
        read(signed(*fields))


def test_all_keys_verify_it() -> None:
    new = SecretStr("another-secret-key-for-tests")
    assert ReferenceSigner([new, KEY]).read(signed(*FIELDS)) == read(signed(*FIELDS))
    with pytest.raises(Forbidden):
        ReferenceSigner([new]).read(signed(*FIELDS))


def test_one_changed_character_does_not_verify() -> None:
    text = signed(*FIELDS)
    for at in (3, len(text) - 20):
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        with pytest.raises((Forbidden, Malformed)):
            read(changed)


@pytest.mark.parametrize("text", [".", "a.b", f"{'a' * 2000}.{'a' * 43}", f"a b.{'a' * 43}"])
def test_what_can_not_be_one_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read(text)
