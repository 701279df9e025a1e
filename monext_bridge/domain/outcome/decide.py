"""What to do about an answer of Monext: a pure function from record, fact and cart to what is written.

Nothing to change means nothing written. Success stays: a later refusal of an older try does not undo it. A
failed attempt becomes a success if Monext says so later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monext_bridge.domain.checkout import own_attempts
from monext_bridge.domain.ids import RecordTransactionId, SessionToken
from monext_bridge.domain.monext import AcceptedTransaction, MoneyMovement, Outcome, OutcomeKind
from monext_bridge.domain.money import Money
from monext_bridge.domain.outcome.automatic_reversal import reversal_announcements
from monext_bridge.domain.outcome.order_rules import counting_payment
from monext_bridge.domain.record import (
    STATUS_TEXT_LIMIT,
    AddTransaction,
    AttemptKey,
    Cart,
    CartState,
    ChangeTransactionState,
    ChangeTransactionTimestamp,
    Order,
    Payment,
    ReversalReason,
    SetMethod,
    SetStatusCode,
    SetStatusText,
    SetTransactionInterfaceId,
    Transaction,
    TransactionState,
    TransactionType,
    Update,
    accepted_transaction,
    holds_money,
    less_held,
    reversal_reason,
    session_transactions,
    status_updates,
)

TYPE_OF_MOVE = {
    MoneyMovement.AUTHORIZED: TransactionType.AUTHORIZATION,
    MoneyMovement.CAPTURED: TransactionType.CHARGE,
}


@dataclass(frozen=True, slots=True)
class PaymentContext:
    """What was read for a decision. `cart` is None where it is gone, `order` where there is none (yet)."""

    payment: Payment
    cart: Cart | None
    order: Order | None
    interfaces: frozenset[str]
    makes_orders: bool


def decide(
    context: PaymentContext, *, outcome: Outcome, paid: AcceptedTransaction | None, now: datetime
) -> tuple[Update, ...]:
    """The changes to the payment's record. `paid` is the accepted transaction of an ACCEPTED outcome."""
    payment = context.payment
    if accepted_transaction(payment) is not None or reversal_reason(payment) is not None:
        return ()
    if outcome.kind is OutcomeKind.ACCEPTED and paid is not None:
        return _succeed(context, outcome=outcome, paid=paid, now=now)
    if outcome.kind is OutcomeKind.PENDING:
        return _move_to(payment, TransactionState.PENDING, outcome=outcome)
    if outcome.kind is OutcomeKind.FAILED and not (outcome.session_gone and _is_pending(payment)):
        return _move_to(payment, TransactionState.FAILURE, outcome=outcome)
    return ()


def close_as_cancelled(payment: Payment, *, outcome: Outcome) -> tuple[Update, ...]:
    """The buyer gave up a session that Monext says was not begun."""
    return _move_to(payment, TransactionState.FAILURE, outcome=outcome)


def begin_reversal(payment: Payment, *, flag: ReversalReason, why: str, now: datetime) -> tuple[Update, ...]:
    """Flag an accepted payment, and write the intent of returning what it holds."""
    transaction = accepted_transaction(payment)
    if transaction is None or payment.interface_id is None:
        raise ValueError(f"payment {payment.id} holds nothing that could be given back")
    return (
        SetStatusCode(flag.value),
        SetStatusText(why[:STATUS_TEXT_LIMIT]),
        *reversal_announcements(payment, now=now),
    )


def reason_to_reverse(context: PaymentContext) -> tuple[ReversalReason, str] | None:
    """Why the money of an accepted payment must not be kept, None where it is right to keep it.

    Three amounts agree: what is due, what was planned, what Monext took. Asked when a payment is accepted, and
    once more before there is an order.
    """
    transaction = accepted_transaction(context.payment)
    if transaction is None:
        return None
    first = counting_payment(_fitting(context))
    if first is not None and first != context.payment.id:
        return ReversalReason.SECOND_PAYMENT, "Another payment of the cart was there first"
    return _money_objection(context, taken=transaction.amount)


def duplicate_payments(context: PaymentContext) -> tuple[Payment, ...]:
    """Accepted payments of the right amount beside the one that counts: they are to be given back."""
    holding = tuple(p for p in _fitting(context) if holds_money(p))
    first = counting_payment(holding)
    return tuple(p for p in holding if p.id != first)


def needs_order(context: PaymentContext) -> bool:
    """A kept payment of a cart that has no order yet, where the bridge makes orders.

    What was wholly cancelled or refunded meanwhile pays for nothing.
    """
    if not context.makes_orders or context.order is not None:
        return False
    return holds_money(context.payment)


