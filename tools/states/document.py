"""docs/states.md: every state, what moves it, and what follows from it; printed from the code, never by hand.

What a table of the code says is printed from it; what a function decides is found out by asking it about samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from monext_bridge.domain.record import Payment, attempt_status
from tools.states.answers import (
    Row,
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

Printed from the code by `make states`; don't edit it here. What moves what is explained in
[architecture](architecture.md), what stands in commercetools in
[the operations API](operations.md#what-stands-in-commercetools), what to do about what is stuck in the
[runbook](runbook.md).

## An attempt

An attempt is a commercetools Payment; where it stands is read from its transactions, and from its flag, which is
`paymentStatus.interfaceCode`. What happened to the money beats what was planned.

{standings}

### Until the money is taken

{session}

Whatever is not listed changes nothing. So a session that is not begun, or an answer that tells nothing, is never
booked.

### Once it was accepted

{money}

A success is never undone: whatever the session says later, nothing is written. An act moves an attempt only when
Monext has carried it out.

### Corrections

Edges that undo what the record had said, since Monext knew better.

{corrections}

## Monext's answer about a session

{session_kinds}

The first line that fits counts; a status beats whatever the body says.

{session_answers}

## Monext's answer to a capture, cancel or refund

{operation_kinds}

{undecided} and every 5xx: unknown, whatever the body says. Otherwise the first line that fits counts; refusing
are {refusing}, and with any other status outside 2xx what would be refused is unknown.

{operation_answers}

## What the buyer reads, and the shop hears

The heading of the result page, in English. `status` goes to the shop with the buyer: to `RETURN_URL` or `CANCEL_URL`
where they are set, and nowhere before the state is final. After money was returned our page comes first, and links to
`CANCEL_URL` with `status=returned`.

{buyers}

## What may be done

By the record, of {price}; before it is sent, [Monext's ledger](operations.md#act) must allow it too.

{doings}

## An act

A transaction of the Payment, written before Monext is called. What a final capture releases (`~rest`) ends as the
capture does. A give-back that Monext does not list after five minutes stays under way: whoever claims it first sends
it again, for nobody else would.

{operation_states}

{operations}

### Corrections of acts

{operation_corrections}

## The order's paymentState

From all payments of the order; one that is being given back never counts. The order costs {price} here.

{orders}
"""


def states_document() -> str:
    """The whole of it, ending with one line break."""
    return TEXT.format(
        price=f"{PRICE.cent_amount} minor units",
        undecided=undecided_statuses(),
        refusing=refusing_statuses(),
        standings=_table(("Standing", "Means", "Transactions, for example"), _standings()),
        session=_edges(SESSION_EDGES),
        money=_edges(MONEY_EDGES),
        corrections=_edges((*SESSION_CORRECTIONS, *MONEY_CORRECTIONS)),
        session_kinds=_table(("Kind", "What is written"), session_kinds()),
        session_answers=_table(("Title", "Code", "Kind", "Reason"), session_answers()),
        operation_kinds=_table(("Kind", "State of the act"), operation_kinds()),
        operation_answers=_table(
            ("Title", "Code", "with 200", "with 202", "with a refusing status"), operation_answers()
        ),
        buyers=_table(("Standing", "Where", "The buyer reads", "The page", "`status`", "At"), buyers()),
        doings=_table(("Standing", "Where", *ACTS), doings()),
        operation_states=_table(("State", "Reads", "Means"), _act_states()),
        operations=_edges(ACT_EDGES),
        operation_corrections=_edges(ACT_CORRECTIONS),
        orders=_table(("Standing", "Where", "`paymentState`"), orders()),
    )


def _standings() -> Iterator[Row]:
    for stands, means in STANDINGS.items():
        told = [_transactions(s.payment) for s in SAMPLES if attempt_status(s.payment) is stands]
        yield f"`{stands.value}`", means, "; or ".join(dict.fromkeys(told[:1] + told[-1:]))


def _transactions(payment: Payment) -> str:
    told = [f"{t.type.value} {t.state.value}" for t in payment.transactions]
    return ", ".join(told) or "none"


def _act_states() -> Iterator[Row]:
    for state, means in ACT_STATES.items():
        told = READ_AS.get(state)
        mark = f", `~{told[1]}`" if told and told[1] else ""
        yield state.value, f"{told[0].value}{mark}" if told else "", means


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
