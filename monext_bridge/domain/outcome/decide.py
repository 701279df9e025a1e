"""Decides what to write about an answer of Monext: a pure function from payment context and outcome to updates.

Where nothing changes, nothing is written. Success stays: a later decline of an older try does not undo it. A
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
    limited_text,
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
    """Holds what was read for a decision.

    `cart` is None where it is gone, `order` where there is none (yet).
    """

    payment: Payment
    cart: Cart | None
    order: Order | None
    interfaces: frozenset[str]
    makes_orders: bool


def decide(
    context: PaymentContext, *, outcome: Outcome, paid: AcceptedTransaction | None, now: datetime
) -> tuple[Update, ...]:
    """Returns the updates of the payment's record. `paid` is the accepted transaction of an ACCEPTED outcome."""
    payment = context.payment
    if accepted_transaction(payment) is not None or reversal_reason(payment) is not None:
        return ()
    if outcome.kind is OutcomeKind.ACCEPTED and paid is not None:
        return _record_accepted(context, outcome=outcome, paid=paid, now=now)
    if outcome.kind is OutcomeKind.PENDING:
        return _move_to(payment, TransactionState.PENDING, outcome=outcome)
    if outcome.kind is OutcomeKind.FAILED and not (outcome.session_gone and _is_pending(payment)):
        return _move_to(payment, TransactionState.FAILURE, outcome=outcome)
    return ()


def close_as_cancelled(payment: Payment, *, outcome: Outcome) -> tuple[Update, ...]:
    """Returns the updates for a buyer who gave up a session that Monext says was not begun."""
    return _move_to(payment, TransactionState.FAILURE, outcome=outcome)


def begin_reversal(payment: Payment, *, flag: ReversalReason, why: str, now: datetime) -> tuple[Update, ...]:
    """Writes the reversal reason of an accepted payment, and announces the reversal of what it holds.

    Raises ValueError where no accepted transaction or no session is recorded.
    """
    transaction = accepted_transaction(payment)
    if transaction is None or payment.interface_id is None:
        raise ValueError(f"payment {payment.id} holds nothing that could be given back")
    return (
        SetStatusCode(flag.value),
        SetStatusText(limited_text(why)),
        *reversal_announcements(payment, now=now),
    )


def reason_to_reverse(context: PaymentContext) -> tuple[ReversalReason, str] | None:
    """Returns why the money of an accepted payment must not be kept, None where it is right to keep it.

    Three amounts must agree: what is due, what was planned, and what Monext took. They are compared when a
    payment is accepted, and once more here, before there is an order.
    """
    transaction = accepted_transaction(context.payment)
    if transaction is None:
        return None
    counting = counting_payment(_accepted_for_due_amount(context))
    if counting is not None and counting != context.payment.id:
        return ReversalReason.SECOND_PAYMENT, "Another payment of the cart was there first"
    return _money_objection(context, taken=transaction.amount)


def duplicate_payments(context: PaymentContext) -> tuple[Payment, ...]:
    """Returns the accepted payments of the right amount beside the one that counts: they are to be reversed."""
    holding = tuple(p for p in _accepted_for_due_amount(context) if holds_money(p))
    counting = counting_payment(holding)
    return tuple(p for p in holding if p.id != counting)


