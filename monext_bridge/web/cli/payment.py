"""`flask payment …` carries out operations on a payment, from a terminal.

Only the answer goes to stdout. The question, the key and what went wrong go to stderr, as the log does.
"""

from __future__ import annotations

import functools
import re
import secrets
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click
from flask.cli import AppGroup

from monext_bridge.domain.ids import RecordTransactionId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import (
    IDEMPOTENCY_KEY,
    TERMINAL,
    Cancel,
    Capture,
    Operation,
    Refund,
    Reverse,
    open_amounts,
)
from monext_bridge.domain.record import (
    AttemptKey,
    Payment,
    TransactionType,
    accepted_or_planned_amount,
    part_with,
)
from monext_bridge.errors import Conflict
from monext_bridge.logs import correlation_id
from monext_bridge.services.operations import (
    Actor,
    AuditedAct,
    OperationOutcome,
    OperationResult,
    audited_request,
)
from monext_bridge.web.api import REFERENCE_FORM, PaymentIntentResult, answer
from monext_bridge.web.cli.amounts import read_amount
from monext_bridge.web.cli.endings import ExitCode, end, failures, print_json, printable
from monext_bridge.web.cli.enquiry import (
    find,
    json_option,
    only_payment,
    quoted_argument,
    show,
    verbose_option,
)
from monext_bridge.web.cli.login import login
from monext_bridge.web.cli.operations import (
    OUTCOME_WORDS,
    amount_under,
    command,
    question,
    recorded,
    too_much,
)
from monext_bridge.web.http import services

Build = Callable[..., Operation]
QUOTED_REFERENCE = re.compile(REFERENCE_FORM)


@dataclass(frozen=True, slots=True)
class Target:
    """The payment, and the operation key, which may have been used for it before."""

    payment: Payment
    key: str


@dataclass(frozen=True, slots=True)
class CommandOptions:
    """What every operation is asked for with. `key` is the caller's, or one made here."""

    quoted: str
    key: str
    reference: str | None
    yes: bool
    as_json: bool


payment_group = AppGroup("payment", help="Find and show payments; capture, cancel, refund or reverse one.")
payment_group.add_command(find)
payment_group.add_command(show)

amount_option = click.option("--amount", metavar="12.34", help="In major units of the payment's currency.")


def acting(build: Build) -> Callable[..., None]:
    """Make a command of a function that builds the operation for a payment."""

    @quoted_argument
    @click.option("--key", help="Idempotency key. The same key and request are never carried out twice.")
    @click.option("--reference", help="Your reference of the act, handed on to Monext.")
    @click.option("--yes", is_flag=True, help="Don't ask before money moves.")
    @json_option
    @verbose_option
    @functools.wraps(build)
    def run(
        quoted: str, key: str | None, reference: str | None, yes: bool, as_json: bool, **options: Any
    ) -> None:
        _check(key, IDEMPOTENCY_KEY, option="--key", form="1 to 128 of A-Z a-z 0-9 _ . : -")
        _check(reference, QUOTED_REFERENCE, option="--reference", form="1 to 50 characters without < and >")
        chosen = CommandOptions(quoted, key or f"cli-{secrets.token_hex(8)}", reference, yes, as_json)
        _carry_out(chosen, lambda payment: build(Target(payment, chosen.key), **options))

    return run


@payment_group.command()
@amount_option
@click.option("--final", is_flag=True, help="The last capture: what is left is released.")
@acting
def capture(target: Target, *, amount: str | None, final: bool) -> Operation:
    """Capture what was authorised: all that is open, or --amount of it."""
    payment = target.payment
    open_now = open_amounts(payment).capturable
    before = amount_under(payment, target.key, kind=TransactionType.CHARGE)
    return Capture(_amount(amount, payment) or before or open_now, final)


@payment_group.command()
@amount_option
@click.option("--all", "everything", is_flag=True, help="All that is captured and not refunded.")
@click.option("--transaction", metavar="ID", help="A capture that the refund belongs to and can't exceed.")
@acting
def refund(target: Target, *, amount: str | None, everything: bool, transaction: str | None) -> Operation:
    """Give back what was captured: --amount of it, or --all."""
    if everything == (amount is not None):
        raise click.UsageError("Say how much: either --amount or --all.")
    payment, charge = target.payment, RecordTransactionId(transaction) if transaction else None
    before = amount_under(payment, target.key, kind=TransactionType.REFUND)
    return Refund(_amount(amount, payment) or before or _refundable(payment, charge), charge)


