"""An act in words: what is asked before money moves, and the command that asks for the same act again."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from monext_bridge.domain.ids import RecordTransactionId
from monext_bridge.domain.operations.rules import Cancel, Capture, Operation, Refund, Reverse
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType
from monext_bridge.services.operations import OperationOutcome
from monext_bridge.web.cli.operations import OUTCOME_WORDS, VERBS, amount_under, command, question, too_much
from tests.builders import PAYMENT_ID, TOKEN, a_payment, a_transaction, eur

KEY = "key-1"
CHARGE = RecordTransactionId("5d2c6d0e-1111-4222-8333-444455556666")


def half_captured() -> Payment:
    """Authorised 111.00, captured 50.00."""
    return a_payment(
        transactions=(done(TransactionType.AUTHORIZATION, 11100, interaction_id=TOKEN), a_capture())
    )


def a_capture(**changes: Any) -> Any:
    return done(
        TransactionType.CHARGE, 5000, **({"id": CHARGE, "interaction_id": f"{KEY}~01234567"} | changes)
    )


def done(kind: TransactionType, minor: int, **changes: Any) -> Any:
    return a_transaction(type=kind, state=TransactionState.SUCCESS, amount=eur(minor), **changes)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (Capture(eur(1000)), "Capture 10.00 EUR of 61.00 EUR left to capture"),
        (
            Capture(eur(1000), final=True),
            "Capture 10.00 EUR of 61.00 EUR left to capture, and release the rest",
        ),
        (Refund(eur(1000)), "Refund 10.00 EUR of 50.00 EUR left to refund"),
        (Cancel(), "Cancel 61.00 EUR that is not captured"),
        (Reverse(), "Cancel 61.00 EUR that is not captured and refund 50.00 EUR that is captured"),
    ],
)
def test_the_question_says_what_will_happen(act: Operation, words: str) -> None:
    assert question(half_captured(), act, key="new") == words


def test_a_reverse_of_what_is_all_captured_speaks_of_the_refund_alone() -> None:
    payment = a_payment(transactions=(a_capture(interaction_id=TOKEN),))
    assert question(payment, Reverse(), key="new") == "Refund 50.00 EUR that is captured"


def test_a_key_that_is_known_is_gone_on_with() -> None:
    words = question(half_captured(), Capture(eur(5000)), key=KEY)
    assert words == "Go on with the capture under key key-1, where Monext has not done it yet"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (Capture(eur(1000)), "capture {} --amount 10.00"),
        (Capture(eur(1000), final=True), "capture {} --amount 10.00 --final"),
        (Refund(eur(5)), "refund {} --amount 0.05"),
        (Refund(eur(5), CHARGE), f"refund {{}} --amount 0.05 --transaction {CHARGE}"),
        (Cancel(), "cancel {}"),
        (Reverse(), "reverse {}"),
    ],
)
def test_the_command_repeats_every_part_of_the_act(act: Operation, words: str) -> None:
    line = command(half_captured(), act, key=KEY, reference=None)
    assert line == f".venv/bin/flask payment {words.format(PAYMENT_ID)} --key {KEY}"


def test_a_reference_survives_the_shell() -> None:
    reference = "it's $HOME; rm"
    line = command(half_captured(), Cancel(), key=KEY, reference=reference)
    assert shlex.split(line)[-4:] == ["--reference", reference, "--key", KEY]


def test_the_amount_of_a_key_is_that_of_its_first_call() -> None:
    assert amount_under(half_captured(), KEY, kind=TransactionType.CHARGE) == eur(5000)
    assert amount_under(half_captured(), "new", kind=TransactionType.CHARGE) is None


@pytest.mark.parametrize(
    "act", [Capture(eur(1)), Refund(eur(1)), Cancel(), Reverse()], ids=lambda a: VERBS[type(a)]
)
def test_nothing_left_is_said_before_anybody_is_asked(act: Operation) -> None:
    nothing = a_payment(transactions=())
    assert (too_much(nothing, act) or "").startswith("nothing is left")


@pytest.mark.parametrize(
    ("act", "words"), [(Capture(eur(6101)), "only 61.00 EUR"), (Refund(eur(5001)), "only 50.00 EUR")]
)
def test_more_than_is_left_is_refused_in_the_units_of_the_question(act: Operation, words: str) -> None:
    assert (too_much(half_captured(), act) or "").startswith(words)


@pytest.mark.parametrize("act", [Capture(eur(6100)), Refund(eur(5000)), Cancel(), Reverse()])
def test_all_that_is_left_is_not_too_much(act: Operation) -> None:
    assert too_much(half_captured(), act) is None


def test_every_act_has_a_verb_and_every_outcome_a_sentence() -> None:
    assert set(VERBS) == {Capture, Refund, Cancel, Reverse}
    assert set(OUTCOME_WORDS) == set(OperationOutcome)
