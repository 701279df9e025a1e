"""The signed reference: what it carries, what older ones carried, and what is refused."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, replace

import pytest
from itsdangerous import URLSafeSerializer
from pydantic import SecretStr

from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.errors import Forbidden, Malformed
from monext_bridge.services.payment_reference import LONGEST_REFERENCE, ReferenceSigner
from monext_bridge.services.results import PaymentReference

KEY = SecretStr("a-secret-key-for-tests-only")
REFERENCE = PaymentReference(
    payment_id=PaymentId("7d0a2f4e-90c1-4b8e-9f63-5f3c1f1a7b10"),
    cart_id=CartId("6f6f1a2e-6b0e-4a53-8a0b-1d2f3c4b5a69"),
    store_key="fr-store",
    order_number=OrderNumber("M3K9QX27TB4WZ"),
    return_url="https://shop.example.com/thanks?step=4",
    cancel_url=None,
    language="fr-BE",
)


def signed(*fields: object) -> str:
    """Any fields, signed as the bridge signs."""
    serializer = URLSafeSerializer(
        KEY.get_secret_value(),
        salt="monext-bridge.reference",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
    return str(serializer.dumps(fields))


@pytest.mark.parametrize("changes", [{}, {"language": None}, {"store_key": None, "return_url": None}])
def test_what_is_signed_is_read_again(changes: dict[str, None]) -> None:
    reference = replace(REFERENCE, **changes)  # type: ignore[arg-type]
    assert ReferenceSigner([KEY]).read(ReferenceSigner([KEY]).sign(reference)) == reference


def test_one_of_before_there_was_a_language_is_read_without() -> None:
    *before, _ = astuple(REFERENCE)
    assert ReferenceSigner([KEY]).read(signed(*before)) == replace(REFERENCE, language=None)


def test_one_without_a_language_can_be_read_by_the_release_before() -> None:
    *before, _ = astuple(REFERENCE)
    assert ReferenceSigner([KEY]).sign(replace(REFERENCE, language=None)) == signed(*before)


@pytest.mark.parametrize("fields", [(), ("a",) * 5, ("a",) * 8, (*astuple(REFERENCE)[:6], 7), (None,) * 7])
def test_signed_fields_of_another_shape_are_malformed(fields: tuple[object, ...]) -> None:
    with pytest.raises(Malformed):
        ReferenceSigner([KEY]).read(signed(*fields))


def test_first_key_signs_and_all_verify() -> None:
    old, new = KEY, SecretStr("another-secret-key-for-tests")
    assert ReferenceSigner([new, old]).read(ReferenceSigner([old]).sign(REFERENCE)) == REFERENCE
    assert ReferenceSigner([new]).read(ReferenceSigner([new, old]).sign(REFERENCE)) == REFERENCE
    with pytest.raises(Forbidden):
        ReferenceSigner([new]).read(ReferenceSigner([old]).sign(REFERENCE))


def test_one_changed_character_does_not_verify() -> None:
    text = ReferenceSigner([KEY]).sign(REFERENCE)
    for at in (3, len(text) - 20):
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        with pytest.raises((Forbidden, Malformed)):
            ReferenceSigner([KEY]).read(changed)


def test_one_that_would_be_too_long_to_come_back_is_not_made() -> None:
    with pytest.raises(ValueError, match="longer than"):
        ReferenceSigner([KEY]).sign(
            replace(REFERENCE, return_url="https://shop.example.com/" + _noise(LONGEST_REFERENCE))
        )


def _noise(length: int) -> str:
    """What does not get shorter by compression."""
    return "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(length // 32))
