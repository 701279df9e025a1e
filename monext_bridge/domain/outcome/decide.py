"""Decides what to write about an answer of Monext: a pure function from payment context and outcome to updates.

Where nothing changes, nothing is written. Success stays: a later decline of an older try does not undo it. A
failed attempt becomes a success if Monext says so later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monext_bridge.domain.checkout import own_attempts
from monext_bridge.domain.ids import SessionToken
from monext_bridge.domain.monext import AcceptedTransaction, MoneyMovement, Outcome, OutcomeKind
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import BRIDGE
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
    TransactionState,
    TransactionType,
    Update,
    accepted_transaction,
    accepted_transactions,
    holds_money,
    less_held,
    limited_text,
    part_interaction_id,
    reversal_reason,
    session_transactions,
    status_updates,
    taken,
    with_updates,
)

TYPE_OF_MOVE = {
    MoneyMovement.AUTHORIZED: TransactionType.AUTHORIZATION,
    MoneyMovement.CAPTURED: TransactionType.CHARGE,
    MoneyMovement.CAPTURED_COMPLEMENT: TransactionType.CHARGE,
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

    @property
    def is_lost(self) -> bool:
        """Tells whether the cart does not name the payment (any more)."""
        return self.cart is not None and all(p.id != self.payment.id for p in self.cart.payments)


def decide(
    context: PaymentContext,
    *,
    outcome: Outcome,
    accepted: Sequence[AcceptedTransaction],
    now: datetime,
    principal: str = BRIDGE,
) -> tuple[Update, ...]:
    """Returns the updates of the payment's record.

    `accepted` are the accepted transactions of an ACCEPTED outcome, oldest first: several where the session was
    paid in parts, or more than once. `principal` reverses what must not be kept.
    """
    payment = context.payment
    if accepted_transaction(payment) is not None or reversal_reason(payment) is not None:
        return ()
    if outcome.kind is OutcomeKind.ACCEPTED and accepted:
        return _record_accepted(context, outcome=outcome, accepted=accepted, now=now, principal=principal)
    if outcome.kind is OutcomeKind.PENDING:
        return _move_to(payment, TransactionState.PENDING, outcome=outcome)
    if outcome.kind is OutcomeKind.FAILED and not (outcome.session_gone and _is_pending(payment)):
        return _move_to(payment, TransactionState.FAILURE, outcome=outcome)
    return ()


def close_as_cancelled(payment: Payment, *, outcome: Outcome) -> tuple[Update, ...]:
    """Returns the updates for a buyer who gave up a session that Monext says was not begun."""
    return _move_to(payment, TransactionState.FAILURE, outcome=outcome)


def begin_reversal(
    payment: Payment, *, reason: ReversalReason, why: str, now: datetime, principal: str = BRIDGE
) -> tuple[Update, ...]:
    """Writes the reversal reason of an accepted payment, and announces the reversal of what it holds.

    Raises ValueError where no accepted transaction or no session is recorded.
    """
    transaction = accepted_transaction(payment)
    if transaction is None or payment.interface_id is None:
        raise ValueError(f"payment {payment.id} holds nothing that could be given back")
    marked = (SetStatusCode(reason.value), SetStatusText(limited_text(why)))
    after = with_updates(payment, marked)
    return (*marked, *reversal_announcements(after, now=now, principal=principal))


def reason_to_reverse(context: PaymentContext) -> tuple[ReversalReason, str] | None:
    """Returns why the money of an accepted payment must not be kept, None where it is right to keep it.

    Three amounts must agree: what is due, what was planned, and what Monext took. They are compared when a
    payment is accepted, and once more here, before there is an order.
    """
    if accepted_transaction(context.payment) is None:
        return None
    counting = counting_payment(_accepted_for_due_amount(context))
    if counting is not None and counting != context.payment.id:
        return ReversalReason.SECOND_PAYMENT, "Another payment of the cart was there first"
    return _money_objection(context)


def duplicate_payments(context: PaymentContext) -> tuple[Payment, ...]:
    """Returns the accepted payments beside the one that counts: they are to be reversed.

    Until there is an order, those of another amount are left to their own flows.
    """
    right = _accepted_for_due_amount(context)
    holding = [p for p in (attempts_of_cart(context) if _is_decided(context) else right) if holds_money(p)]
    counting = counting_payment(right) or counting_payment(holding)
    return tuple(p for p in holding if p.id != counting)


def needs_order(context: PaymentContext) -> bool:
    """Tells whether a kept payment's cart has no order yet, where the bridge makes orders.

    A payment that was wholly cancelled or refunded meanwhile pays for nothing.
    """
    if not context.makes_orders or context.order is not None:
        return False
    return holds_money(context.payment)


def _money_objection(context: PaymentContext) -> tuple[ReversalReason, str] | None:
    planned, due, sum_taken = context.payment.planned, amount_required(context), taken(context.payment)
    if sum_taken != planned:
        return (
            ReversalReason.AMOUNT_MISMATCH,
            f"Planned {_text(planned)}, Monext took {_parts_text(context)}, in minor units",
        )
    if due is not None and due.is_zero:
        return ReversalReason.SECOND_PAYMENT, "The cart is paid by other means already"
    if due is not None and sum_taken != due:
        return (
            ReversalReason.AMOUNT_MISMATCH,
            f"The cart costs {_text(due)}, Monext took {_parts_text(context)}, in minor units",
        )
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
    amounts = ((p, taken(p)) for p in attempts_of_cart(context))
    return tuple(p for p, amount in amounts if amount is not None and due in (None, amount))


def _is_decided(context: PaymentContext) -> bool:
    """Tells whether a payment that is kept now stays, whatever the cart costs later."""
    return context.order is not None or not context.makes_orders


def _newly_accepted_objection(context: PaymentContext) -> tuple[ReversalReason, str] | None:
    """Returns why a payment that is about to be recorded as accepted must not be kept.

    Any other payment that is recorded already counts as the first; no clock is asked. Where there is an
    order, even a payment that was refunded since counts, and one of another amount: the order was paid once.
    """
    if context.order is not None and context.order.is_cancelled:
        return ReversalReason.ORDER_REFUSED, "The order is cancelled"
    rivals = attempts_of_cart(context) if _is_decided(context) else _accepted_for_due_amount(context)
    others = [p for p in rivals if p.id != context.payment.id and reversal_reason(p) is None]
    if any(holds_money(p) or (context.order is not None and accepted_transaction(p)) for p in others):
        return ReversalReason.SECOND_PAYMENT, "Another payment of the cart was there first"
    cart_lost = context.cart is None and context.order is None
    # A cart that can't be found is searched for again before its money is reversed.
    return None if cart_lost else _money_objection(context)


def _is_pending(payment: Payment) -> bool:
    return any(t.state is TransactionState.PENDING for t in session_transactions(payment))


def _record_accepted(
    context: PaymentContext,
    *,
    outcome: Outcome,
    accepted: Sequence[AcceptedTransaction],
    now: datetime,
    principal: str,
) -> tuple[Update, ...]:
    """Records success of the right types and amounts, and announces the reversal of what must not be kept."""
    payment, (first, *_) = context.payment, accepted
    recorded = _success_updates(payment, accepted=accepted, now=now)
    after = replace(context, payment=with_updates(payment, recorded))
    objection = _newly_accepted_objection(after)
    method = (SetMethod(first.method),) if first.method and first.method != payment.method else ()
    if objection is None:
        surplus = reversal_announcements(after.payment, now=now, principal=principal)
        return (*recorded, *method, *status_updates(payment, outcome), *surplus)
    reason, why = objection
    reversal = begin_reversal(after.payment, reason=reason, why=why, now=now, principal=principal)
    return (*recorded, *method, *reversal)


def _success_updates(
    payment: Payment, *, accepted: Sequence[AcceptedTransaction], now: datetime
) -> tuple[Update, ...]:
    """Makes the first accepted transaction of the planned one, where that fits, and adds the others behind it."""
    first, *others = accepted
    token = payment.interface_id or SessionToken("")
    further = (_added(part, part_interaction_id(token, part.id), now=now) for part in others)
    return (*_first_success(payment, first, now=now), *further)


def _added(part: AcceptedTransaction, interaction_id: str, *, now: datetime) -> AddTransaction:
    kind = TYPE_OF_MOVE[part.move]
    return AddTransaction(kind, TransactionState.SUCCESS, part.amount, interaction_id, now, part.id)


def _first_success(payment: Payment, first: AcceptedTransaction, *, now: datetime) -> tuple[Update, ...]:
    kind = TYPE_OF_MOVE[first.move]
    transactions = session_transactions(payment)
    fitting = next(
        (t for t in transactions if t.type is kind and t.amount == first.amount and not t.interface_id), None
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
            SetTransactionInterfaceId(fitting.id, first.id),
            ChangeTransactionTimestamp(fitting.id, now),
        )
    return (*others, _added(first, payment.interface_id or SessionToken(""), now=now))


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


def _parts_text(context: PaymentContext) -> str:
    return " and ".join(_text(t.amount) for t in accepted_transactions(context.payment))
