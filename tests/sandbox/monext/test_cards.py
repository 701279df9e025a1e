"""Card numbers and amounts of the vendor's simulator of bank answers."""

from datetime import UTC, datetime

import pytest

from sandbox.monext.cards import AMOUNT_CODES, Card, bank_answer, luhn_valid, read_card
from sandbox.monext.results import CODES

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NETWORKS = ("VISA", "MASTERCARD", "CARTES_BANCAIRES", "AMERICAN_EXPRESS")
VALID = {"number": "4970101234567802", "expiry": "12/30", "cvv": "123", "holder": ""}


def card(number: str = "4970101234567802") -> Card:
    return Card(number, expiry="1230", holder="")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4970103469012066", "01206"),
        ("4970103469011084", "01108"),
        ("4970103469012082", "01208"),
        ("4970103469011001", "01100"),
        ("4970101234567802", "00000"),
    ],
)
def test_tenth_digit_nine_names_the_answer(number: str, code: str) -> None:
    assert luhn_valid(number)
    assert bank_answer(card(number), amount=2499) == code


@pytest.mark.parametrize(("amount", "code"), sorted(AMOUNT_CODES.items()))
def test_test_amount_names_an_answer_of_the_table(amount: int, code: str) -> None:
    assert bank_answer(card(), amount=amount) == code
    assert code in CODES


@pytest.mark.parametrize("amount", [33300, 33308, 33399, 2499])
def test_other_amounts_are_approved(amount: int) -> None:
    assert bank_answer(card(), amount=amount) == "00000"


def test_documented_amount_reads_in_minor_units() -> None:
    assert AMOUNT_CODES[33305] == "01100"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "4970101234567803"),
        ("number", "4970"),
        ("number", "4970 1012 3456 78ab"),
        ("number", "6011000990139424"),
        ("expiry", "13/30"),
        ("expiry", "02/26"),
        ("expiry", "2030-12"),
        ("cvv", "12"),
        ("cvv", "12a"),
        ("holder", "X"),
        ("holder", "X" * 51),
    ],
)
def test_fault_of_the_form_is_told_at_its_field(field: str, value: str) -> None:
    read, faults = read_card(**{**VALID, field: value}, networks=NETWORKS, now=NOW)
    assert read is None
    assert list(faults) == [field]


@pytest.mark.parametrize("number", ["4970 1012 3456 7802", "4970-1012-3456-7802"])
def test_number_may_be_written_in_groups(number: str) -> None:
    read, _ = read_card(**{**VALID, "number": number}, networks=NETWORKS, now=NOW)
    assert read == Card("4970101234567802", expiry="1230", holder="")


def test_card_is_good_until_the_end_of_its_month() -> None:
    read, _ = read_card(**{**VALID, "expiry": "03/26"}, networks=NETWORKS, now=NOW)
    assert read is not None


def test_american_express_has_a_code_of_four_digits() -> None:
    form = {**VALID, "number": "371449635398431"}
    assert read_card(**form, networks=NETWORKS, now=NOW)[1] == {"cvv": "4 digits"}
    assert read_card(**{**form, "cvv": "1234"}, networks=NETWORKS, now=NOW)[1] == {}


def test_method_takes_its_own_networks_only() -> None:
    _, faults = read_card(**VALID, networks=("MASTERCARD",), now=NOW)
    assert faults == {"number": "This method does not take this card"}


def test_number_is_shown_masked() -> None:
    assert card().masked == "497010XXXXXX7802"
