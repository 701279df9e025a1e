"""Puts operations into words: the question before, the command that repeats one, and what became of it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import (
    TERMINAL,
    Cancel,
    Capture,
    KeyedOperations,
    OpenAmounts,
    Operation,
    Refund,
    Reverse,
    open_amounts,
    operations_of_key,
)
from monext_bridge.domain.record import Payment, TransactionType
from monext_bridge.services.operations import OperationOutcome
from monext_bridge.web.cli.amounts import bare_amount, write_amount

VERBS: dict[type[Operation], str] = {
    Capture: "capture",
    Refund: "refund",
    Cancel: "cancel",
    Reverse: "reverse",
}

OUTCOME_WORDS = {
    OperationOutcome.APPROVED: "approved: Monext has done it",
    OperationOutcome.RECEIVED: "received: Monext has taken it on and has not finished",
    OperationOutcome.REJECTED: "rejected: Monext refused it, or a part of it",
}


def recorded(payment: Payment, key: str) -> KeyedOperations:
    """Return what the record has of an earlier command with this key. Keys of API clients are others."""
    return operations_of_key(payment, key, principal=TERMINAL)


def question(payment: Payment, operation: Operation, *, key: str) -> str:
    """Say what is about to happen, with the sums of which it is a part."""
    left = open_amounts(payment)
    if recorded(payment, key):
        return f"Go on with the {VERBS[type(operation)]} under key {key}, where Monext has not done it yet"
    match operation:
        case Capture(amount, final):
            text = f"Capture {write_amount(amount)} of {write_amount(left.capturable)} left to capture"
            return f"{text}, and release the rest" if final else text
        case Refund(amount, _):
            return f"Refund {write_amount(amount)} of {write_amount(left.refundable)} left to refund"
        case Cancel():
            return f"Cancel {write_amount(left.cancellable)} that is not captured"
        case Reverse():
            return _reverse(left)


def command(payment: Payment, operation: Operation, *, key: str, reference: str | None) -> str:
    """Return the command line that repeats the operation: with this key it is never carried out twice.

    It begins as the present one does, so that it works in the same folder and shell.
    """
    words = [*program(), "payment", VERBS[type(operation)], payment.id]
    match operation:
        case Capture(amount, final):
            words += ["--amount", bare_amount(amount)] + (["--final"] if final else [])
        case Refund(amount, transaction_id):
            words += ["--amount", bare_amount(amount)]
            words += ["--transaction", transaction_id] if transaction_id else []
        case _:
            pass
    words += ["--reference", reference] if reference else []
    return shlex.join([*words, "--key", key])


def program() -> list[str]:
    """Return the words by which this process was started as `flask`."""
    name = Path(sys.argv[0])
    return [str(name)] if name.name == "flask" else [".venv/bin/flask"]


def amount_under(payment: Payment, key: str, *, kind: TransactionType) -> Money | None:
    """Return the amount that an earlier call with this key asked for; None for a new key."""
    amounts = [t.amount for t in recorded(payment, key).operations if t.type is kind]
    return amounts[0].plus_all(amounts[1:]) if amounts else None


def too_much(payment: Payment, operation: Operation) -> str | None:
    """Say that the record leaves nothing, or too little, for the operation; None where it leaves enough.

    The text has the units in which the operation was asked for. Whether the operation is allowed is decided when
    it is carried out.
    """
    left = open_amounts(payment)
    open_amount, done = {
        Capture: (left.capturable, "captured"),
        Refund: (left.refundable, "refunded"),
        Cancel: (left.cancellable, "cancelled"),
        Reverse: (left.cancellable + left.refundable, "cancelled or refunded"),
    }[type(operation)]
    if open_amount.is_zero:
        return f"nothing is left of payment {payment.id} that could be {done}"
    if isinstance(operation, Capture | Refund) and operation.amount > open_amount:
        return f"only {write_amount(open_amount)} of payment {payment.id} can still be {done}"
    return None


def _reverse(left: OpenAmounts) -> str:
    parts = [
        (left.cancellable, "cancel {} that is not captured"),
        (left.refundable, "refund {} that is captured"),
    ]
    text = " and ".join(words.format(write_amount(amount)) for amount, words in parts if not amount.is_zero)
    return f"{text[:1].upper()}{text[1:]}"
