"""What to do about an answer of Monext: a pure function from record, fact and cart to what is written.

Nothing to change means nothing written. Success stays: a later refusal of an older try does not undo it. A
failed attempt becomes a success if Monext says so later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monext_bridge.domain.checkout.attempts import own_attempts
from monext_bridge.domain.ids import RecordTransactionId, SessionToken
from monext_bridge.domain.monext import AcceptedTransaction, MoneyMove, Outcome, OutcomeKind
from monext_bridge.domain.money import Money
from monext_bridge.domain.outcome.automatic_reversal import return_intents
from monext_bridge.domain.outcome.order_rules import holder
from monext_bridge.domain.record.attempt_status import Flag, accepted, flag_of, holds_money, main_transactions
from monext_bridge.domain.record.cart import Cart, CartState, Order, less_held
from monext_bridge.domain.record.payment import (
    AttemptKey,
    Payment,
    Transaction,
    TransactionState,
    TransactionType,
)
from monext_bridge.domain.record.status_texts import STATUS_TEXT_LIMIT, status_changes
from monext_bridge.domain.record.updates import (
    AddTransaction,
    Change,
    ChangeTransactionState,
    ChangeTransactionTimestamp,
    SetMethod,
    SetStatusCode,
    SetStatusText,
    SetTransactionInterfaceId,
)

TYPE_OF_MOVE = {
    MoneyMove.AUTHORIZED: TransactionType.AUTHORIZATION,
    MoneyMove.CAPTURED: TransactionType.CHARGE,
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What was read for a decision. `cart` is None where it is gone, `order` where there is none (yet)."""

    payment: Payment
    cart: Cart | None
    order: Order | None
    interfaces: frozenset[str]
    makes_orders: bool


def decide(
    situation: Situation, *, outcome: Outcome, paid: AcceptedTransaction | None, now: datetime
) -> tuple[Change, ...]:
    """The changes to the payment's record. `paid` is the accepted transaction of an ACCEPTED outcome."""
    payment = situation.payment
    if accepted(payment) is not None or flag_of(payment) is not None:
        return ()
    if outcome.kind is OutcomeKind.ACCEPTED and paid is not None:
        return _succeed(situation, outcome=outcome, paid=paid, now=now)
    if outcome.kind is OutcomeKind.PENDING:
        return _move_to(payment, TransactionState.PENDING, outcome=outcome)
    if outcome.kind is OutcomeKind.FAILED and not (outcome.gone and _is_pending(payment)):
        return _move_to(payment, TransactionState.FAILURE, outcome=outcome)
    return ()


def close_as_cancelled(payment: Payment, *, outcome: Outcome) -> tuple[Change, ...]:
    """The buyer gave up a session that Monext says was not begun."""
    return _move_to(payment, TransactionState.FAILURE, outcome=outcome)


def give_back(payment: Payment, *, flag: Flag, why: str, now: datetime) -> tuple[Change, ...]:
    """Flag an accepted payment, and write the intent of returning what it holds."""
    transaction = accepted(payment)
    if transaction is None or payment.interface_id is None:
        raise ValueError(f"payment {payment.id} holds nothing that could be given back")
    return (
        SetStatusCode(flag.value),
        SetStatusText(why[:STATUS_TEXT_LIMIT]),
        *return_intents(payment, now=now),
    )


def objection(situation: Situation) -> tuple[Flag, str] | None:
    """Why the money of an accepted payment must not be kept, None where it is right to keep it.

    Three amounts agree: what is due, what was planned, what Monext took. Asked when a payment is accepted, and
    once more before there is an order.
    """
    transaction = accepted(situation.payment)
    if transaction is None:
        return None
    first = holder(_fitting(situation))
    if first is not None and first != situation.payment.id:
        return Flag.SECOND_PAYMENT, "Another payment of the cart was there first"
    return _money_objection(situation, taken=transaction.amount)


def surplus(situation: Situation) -> tuple[Payment, ...]:
    """Accepted payments of the right amount beside the one that counts: they are to be given back."""
    holding = tuple(p for p in _fitting(situation) if holds_money(p))
    first = holder(holding)
    return tuple(p for p in holding if p.id != first)


def wants_order(situation: Situation) -> bool:
    """A kept payment of a cart that has no order yet, where the bridge makes orders.

    What was wholly cancelled or refunded meanwhile pays for nothing.
    """
    if not situation.makes_orders or situation.order is not None:
        return False
    return holds_money(situation.payment)


def _money_objection(situation: Situation, *, taken: Money) -> tuple[Flag, str] | None:
    planned, due = situation.payment.planned, required(situation)
    if taken != planned:
        return Flag.AMOUNT_MISMATCH, f"Planned {_text(planned)}, Monext took {_text(taken)}"
    if due is not None and due.cent_amount == 0:
        return Flag.SECOND_PAYMENT, "The cart is paid by other means already"
    if due is not None and taken != due:
        return Flag.AMOUNT_MISMATCH, f"The cart costs {_text(due)}, Monext took {_text(taken)}"
    return _cart_objection(situation)


