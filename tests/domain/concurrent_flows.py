"""Whoever settles, acts or looks things up, as steps between which anybody else may go on, or this one be killed.

Each caller does what the services do, call by call, with the decisions of the domain; at each `yield` it has just had
an answer. What a remote fails to do is told by `Luck`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monext_bridge.domain.ids import MonextTransactionId, PaymentId
from monext_bridge.domain.monext import ActAnswer, ActAnswerKind, Ledger, LedgerRow, Outcome, OutcomeKind
from monext_bridge.domain.operations.by_key import family, freed, keys_of, stand_in, voided
from monext_bridge.domain.operations.pending import (
    GIVE_BACK_PREFIX,
    LATE,
    IntentName,
    given_up,
    is_free,
    match,
    name_of,
    rows_for,
)
from monext_bridge.domain.operations.rules import (
    Act,
    Capture,
    NotAllowed,
    Reverse,
    check_ledger,
    digest_of,
    intents_of,
    still_fits,
)
from monext_bridge.domain.outcome.automatic_reversal import is_open, is_owed_more, return_intents, returns
from monext_bridge.domain.outcome.decide import (
    Situation,
    close_as_cancelled,
    decide,
    give_back,
    objection,
    surplus,
    wants_order,
)
from monext_bridge.domain.reconciliation.compare_ledger import posting, unposted
from monext_bridge.domain.record.attempt_status import (
    Flag,
    Standing,
    accepted,
    flag_of,
    holds_money,
    standing,
)
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState
from monext_bridge.domain.record.updates import (
    Change,
    ChangeInteractionId,
    ChangeTransactionState,
    ChangeTransactionTimestamp,
    SetTransactionInterfaceId,
)
from monext_bridge.services.operations.execute import RESULT_OF, STATE_OF_ROW, reads_alike
from monext_bridge.services.operations.request import added_or_claimed
from tests.domain.remotes_in_memory import Conflict, Monext, Shop

Steps = Generator[None, None, None]
TRIES = 10
INITIAL, PENDING, FAILURE = TransactionState.INITIAL, TransactionState.PENDING, TransactionState.FAILURE


@dataclass(frozen=True)
class Luck:
    """What becomes of an act that is sent, and whether the ledger is read before the intent is written."""

    reached: bool = True
    answered: bool = True
    refused: bool = False
    pending: bool = False
    readable: bool = True
    ledger_first: bool = False


GOOD = Luck()


@dataclass
class Bridge:
    """Any number of processes over the same remotes; `now` is the clock of the one that has its turn."""

    shop: Shop
    monext: Monext
    now: datetime

    def settles(self, payment_id: PaymentId, *, gave_up: bool = False, luck: Luck = GOOD) -> Steps:
        """Return, notification, cancel or result page: ask, decide, write; then what the record asks for."""
        situation = self.shop.situation(payment_id)
        yield
        token = situation.payment.interface_id
        assert token is not None
        outcome, paid = self.monext.ask(token)
        yield
        while True:
            changes = decide(situation, outcome=outcome, paid=paid, now=self.now)
            if gave_up and outcome.kind is OutcomeKind.NOT_BEGUN:
                changes = _closing(situation.payment)
            try:
                payment = self.shop.write(situation.payment, changes)
                break
            except Conflict:
                situation = self.shop.situation(payment_id)
                yield
        yield
        yield from self._finishes(replace(situation, payment=payment), changed=bool(changes), luck=luck)

    def acts(self, payment_id: PaymentId, act: Act, key: str, *, luck: Luck = GOOD) -> Steps:
        """A back office asks for an act under its key, for the first time or again."""
        name = IntentName(key, digest_of(act, merchant_reference=None))
        for _ in range(TRIES):
            payment = self.shop.payments[payment_id]
            yield
            if family(payment, key):
                payment = yield from self._finds_out_key(payment, key)
            ledger = self._ledger(payment) if luck.ledger_first else None
            claimed, changes = self._announcing(payment, act, name)
            if not changes:
                yield from self._refunds_instead(payment, act, name, luck)
                return
            yield
            try:
                written = self.shop.write(payment, changes)
            except Conflict:
                continue
            mine = added_or_claimed(payment, written, claimed)
            yield
            if any(t.state is INITIAL for t in mine):  # else they were closed as void
                after = yield from self._sends(written, mine, act, luck, ledger=ledger)
                yield from self._refunds_instead(after, act, name, luck)
            return

    def finds_out(self, payment_id: PaymentId) -> Steps:
        """Every key whose end is not known, and what was never sent is closed: what reconciliation does."""
        payment = self.shop.payments[payment_id]
        yield
        for key in keys_of(payment):
            payment = yield from self._finds_out_key(payment, key)
        for key in keys_of(payment):
            free = family(payment, key).free
            if free and not key.startswith(GIVE_BACK_PREFIX):
                payment = self._write(payment, free[0], voided(free))
                yield

    def posts(self, payment_id: PaymentId) -> Steps:
        """The pass over the ledgers."""
        for _ in range(TRIES):
            payment = self.shop.payments[payment_id]
            taken = accepted(payment)
            if taken is None or taken.interface_id is None:
                return
            yield
            ledger = self.monext.ledger(taken.interface_id)
            rows = unposted(payment, ledger)
            try:
                for row in rows:
                    key = self.monext.echoed(row.id)
                    change = posting(payment, row, ledger=ledger, key=key, now=self.now)
                    payment = self.shop.write(payment, change)
                return
            except Conflict:
                yield

    def _finishes(self, situation: Situation, *, changed: bool, luck: Luck) -> Steps:
        payment = situation.payment
        if flag_of(payment) is not None:
            yield from self._gives_back(payment, just_written=changed, luck=luck)
            return
        if accepted(payment) is None:
            return
        if changed and not situation.makes_orders:
            situation = self.shop.situation(payment.id)
            yield
        for _ in range(TRIES):
            if not wants_order(situation):
                break
            against = objection(situation)
            if against:
                yield from self._returns(situation.payment, against[0], luck)
                return
            placed = self.shop.place(situation.cart.version if situation.cart else 0)
            yield
            if placed == "placed":
                situation = replace(situation, order=self.shop.order)
                break
            before, situation = situation, self.shop.situation(payment.id)
            yield
            if placed == "refused" and not _moved(before, situation):
                yield from self._returns(situation.payment, Flag.ORDER_REFUSED, luck)
                return
        for second in surplus(situation):
            yield from self._returns(second, Flag.SECOND_PAYMENT, luck)

    def _returns(self, payment: Payment, flag: Flag, luck: Luck) -> Steps:
        for _ in range(TRIES):
            if not holds_money(payment):
                yield from self._gives_back(payment, just_written=False, luck=luck)
                return
            try:
                payment = self.shop.write(payment, give_back(payment, flag=flag, why="why", now=self.now))
            except Conflict:
                payment = self.shop.payments[payment.id]
                yield
                continue
            yield
            yield from self._gives_back(payment, just_written=True, luck=luck)
            return

    def _gives_back(self, payment: Payment, *, just_written: bool, luck: Luck) -> Steps:
        if not is_open(payment):
            return
        for intent in returns(payment).sent:
            if intent.state is INITIAL:
                payment = yield from self._gives_back_one(payment, intent, mine=just_written, luck=luck)
        payment = yield from self._refunds_late(payment, luck)
        if not is_owed_more(payment):
            return
        before = {t.id for t in payment.transactions}
        try:
            payment = self.shop.write(payment, return_intents(payment, now=self.now))
        except Conflict:
            return
        for intent in [t for t in payment.transactions if t.id not in before]:
            yield
            payment = yield from self._gives_back_one(payment, intent, mine=True, luck=luck)

    def _refunds_late(self, payment: Payment, luck: Luck) -> Generator[None, None, Payment]:
        late = returns(payment).late_cancel
        if late is None or returns(payment).instead is not None:
            return payment
        try:
            written = self.shop.write(payment, (stand_in(late, now=self.now),))
        except Conflict:
            return self.shop.payments[payment.id]
        refund = returns(written).instead
        yield
        return (yield from self._sends_one(written, refund, luck=luck)) if refund else written

    def _gives_back_one(
        self, payment: Payment, intent: Transaction, *, mine: bool, luck: Luck
    ) -> Generator[None, None, Payment]:
        if not mine:
            found = payment if is_free(intent) else (yield from self._finds_out_one(payment, intent))
            if is_free(intent) and not still_fits(found, (intent,)):
                return self._write(found, intent, voided((intent,)))
            if not reads_alike(found, intent) or not self._never_happened(found, intent):
                return found
            yield
            try:
                payment = self.shop.write(found, self._unmarked((intent,)))
            except Conflict:
                return found
            intent = next(t for t in payment.transactions if t.id == intent.id)
            yield
        return (yield from self._sends_one(payment, intent, luck=luck))

    def _announcing(
        self, payment: Payment, act: Act, name: IntentName
    ) -> tuple[tuple[Transaction, ...], tuple[Change, ...]]:
        """What is claimed or written anew; nothing where the key has ended, is under way, or is not allowed."""
        known = family(payment, name.key)
        if known:
            if not known.free or any(t.state is INITIAL for t in known.under_way):
                return (), ()
            fits = still_fits(payment, known.free)
            return known.free, self._unmarked(known.free) if fits else voided(known.free)
        if isinstance(act, Capture) and flag_of(payment) is not None:
            return (), ()
        try:
            return (), intents_of(payment, act, name=name, now=self.now)
        except NotAllowed:
            return (), ()

    def _sends(
        self,
        payment: Payment,
        mine: tuple[Transaction, ...],
        act: Act,
        luck: Luck,
        *,
        ledger: Ledger | None = None,
    ) -> Generator[None, None, Payment]:
        """Where Monext's ledger allows it: each act of the request, one after the other."""
        ids = {t.id for t in mine}
        if not luck.readable:
            return self._write(payment, mine[0], freed(mine))
        try:
            check_ledger(payment, ledger or self._ledger(payment), intents=mine)
        except NotAllowed:
            return self._write(payment, mine[0], voided(mine))
        yield
        known = family(payment, _name(mine[0]).key)
        final = isinstance(act, Capture) and act.final
        for intent in [t for t in known.sent if t.id in ids]:
            payment = yield from self._sends_one(payment, intent, luck=luck, rest=known.released, final=final)
        return payment

    def _sends_one(
        self,
        payment: Payment,
        intent: Transaction,
        *,
        luck: Luck,
        rest: Transaction | None = None,
        final: bool = False,
    ) -> Generator[None, None, Payment]:
        if not luck.reached:
            return self._write(payment, intent, freed((intent, rest) if rest else (intent,)))
        answer = self.monext.act(
            _taken(payment), intent, pending=luck.pending, refused=luck.refused, final=final
        )
        yield
        return self._write(payment, intent, _result(intent, answer, rest)) if luck.answered else payment

    def _refunds_instead(self, payment: Payment, act: Act, name: IntentName, luck: Luck) -> Steps:
        known = family(payment, name.key)
        late = known.late_cancel
        if late is None or known.instead or not isinstance(act, Reverse):
            return
        if any(t.state is INITIAL for t in known.sent):
            return
        try:
            written = self.shop.write(payment, (stand_in(late, now=self.now),))
        except Conflict:
            return
        instead = family(written, name.key).instead
        yield
        if instead:
            yield from self._sends(written, (instead,), act, luck)

    def _finds_out_key(self, payment: Payment, key: str) -> Generator[None, None, Payment]:
        """Acts of callers; of what gives money back only what was received, since it has its own way to go on."""
        known, back = family(payment, key), key.startswith(GIVE_BACK_PREFIX)
        for intent in known.under_way:
            if back and intent.state is INITIAL:
                continue
            payment = yield from self._finds_out_one(payment, intent, rest=known.released)
            waits = reads_alike(payment, intent) and intent.state is INITIAL
            if waits and self._never_happened(payment, intent):
                yield
                ended = (intent, known.released) if known.released else (intent,)
                failed = [ChangeTransactionState(t.id, FAILURE) for t in ended]
                payment = self._write(payment, intent, failed)
        known = family(payment, key)
        if known.released and known.released.state is INITIAL and known.sent:
            state = known.sent[0].state
            if state not in (INITIAL, PENDING):
                ended_too = ChangeTransactionState(known.released.id, state)
                payment = self._write(payment, known.released, (ended_too,))
        return payment

    def _finds_out_one(
        self, payment: Payment, intent: Transaction, *, rest: Transaction | None = None
    ) -> Generator[None, None, Payment]:
        """By its looks alone a capture is none that has released the rest, unless that is listed."""
        ledger = self._ledger(payment)
        row = self._row_of(payment, intent)
        yield
        if row is None or (row.ok is None and intent.state is PENDING):
            return payment
        listed = rest is not None and bool(rows_for(rest, payment=payment, ledger=ledger))
        released = bool(intent.interface_id) or listed or self.monext.echoed(row.id) is not None
        return self._write(payment, intent, _as_listed(intent, row, rest, released=released))

    def _never_happened(self, payment: Payment, intent: Transaction) -> bool:
        old = given_up(intent, now=self.now)
        return is_free(intent) or (old and self._row_of(payment, intent) is None)

    def _row_of(self, payment: Payment, intent: Transaction) -> LedgerRow | None:
        ledger = self._ledger(payment)
        if intent.interface_id:
            return next((row for row in ledger.rows if row.id == intent.interface_id), None)
        keys = {
            row.id: self.monext.echoed(row.id) for row in rows_for(intent, payment=payment, ledger=ledger)
        }
        return match(intent, payment=payment, ledger=ledger, keys=keys)

    def _ledger(self, payment: Payment) -> Ledger:
        return self.monext.ledger(_taken(payment))

    def _unmarked(self, intents: Iterable[Transaction]) -> tuple[Change, ...]:
        changes: list[Change] = []
        for intent in intents:
            changes.append(ChangeTransactionTimestamp(intent.id, self.now))
            name = name_of(intent)
            if name and is_free(intent):
                changes.append(ChangeInteractionId(intent.id, str(name.marked(None))))
        return tuple(changes)

    def _write(self, payment: Payment, intent: Transaction, changes: Iterable[Change]) -> Payment:
        """What became of an intent; where another was faster, only if it still reads as it did."""
        changes = tuple(changes)
        try:
            return self.shop.write(payment, changes)
        except Conflict:
            current = self.shop.payments[payment.id]
            return self.shop.write(current, changes) if reads_alike(current, intent) else current


