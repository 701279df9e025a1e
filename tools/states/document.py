"""Prints docs/states.md from the code, never by hand: every state, what moves it, and what follows from it.

What a table of the code says is printed from that table. What a function decides is found out by asking it
about samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from monext_bridge.domain.record import Payment, attempt_status
from tools.states.answers import (
    Row,
    codes,
    operation_answers,
    operation_kinds,
    refusing_statuses,
    session_answers,
    session_kinds,
    undecided_statuses,
)
from tools.states.asked import ACTS, buyers, doings, orders
from tools.states.samples import PRICE, SAMPLES
from tools.states.transitions import (
    ACT_CORRECTIONS,
    ACT_EDGES,
    ACT_STATES,
    MONEY_CORRECTIONS,
    MONEY_EDGES,
    READ_AS,
    SESSION_CORRECTIONS,
    SESSION_EDGES,
    STANDINGS,
    Edge,
)

TEXT = """\
# States

Printed from the code by `make states`; don't edit it here. [Architecture](architecture.md) explains what moves what,
[the operations API](operations.md#what-stands-in-commercetools) what is written to commercetools, and the
[runbook](runbook.md) what to do about what is stuck.

## A payment attempt

A payment attempt is a commercetools Payment. Its status is read from its transactions and from its reversal reason,
which is `paymentStatus.interfaceCode`. What happened to the money beats what was planned.

{statuses}

### Before it is accepted

{session}

Whatever is not listed changes nothing. So a session that is not begun, or an answer that tells nothing, is never
written.

### Once it is accepted

{money}

A success is never undone: whatever the session says later, nothing is written. An operation moves an attempt only
when Monext has carried it out.

### Corrections

These edges undo what the record had said, since Monext knew better.

{corrections}

## Monext's answer about a session

{session_kinds}

The first row that fits counts. An HTTP status beats whatever the body says.

{session_answers}

## Monext's answer to a capture, cancel or refund

{operation_kinds}

{undecided}, every 3xx and every 5xx mean unknown, whatever the body says. Otherwise the first row that fits
counts. The refusing statuses are {refusing}; with any other status outside 2xx, what would be refused is unknown.

{operation_answers}

## Monext's return codes

What a code adds to the title beside it, and who says so: a page of Monext, or one of its plugins. A code that is not
here adds nothing, and is logged as [`monext_code_unknown`](runbook.md#monext_code_unknown); the title decides, but
01…, 02…, 03… and 04… never go with ACCEPTED.

{codes}

## What the buyer reads, and the shop hears

The heading of the result page, in English. `status` goes to the shop with the buyer: to `RETURN_URL` or `CANCEL_URL`
where they are set, and nowhere before the state is final. After an automatic reversal our page comes first, and links
to `CANCEL_URL` with `status=returned`; likewise with `status=refunded` where all was refunded later.

{buyers}

## Which operations are allowed

By the record, of {price}. Before an operation is sent, [Monext's ledger](operations.md#act) must allow it too.

{doings}

## An operation

An operation is a transaction of the Payment, written before Monext is called. The remainder that a final capture
releases (`~rest`) ends as the capture does. An automatic reversal that Monext does not list after five minutes stays
under way: whoever claims it first sends it again, since nobody else would.

{operation_states}

{operations}

### Corrections of operations

{operation_corrections}

## The order's paymentState

It follows from all payments of the order; one with a reversal reason never counts. The order costs {price} here.

{orders}
"""


def states_document() -> str:
    """Returns the whole document, which ends with one line break."""
    return TEXT.format(
        price=f"{PRICE.cent_amount} minor units",
        undecided=undecided_statuses(),
        refusing=refusing_statuses(),
        statuses=_table(("Status", "Means", "Transactions, for example"), _statuses()),
        session=_edges(SESSION_EDGES),
        money=_edges(MONEY_EDGES),
        corrections=_edges((*SESSION_CORRECTIONS, *MONEY_CORRECTIONS)),
        session_kinds=_table(("Kind", "What is written"), session_kinds()),
        session_answers=_table(("Title", "Code", "Kind", "Reason"), session_answers()),
        operation_kinds=_table(("Kind", "State of the operation"), operation_kinds()),
        operation_answers=_table(
            ("Title", "Code", "with 200", "with 202", "with a refusing status"), operation_answers()
        ),
        codes=_table(("Codes", "For a session", "For an operation", "Source"), codes()),
        buyers=_table(("Status", "Case", "The buyer reads", "The page", "`status`", "At"), buyers()),
        doings=_table(("Status", "Case", *ACTS), doings()),
        operation_states=_table(("State", "Record", "Means"), _operation_states()),
        operations=_edges(ACT_EDGES),
        operation_corrections=_edges(ACT_CORRECTIONS),
        orders=_table(("Status", "Case", "`paymentState`"), orders()),
    )


def _statuses() -> Iterator[Row]:
    for status, meaning in STANDINGS.items():
        found = [_transactions(s.payment) for s in SAMPLES if attempt_status(s.payment) is status]
        yield f"`{status.value}`", meaning, "; or ".join(dict.fromkeys(found[:1] + found[-1:]))


def _transactions(payment: Payment) -> str:
    found = [f"{t.type.value} {t.state.value}" for t in payment.transactions]
    return ", ".join(found) or "none"


def _operation_states() -> Iterator[Row]:
    for state, meaning in ACT_STATES.items():
        read_as = READ_AS.get(state)
        mark = f", `~{read_as[1]}`" if read_as and read_as[1] else ""
        yield state.value, f"{read_as[0].value}{mark}" if read_as else "", meaning


def _edges(edges: Sequence[Edge[Any, Any]]) -> str:
    return _table(
        ("From", "What happens", "To", "Why"),
        ((e.begin.value, e.event.value, e.end.value, e.reason) for e in edges),
    )


def _table(heads: Row, rows: Iterable[Row]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(
        f"| {' | '.join(cells)} |".replace("| --- ", "|---").replace("--- |", "---|") for cells in lines
    )