def _money_objection(context: PaymentContext, *, taken: Money) -> tuple[ReversalReason, str] | None:
    planned, due = context.payment.planned, amount_required(context)
    if taken != planned:
        return ReversalReason.AMOUNT_MISMATCH, f"Planned {_text(planned)}, Monext took {_text(taken)}"
    if due is not None and due.cent_amount == 0:
        return ReversalReason.SECOND_PAYMENT, "The cart is paid by other means already"
    if due is not None and taken != due:
        return ReversalReason.AMOUNT_MISMATCH, f"The cart costs {_text(due)}, Monext took {_text(taken)}"
    return _cart_objection(context)


def _cart_objection(context: PaymentContext) -> tuple[ReversalReason, str] | None:
    """A cart without an order that can never have one, where the bridge makes orders."""
    if context.order is not None or not context.makes_orders:
        return None
    if context.cart is None:
        return ReversalReason.ORDER_REFUSED, "The cart is gone"
    merged = context.cart.state is CartState.MERGED
    return (ReversalReason.ORDER_REFUSED, "The cart is merged into another") if merged else None


def amount_required(context: PaymentContext) -> Money | None:
    """What one payment of ours has to bring: by the cart, or by its order where the cart is gone."""
    if context.cart is not None:
        return context.cart.due(interfaces=context.interfaces)
    order = context.order
    if order is None:
        return None
    return less_held(order.total, (p for p in order.payments if p.interface not in context.interfaces))


def attempts_of_cart(context: PaymentContext) -> tuple[Payment, ...]:
    """This payment and the other attempts of its cart, wherever they are listed."""
    key = AttemptKey.parse(context.payment.key)
    listed = (*(context.cart.payments if context.cart else ()), *_ordered(context))
    others = {p.id: p for p in listed if p.id != context.payment.id}
    own = own_attempts(key.cart_id, others.values(), interfaces=context.interfaces) if key else ()
    return (context.payment, *own)


def _ordered(context: PaymentContext) -> tuple[Payment, ...]:
    return context.order.payments if context.order else ()


def _fitting(context: PaymentContext) -> tuple[Payment, ...]:
    """Attempts that were accepted for the amount that is required: only such a one can count."""
    due = amount_required(context)
    taken = ((p, accepted_transaction(p)) for p in attempts_of_cart(context))
    return tuple(p for p, t in taken if t is not None and due in (None, t.amount))


def _newly_accepted_objection(context: PaymentContext) -> tuple[ReversalReason, str] | None:
    """Before this payment is recorded, any other that is counts as the first: no clock is asked.

    Where there is an order, even one that was refunded since: the order was paid once.
    """
    others = [p for p in _fitting(context) if p.id != context.payment.id and reversal_reason(p) is None]
    if any(holds_money(p) or context.order is not None for p in others):
        return ReversalReason.SECOND_PAYMENT, "Another payment of the cart was there first"
    session_gone = context.cart is None and context.order is None
    transaction = accepted_transaction(context.payment)
    if transaction is None or session_gone:
        return None  # a cart that can't be found is looked for again before its money goes back
    return _money_objection(context, taken=transaction.amount)


def _is_pending(payment: Payment) -> bool:
    return any(t.state is TransactionState.PENDING for t in session_transactions(payment))


def _succeed(
    context: PaymentContext, *, outcome: Outcome, paid: AcceptedTransaction, now: datetime
) -> tuple[Update, ...]:
    """Success of the right type and amount; and the intent of giving it back, where it must not be kept."""
    payment = context.payment
    recorded = _record_success(payment, paid=paid, now=now)
    after = replace(context, payment=_as_accepted(payment, paid=paid, now=now))
    against = _newly_accepted_objection(after)
    method = (SetMethod(paid.method),) if paid.method and paid.method != payment.method else ()
    if against is None:
        return (*recorded, *method, *status_updates(payment, outcome))
    flag, why = against
    return (*recorded, *method, *begin_reversal(after.payment, flag=flag, why=why, now=now))


def _record_success(payment: Payment, *, paid: AcceptedTransaction, now: datetime) -> tuple[Update, ...]:
    wanted = TYPE_OF_MOVE[paid.move]
    main = session_transactions(payment)
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
    operations = tuple(t for t in payment.transactions if t not in session_transactions(payment))
    return replace(payment, transactions=(success, *operations))


def _move_to(payment: Payment, state: TransactionState, *, outcome: Outcome) -> tuple[Update, ...]:
    """All of the session's transactions in this state, with the code; nothing where it reads so already.

    A failed attempt may become pending: the buyer went on in the same session with another method.
    """
    moved = tuple(
        ChangeTransactionState(t.id, state) for t in session_transactions(payment) if t.state is not state
    )
    method = (SetMethod(outcome.method),) if outcome.method and outcome.method != payment.method else ()
    return (*moved, *method, *status_updates(payment, outcome))


def _text(amount: Money) -> str:
    return f"{amount.cent_amount} {amount.currency}"