def _name(intent: Transaction) -> IntentName:
    name = name_of(intent)
    assert name is not None
    return name


def _taken(payment: Payment) -> MonextTransactionId:
    taken = accepted(payment)
    assert taken is not None
    assert taken.interface_id is not None
    return taken.interface_id


def _closing(payment: Payment) -> tuple[Change, ...]:
    gave_up = Outcome(OutcomeKind.FAILED, "CANCELLED", "02306")
    return close_as_cancelled(payment, outcome=gave_up) if standing(payment) is Standing.OPEN else ()


def _moved(before: Situation, after: Situation) -> bool:
    if after.order is not None or before.cart is None or after.cart is None:
        return after.order is not None
    return (before.cart.version, before.cart.state) != (after.cart.version, after.cart.state)


def _result(intent: Transaction, answer: ActAnswer, rest: Transaction | None) -> tuple[Change, ...]:
    if answer.kind is ActAnswerKind.UNKNOWN:
        return ()
    state = RESULT_OF[answer.kind]
    changes: list[Change] = [ChangeTransactionState(intent.id, state)]
    if answer.transaction_id:
        changes.append(SetTransactionInterfaceId(intent.id, answer.transaction_id))
    name = name_of(intent)
    if answer.code == "02105" and name:
        changes.append(ChangeInteractionId(intent.id, str(name.marked(LATE))))
    if rest:
        changes.append(ChangeTransactionState(rest.id, state))
    return tuple(changes)


def _as_listed(
    intent: Transaction, row: LedgerRow, rest: Transaction | None, *, released: bool
) -> tuple[Change, ...]:
    state = STATE_OF_ROW[row.ok]
    changes: list[Change] = [ChangeTransactionState(intent.id, state)]
    if not intent.interface_id:
        changes.append(SetTransactionInterfaceId(intent.id, row.id))
    if rest:
        changes.append(ChangeTransactionState(rest.id, state if released else FAILURE))
    return tuple(changes)