@payment_group.command()
@acting
def cancel(_: Target) -> Operation:
    """Release all that is authorised and not captured."""
    return Cancel()


@payment_group.command()
@acting
def reverse(_: Target) -> Operation:
    """Cancel what is not captured and refund what is."""
    return Reverse()


def _carry_out(chosen: CommandOptions, build: Callable[[Payment], Operation]) -> None:
    """Carry out one operation, from the lookup to the exit code."""
    correlation_id.set(str(uuid.uuid4()))
    with failures(as_json=chosen.as_json, key=chosen.key):
        payment = only_payment(chosen.quoted)
        operation = build(payment)
        _check_room(payment, operation, chosen)
        _confirm(payment, operation, chosen)
        result = _perform(payment, operation, chosen)
        if result.outcome is OperationOutcome.REJECTED:
            raise click.exceptions.Exit(ExitCode.REJECTED)


def _check_room(payment: Payment, operation: Operation, chosen: CommandOptions) -> None:
    """Raise Conflict, and tell of it in the log, where a new key asks for more than the record leaves."""
    before = recorded(payment, chosen.key)
    with audited_request(AuditedAct(_actor(), key=chosen.key, payment_id=payment.id)) as told:
        told.asks(operation, merchant_reference=chosen.reference)
        told.reads(payment, operation, recorded=before)
        refusal = None if before else too_much(payment, operation)
        if refusal:
            raise Conflict(refusal)


def _actor() -> Actor:
    return Actor(TERMINAL, login=login())


def _perform(payment: Payment, operation: Operation, chosen: CommandOptions) -> OperationResult:
    """Carry out the operation and print its outcome. Every failure in here names the command that finds out."""
    again = command(payment, operation, key=chosen.key, reference=chosen.reference)
    with failures(as_json=chosen.as_json, key=chosen.key, hint=f"\nFind out what became of it:\n  {again}"):
        click.echo(f"Key: {chosen.key}", err=True)
        result = services().operations.perform(
            payment.id,
            operation,
            by=_actor(),
            key=chosen.key,
            merchant_reference=chosen.reference,
        )
        _print(payment, result, chosen)
        return result


def _check(text: str | None, pattern: re.Pattern[str], *, option: str, form: str) -> None:
    if text is not None and not pattern.fullmatch(text):
        raise click.BadParameter(form, param_hint=option)


def _confirm(payment: Payment, operation: Operation, chosen: CommandOptions) -> None:
    """Ask somebody at a terminal. Without --yes, the answer is no where nobody can be asked."""
    key = AttemptKey.parse(payment.key)
    store = services().settings.store(key.store_key if key else None)
    click.echo(f"Payment {payment.id}, Monext {store.environment.value}", err=True)
    question_text = question(payment, operation, key=chosen.key)
    if chosen.yes:
        click.echo(question_text, err=True)
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise end(f"{question_text}: nobody can be asked here, so say --yes", code=ExitCode.UNUSABLE)
    try:
        confirmed = click.confirm(f"{question_text}?", err=True)
    except click.Abort:
        confirmed = False
    if not confirmed:
        raise end("not confirmed; nothing was done", code=ExitCode.UNUSABLE)


def _print(payment: Payment, result: OperationResult, chosen: CommandOptions) -> None:
    if chosen.as_json:
        body = answer(PaymentIntentResult.of(result))
        print_json({**body, "paymentId": payment.id, "key": chosen.key})
        return
    click.echo(OUTCOME_WORDS[result.outcome])
    if result.interface_id:
        click.echo(f"Monext id {printable(result.interface_id)}")


def _amount(text: str | None, payment: Payment) -> Money | None:
    if text is None:
        return None
    try:
        return read_amount(text, like=accepted_or_planned_amount(payment))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--amount") from error


def _refundable(payment: Payment, charge: RecordTransactionId | None) -> Money:
    """Return all that is left to refund; for one capture, no more than was captured by it or its part leaves."""
    left = open_amounts(payment).refundable
    captured = next((t for t in payment.transactions if t.id == charge), None)
    if captured is None:
        return left
    return min(left, captured.amount, open_amounts(part_with(payment, captured)).refundable)
