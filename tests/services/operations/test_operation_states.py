"""The table of an act's states, walked whole over the services that act: each state, and all that may happen to it.

A record keeps every reading of itself, so that what is compared with the table is each write, not only the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from monext_bridge.domain.ids import MonextTransactionId, RecordTransactionId
from monext_bridge.domain.monext import Ledger, LedgerRow, OperationAnswer, OperationAnswerKind
from monext_bridge.domain.operations import OwnedKey
from monext_bridge.domain.operations.pending import ABANDONED, KIND_OF_TYPE, REMAINDER, OperationName
from monext_bridge.domain.operations.rules import Cancel, Capture, Operation, Refund, operation_digest
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from monext_bridge.errors import BridgeError, RemoteUnreachable
from tests.actors import BACK_OFFICE
from tests.builders import BEGUN, a_payment, a_transaction, eur
from tests.operation_states import operation_state
from tests.record_and_ledger import NO_ANSWER, InMemoryServices, services_in_memory
from tools.states.transitions import ACT_CORRECTIONS, ACT_EDGES, READ_AS, ActEdges, ActEvent, ActState

AUTHORIZATION, CANCEL, CHARGE, REFUND = (
    TransactionType.AUTHORIZATION,
    TransactionType.CANCEL_AUTHORIZATION,
    TransactionType.CHARGE,
    TransactionType.REFUND,
)
ASKED: dict[TransactionType, tuple[Operation, int]] = {
    CHARGE: (Capture(eur(400)), 400),
    CANCEL: (Cancel(), 11100),
    REFUND: (Refund(eur(400)), 400),
}
"""What is asked for, and how much that is."""

KEY, ROW, TAKEN = "k", MonextTransactionId("row-1"), MonextTransactionId("taken")
SOON, LATER = BEGUN + timedelta(minutes=1), BEGUN + timedelta(minutes=6)
UNREACHABLE = RemoteUnreachable("no connection", remote="monext")
TABLE = {(edge.begin, edge.event): edge.end for edge in ACT_EDGES + ACT_CORRECTIONS}


@dataclass(frozen=True)
class Case:
    """A payment with one act of a kind, in a state, under the key."""

    kind: TransactionType
    state: ActState

    @property
    def payment(self) -> Payment:
        main = CHARGE if self.kind is REFUND else AUTHORIZATION
        success = TransactionState.SUCCESS
        bought = a_transaction(id=RecordTransactionId("main"), type=main, state=success, interface_id=TAKEN)
        acts = () if self.state is ActState.NONE else (self.act,)
        return a_payment(transactions=(bought, *acts))

    @property
    def act(self) -> Transaction:
        act, amount = ASKED[self.kind]
        state, mark = READ_AS[self.state]
        name = OperationName(KEY, operation_digest(act, merchant_reference=None), mark)
        return a_transaction(
            id=RecordTransactionId("act"),
            type=self.kind,
            state=state,
            amount=eur(amount),
            interaction_id=str(name.abandoned() if mark == ABANDONED else name),
            interface_id=ROW if self.state is ActState.DONE else None,
        )

    @property
    def taken_row(self) -> LedgerRow:
        kind = "AUTHORIZATION_AND_CAPTURE" if self.kind is REFUND else "AUTHORIZATION"
        return LedgerRow(TAKEN, kind, 11100, True, BEGUN)

    def listed(self, ok: bool | None) -> Ledger:
        row = LedgerRow(ROW, ROW_TYPE[self.kind], ASKED[self.kind][1], ok, BEGUN, TAKEN)
        return Ledger((self.taken_row, row))

    @property
    def unlisted(self) -> Ledger:
        return Ledger((self.taken_row,))


ROW_TYPE = {CHARGE: "CAPTURE", CANCEL: "CANCEL", REFUND: "REFUND"}


def asks(case: Case, services: InMemoryServices) -> None:
    """The caller asks for the act, under its key."""
    services.operations.perform(services.record.versions[-1].id, ASKED[case.kind][0], key=KEY, by=BACK_OFFICE)


def asked(*, answer: object = NO_ANSWER, room: bool = True, readable: bool = True) -> Happening:
    def happen(case: Case) -> InMemoryServices:
        ledger = case.unlisted if room else Ledger((replace(case.taken_row, amount=1),))
        services = services_in_memory(
            case.payment, now=SOON, answer=answer, current_ledger=replace(ledger, readable=readable)
        )
        with suppress(BridgeError):
            asks(case, services)
        return services

    return happen


def asked_where_others_took_all(case: Case) -> InMemoryServices:
    """Another act has taken what a freed one had found."""
    payment = case.payment
    kind = REFUND if case.kind is REFUND else CHARGE
    room = 11100 - (0 if case.state is ActState.UNSENT else ASKED[case.kind][1])
    other = a_transaction(
        id=RecordTransactionId("other"),
        type=kind,
        state=TransactionState.SUCCESS,
        amount=eur(room),
        interaction_id="other~01234567",
    )
    services = services_in_memory(
        replace(payment, transactions=(*payment.transactions, other)), now=SOON, current_ledger=case.unlisted
    )
    with suppress(BridgeError):
        asks(case, services)
    return services


def looked_up(ok: bool | None) -> Happening:
    """Somebody finds out what became of it, and Monext lists it."""

    def happen(case: Case) -> InMemoryServices:
        services = services_in_memory(case.payment, now=SOON, current_ledger=case.listed(ok))
        services.resolver.resolve_key(case.payment, OwnedKey(KEY))
        return services

    return happen


def looked_up_in_vain(case: Case) -> InMemoryServices:
    services = services_in_memory(case.payment, now=LATER, current_ledger=case.unlisted)
    services.resolver.resolve_key(case.payment, OwnedKey(KEY))
    return services


def closed_unsent(case: Case) -> InMemoryServices:
    services = services_in_memory(case.payment, now=LATER, current_ledger=case.unlisted)
    services.resolver.close_unsent(case.payment)
    return services


def closed_beside_one_that_was_sent(case: Case) -> InMemoryServices:
    """The key had two operations, such as the cancel and the refund of a reverse, and the other one was sent."""
    other = a_transaction(
        id=RecordTransactionId("other"),
        type=CANCEL if case.kind is REFUND else CHARGE,
        state=TransactionState.SUCCESS,
        amount=eur(1),
        interaction_id=f"{KEY}~89abcdef",
    )
    payment = replace(case.payment, transactions=(*case.payment.transactions, other))
    services = services_in_memory(payment, now=LATER, current_ledger=case.unlisted)
    services.resolver.close_unsent(payment)
    return services


def posted(ok: bool | None) -> Happening:
    """The pass over the ledgers. Monext echoes the key of what was sent; FREE and VOID never were."""

    def happen(case: Case) -> InMemoryServices:
        sent = case.state in (ActState.UNDER_WAY, ActState.RECEIVED, ActState.DONE, ActState.FAILED)
        echoes = {ROW: OwnedKey(KEY)} if sent else {}
        services = services_in_memory(case.payment, now=LATER, current_ledger=case.listed(ok), echoes=echoes)
        services.ledger_importer.compare(case.payment, post=True)
        return services

    return happen


def taken_back(case: Case) -> InMemoryServices:
    undone = LedgerRow(MonextTransactionId("row-2"), "CANCEL", ASKED[case.kind][1], True, BEGUN, ROW)
    services = services_in_memory(
        case.payment, now=LATER, current_ledger=Ledger((*case.listed(True).rows, undone))
    )
    services.ledger_importer.compare(case.payment, post=True)
    return services


Happening = Callable[[Case], InMemoryServices]
ANSWERS: dict[ActEvent, OperationAnswer] = {
    ActEvent.NO_ANSWER: NO_ANSWER,
    ActEvent.ANSWERED_DONE: OperationAnswer(OperationAnswerKind.DONE, transaction_id=ROW),
    ActEvent.ANSWERED_RECEIVED: OperationAnswer(OperationAnswerKind.PENDING, transaction_id=ROW),
    ActEvent.ANSWERED_REFUSED: OperationAnswer(OperationAnswerKind.REFUSED, code="01100"),
    ActEvent.ANSWERED_TOO_LATE: OperationAnswer(OperationAnswerKind.REFUSED, code="02105"),
}
BY_ITS_CALLER: dict[ActEvent, Happening] = {
    ActEvent.LEDGER_FORBIDS: asked(room=False),
    ActEvent.LEDGER_UNREADABLE: asked(readable=False),
    ActEvent.NOT_SENT: asked(answer=UNREACHABLE),
    **{event: asked(answer=answer) for event, answer in ANSWERS.items()},
}
"""What comes of asking with the key: where that sends nothing, nothing of this can happen."""

BY_OTHERS: dict[ActEvent, Happening] = {
    ActEvent.ROW_OK: looked_up(True),
    ActEvent.ROW_KO: looked_up(False),
    ActEvent.ROW_OPEN: looked_up(None),
    ActEvent.NOT_LISTED: looked_up_in_vain,
    ActEvent.CLOSED_UNSENT: closed_unsent,
    ActEvent.CLOSED_IN_PART: closed_beside_one_that_was_sent,
    ActEvent.FOUND: posted(True),
    ActEvent.FOUND_OPEN: posted(None),
    ActEvent.TAKEN_BACK: taken_back,
    ActEvent.NO_ROOM: asked_where_others_took_all,
}
SENDS = {ActState.NONE: ActEvent.ANNOUNCED, ActState.UNSENT: ActEvent.TAKEN_UP}
"""By what asking with a key leads to sending. A void act stays what it is; a new one begins beside it."""


def path(services: InMemoryServices, *, place: int = 1) -> list[ActState]:
    """The states of the act, one for each write that changed it; `place` is where it stands in the record."""
    states = [
        operation_state(next(iter(p.transactions[place : place + 1]), None)) for p in services.record.versions
    ]
    return [state for n, state in enumerate(states) if n == 0 or state is not states[n - 1]]


def wanted(begin: ActState, *events: ActEvent) -> list[ActState]:
    """The path that the table gives for these events, one after the other."""
    states = [begin]
    for event in events:
        end = TABLE.get((states[-1], event), states[-1])
        states += [end] if end is not states[-1] else []
    return states


def cases_of(event: ActEvent) -> list[Case]:
    """Each state of each kind of act to which this event can happen at all."""
    every = [Case(kind, state) for kind in ASKED for state in ActState]
    return [case for case in every if can_happen(case, event)]


def can_happen(case: Case, event: ActEvent) -> bool:
    """Only a cancel comes too late, only a refund that was done is taken back; without room nothing begins."""
    if ActState.TOO_LATE is case.state or event is ActEvent.ANSWERED_TOO_LATE:
        return case.kind is CANCEL
    if event is ActEvent.TAKEN_BACK:
        return case.kind is REFUND and case.state is ActState.DONE
    beside_others = event in (ActEvent.NO_ROOM, ActEvent.CLOSED_IN_PART)
    return not beside_others or case.state is not ActState.NONE


def paths(happened: Happening, cases: Iterable[Case]) -> dict[Case, list[ActState]]:
    return {case: path(happened(case)) for case in cases}


@pytest.mark.parametrize("event", BY_ITS_CALLER)
def test_asking_for_an_act_moves_it_as_the_table_says(event: ActEvent) -> None:
    """Each act in each state that it can happen to."""
    found = paths(BY_ITS_CALLER[event], cases_of(event))
    sent = {case: SENDS.get(case.state) for case in found}
    assert found == {c: wanted(c.state, s, event) if s else [c.state] for c, s in sent.items()}


@pytest.mark.parametrize("event", BY_OTHERS)
def test_what_is_learnt_of_an_act_moves_it_as_the_table_says(event: ActEvent) -> None:
    found = paths(BY_OTHERS[event], cases_of(event))
    assert found == {case: wanted(case.state, event) for case in found}


@pytest.mark.parametrize("kind", ASKED)
def test_a_void_act_gives_its_key_to_a_new_one(kind: TransactionType) -> None:
    services = BY_ITS_CALLER[ActEvent.ANSWERED_DONE](Case(kind, ActState.ABANDONED))
    assert path(services, place=2) == wanted(ActState.NONE, ActEvent.ANNOUNCED, ActEvent.ANSWERED_DONE)


@pytest.mark.parametrize("event", [e for e in ANSWERS if e is not ActEvent.ANSWERED_TOO_LATE])
def test_what_a_final_capture_releases_ends_as_the_capture_does(event: ActEvent) -> None:
    none = Case(CHARGE, ActState.NONE)
    services = services_in_memory(none.payment, now=SOON, answer=ANSWERS[event], current_ledger=none.unlisted)
    with suppress(BridgeError):
        services.operations.perform(none.payment.id, Capture(eur(400), final=True), key=KEY, by=BACK_OFFICE)
    capture, rest = services.record.versions[-1].transactions[1:]
    assert (rest.interaction_id, rest.state) == (
        f"{KEY}~{REMAINDER}~by-{BACK_OFFICE.principal}",
        capture.state,
    )


def test_a_give_back_that_monext_does_not_list_is_sent_again_under_the_same_intent() -> None:
    case = Case(REFUND, ActState.UNDER_WAY)
    intent = replace(case.act, interaction_id=f"giveback-{case.payment.interface_id}~01234567")
    payment = replace(
        case.payment,
        status_code="SECOND_PAYMENT",
        transactions=(case.payment.transactions[0], intent),
    )
    services = services_in_memory(payment, now=LATER, current_ledger=case.unlisted)
    store = services.resolver.target(payment).store
    services.reversal.continue_reversal(payment, store=store, just_written=False)
    assert path(services) == [ActState.UNDER_WAY]
    assert services.monext.sent == [(KIND_OF_TYPE[REFUND], 400)]


def test_every_edge_of_the_table_is_walked() -> None:
    sent = {(ActState.UNDER_WAY, event) for event in BY_ITS_CALLER}
    told = {(case.state, event) for event in BY_OTHERS for case in cases_of(event)}
    assert set(TABLE) <= sent | told | set(SENDS.items())
    assert {*BY_ITS_CALLER, *BY_OTHERS, *SENDS.values()} == set(ActEvent)


@pytest.mark.parametrize("table", [ACT_EDGES, ACT_CORRECTIONS], ids=["edges", "corrections"])
def test_no_edge_leads_nowhere_or_stands_twice(table: ActEdges) -> None:
    assert all(edge.begin is not edge.end for edge in table)
    assert len(TABLE) == len(ACT_EDGES + ACT_CORRECTIONS)


def test_only_corrections_leave_an_act_that_has_ended() -> None:
    ended = {ActState.DONE, ActState.FAILED, ActState.TOO_LATE, ActState.ABANDONED}
    assert all(edge.begin not in ended for edge in ACT_EDGES)


def test_every_state_of_an_act_reads_differently() -> None:
    assert set(READ_AS) | {ActState.NONE} == set(ActState)
    assert len(set(READ_AS.values())) == len(READ_AS)