def needs_order(context: PaymentContext) -> bool:
    """Tells whether a kept payment's cart has no order yet, where the bridge makes orders.

    A payment that was wholly cancelled or refunded meanwhile pays for nothing.
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
    """Objects to a cart that has no order and can never have one, where the bridge makes orders."""
    if context.order is not None or not context.makes_orders:
        return None
    if context.cart is None:
        return ReversalReason.ORDER_REFUSED, "The cart is gone"
    merged = context.cart.state is CartState.MERGED
    return (ReversalReason.ORDER_REFUSED, "The cart is merged into another") if merged else None


def amount_required(context: PaymentContext) -> Money | None:
    """Returns what one payment of ours has to bring: by the cart, or by its order where the cart is gone."""
    if context.cart is not None:
        return context.cart.due(interfaces=context.interfaces)
    order = context.order
    if order is None:
        return None
    return less_held(order.total, (p for p in order.payments if p.interface not in context.interfaces))


def attempts_of_cart(context: PaymentContext) -> tuple[Payment, ...]:
    """Returns this payment and the other attempts of its cart, wherever they are listed."""
    key = AttemptKey.parse(context.payment.key)
    listed = (*(context.cart.payments if context.cart else ()), *_payments_of_order(context))
    others = {p.id: p for p in listed if p.id != context.payment.id}
    own = own_attempts(key.cart_id, others.values(), interfaces=context.interfaces) if key else ()
    return (context.payment, *own)


def _payments_of_order(context: PaymentContext) -> tuple[Payment, ...]:
    return context.order.payments if context.order else ()


def _accepted_for_due_amount(context: PaymentContext) -> tuple[Payment, ...]:
    """Returns the attempts that were accepted for the amount that is required: only these can count."""
    due = amount_required(context)
    accepted = ((p, accepted_transaction(p)) for p in attempts_of_cart(context))
    return tuple(p for p, t in accepted if t is not None and due in (None, t.amount))


def _newly_accepted_objection(context: PaymentContext) -> tuple[ReversalReason, str] | None:
    """Returns why a payment that is about to be recorded as accepted must not be kept.

    Any other payment that is recorded already counts as the first; no clock is asked. Where there is an
    order, even a payment that was refunded since counts: the order was paid once.
    """
    others = [
        p
        for p in _accepted_for_due_amount(context)
        if p.id != context.payment.id and reversal_reason(p) is None
    ]
    if any(holds_money(p) or context.order is not None for p in others):
        return ReversalReason.SECOND_PAYMENT, "Another payment of the cart was there first"
    cart_lost = context.cart is None and context.order is None
    transaction = accepted_transaction(context.payment)
    if transaction is None or cart_lost:
        return None  # A cart that can't be found is searched for again before its money is reversed.
    return _money_objection(context, taken=transaction.amount)


def _is_pending(payment: Payment) -> bool:
    return any(t.state is TransactionState.PENDING for t in session_transactions(payment))


def _record_accepted(
    context: PaymentContext, *, outcome: Outcome, paid: AcceptedTransaction, now: datetime
) -> tuple[Update, ...]:
    """Records success of the right type and amount, and announces the reversal where it must not be kept."""
    payment = context.payment
    recorded = _success_updates(payment, paid=paid, now=now)
    after = replace(context, payment=_as_accepted(payment, paid=paid, now=now))
    objection = _newly_accepted_objection(after)
    method = (SetMethod(paid.method),) if paid.method and paid.method != payment.method else ()
    if objection is None:
        return (*recorded, *method, *status_updates(payment, outcome))
    reason, why = objection
    return (*recorded, *method, *begin_reversal(after.payment, flag=reason, why=why, now=now))


def _success_updates(payment: Payment, *, paid: AcceptedTransaction, now: datetime) -> tuple[Update, ...]:
    kind = TYPE_OF_MOVE[paid.move]
    transactions = session_transactions(payment)
    fitting = next(
        (t for t in transactions if t.type is kind and t.amount == paid.amount and not t.interface_id), None
    )
    others = tuple(
        ChangeTransactionState(t.id, TransactionState.FAILURE)
        for t in transactions
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
        AddTransaction(kind, TransactionState.SUCCESS, paid.amount, token, now, paid.id),
    )


def _as_accepted(payment: Payment, *, paid: AcceptedTransaction, now: datetime) -> Payment:
    """Returns the record as it will read once the success is written."""
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
    """Moves all of the session's transactions to this state and writes the code; nothing where it reads so already.

    A failed attempt may become pending: the buyer went on in the same session with another method.
    """
    moved = tuple(
        ChangeTransactionState(t.id, state) for t in session_transactions(payment) if t.state is not state
    )
    method = (SetMethod(outcome.method),) if outcome.method and outcome.method != payment.method else ()
    return (*moved, *method, *status_updates(payment, outcome))


def _text(amount: Money) -> str:
    return f"{amount.cent_amount} {amount.currency}"