def _cart_objection(situation: Situation) -> tuple[Flag, str] | None:
    """A cart without an order that can never have one, where the bridge makes orders."""
    if situation.order is not None or not situation.makes_orders:
        return None
    if situation.cart is None:
        return Flag.ORDER_REFUSED, "The cart is gone"
    merged = situation.cart.state is CartState.MERGED
    return (Flag.ORDER_REFUSED, "The cart is merged into another") if merged else None


def required(situation: Situation) -> Money | None:
    """What one payment of ours has to bring: by the cart, or by its order where the cart is gone."""
    if situation.cart is not None:
        return situation.cart.due(interfaces=situation.interfaces)
    order = situation.order
    if order is None:
        return None
    return less_held(order.total, (p for p in order.payments if p.interface not in situation.interfaces))


def attempts(situation: Situation) -> tuple[Payment, ...]:
    """This payment and the other attempts of its cart, wherever they are listed."""
    key = AttemptKey.parse(situation.payment.key)
    listed = (*(situation.cart.payments if situation.cart else ()), *_ordered(situation))
    others = {p.id: p for p in listed if p.id != situation.payment.id}
    own = own_attempts(key.cart_id, others.values(), interfaces=situation.interfaces) if key else ()
    return (situation.payment, *own)


def _ordered(situation: Situation) -> tuple[Payment, ...]:
    return situation.order.payments if situation.order else ()


def _fitting(situation: Situation) -> tuple[Payment, ...]:
    """Attempts that were accepted for the amount that is required: only such a one can count."""
    due = required(situation)
    taken = ((p, accepted(p)) for p in attempts(situation))
    return tuple(p for p, t in taken if t is not None and due in (None, t.amount))


def _newly_accepted_objection(situation: Situation) -> tuple[Flag, str] | None:
    """Before this payment is recorded, any other that is counts as the first: no clock is asked.

    Where there is an order, even one that was refunded since: the order was paid once.
    """
    others = [p for p in _fitting(situation) if p.id != situation.payment.id and flag_of(p) is None]
    if any(holds_money(p) or situation.order is not None for p in others):
        return Flag.SECOND_PAYMENT, "Another payment of the cart was there first"
    gone = situation.cart is None and situation.order is None
    transaction = accepted(situation.payment)
    if transaction is None or gone:
        return None  # a cart that can't be found is looked for again before its money goes back
    return _money_objection(situation, taken=transaction.amount)


def _is_pending(payment: Payment) -> bool:
    return any(t.state is TransactionState.PENDING for t in main_transactions(payment))


def _succeed(
    situation: Situation, *, outcome: Outcome, paid: AcceptedTransaction, now: datetime
) -> tuple[Change, ...]:
    """Success of the right type and amount; and the intent of giving it back, where it must not be kept."""
    payment = situation.payment
    recorded = _record_success(payment, paid=paid, now=now)
    after = replace(situation, payment=_as_accepted(payment, paid=paid, now=now))
    against = _newly_accepted_objection(after)
    method = (SetMethod(paid.method),) if paid.method and paid.method != payment.method else ()
    if against is None:
        return (*recorded, *method, *status_changes(payment, outcome))
    flag, why = against
    return (*recorded, *method, *give_back(after.payment, flag=flag, why=why, now=now))


def _record_success(payment: Payment, *, paid: AcceptedTransaction, now: datetime) -> tuple[Change, ...]:
    wanted = TYPE_OF_MOVE[paid.move]
    main = main_transactions(payment)
    fitting = next(
        (t for t in main if t.type is wanted and t.amount == paid.amount and not t.interface_id), None
    )
    others = tuple(
        ChangeTransactionState(t.id, TransactionState.FAILURE)
        for t in main
        if t is not fitting and t.state is not TransactionState.FAILURE
    )
    if fitting:
        return (
            *others,
            ChangeTransactionState(fitting.id, TransactionState.SUCCESS),
            SetTransactionInterfaceId(fitting.id, paid.id),
            ChangeTransactionTimestamp(fitting.id, now),
        )
    token = payment.interface_id or SessionToken("")
    return (
        *others,
        AddTransaction(wanted, TransactionState.SUCCESS, paid.amount, token, now, paid.id),
    )


def _as_accepted(payment: Payment, *, paid: AcceptedTransaction, now: datetime) -> Payment:
    """The record as it will read once the success is written."""
    success = Transaction(
        id=RecordTransactionId("planned"),
        type=TYPE_OF_MOVE[paid.move],
        state=TransactionState.SUCCESS,
        amount=paid.amount,
        interaction_id=payment.interface_id,
        interface_id=paid.id,
        timestamp=now,
    )
    acts = tuple(t for t in payment.transactions if t not in main_transactions(payment))
    return replace(payment, transactions=(success, *acts))


def _move_to(payment: Payment, state: TransactionState, *, outcome: Outcome) -> tuple[Change, ...]:
    """All of the session's transactions in this state, with the code; nothing where it reads so already.

    A failed attempt may become pending: the buyer went on in the same session with another method.
    """
    moved = tuple(
        ChangeTransactionState(t.id, state) for t in main_transactions(payment) if t.state is not state
    )
    method = (SetMethod(outcome.method),) if outcome.method and outcome.method != payment.method else ()
    return (*moved, *method, *status_changes(payment, outcome))


def _text(amount: Money) -> str:
    return f"{amount.cent_amount} {amount.currency}"
