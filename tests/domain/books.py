"""Counts the money of a payment from its transactions alone, and says what must be true of it at every moment.

Nothing here asks the code of the bridge for a sum, so that a sum that is wrong there is not wrong here too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.operations.pending import is_unsent, operation_name
from monext_bridge.domain.reconciliation.compare_ledger import FOUND_PREFIX
from monext_bridge.domain.record.attempt_status import reversal_reason
from monext_bridge.domain.record.order import Order
from monext_bridge.domain.record.parts import accepted_transactions, named_part
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType

AUTHORIZATION, CANCEL, CHARGE, REFUND, CHARGEBACK, _ = TransactionType
FAILURE, SUCCESS = TransactionState.FAILURE, TransactionState.SUCCESS
Sums = Counter[tuple[TransactionType, bool]]
"""Sums by type, and whether the transactions have succeeded or are still under way."""

OfPart = tuple[MonextTransactionId | None, str]
"""A part of a payment, None for the first, and a currency."""


def sums(payment: Payment) -> dict[OfPart, Sums]:
    """Give the sums of each part in each currency. What names no part, or one that there is not, is of the first."""
    further = {named_part(t) for t in accepted_transactions(payment)}
    found: dict[OfPart, Sums] = defaultdict(Counter)
    for t in payment.transactions:
        if not is_unsent(t) and t.state is not FAILURE:
            part = named_part(t)
            of_part = part if part in further else None, t.amount.currency
            found[of_part][t.type, t.state is SUCCESS] += t.amount.cent_amount
    return found


def held(payment: Payment) -> Counter[str]:
    """Give what the payment holds of the buyer's money, by currency."""
    of_payment: Counter[str] = Counter()
    for (_, currency), of in sums(payment).items():
        uncaptured = max(of[AUTHORIZATION, True] - of[CHARGE, True] - of[CANCEL, True], 0)
        of_payment[currency] += uncaptured + of[CHARGE, True] - of[REFUND, True] - of[CHARGEBACK, True]
    return +of_payment


def check_bounds(payment: Payment) -> None:
    """Check that what may have been done to a part, with what is under way, is never more than there is."""
    for (_, currency), of in sums(payment).items():
        captured, cancelled, refunded = (
            of[kind, True] + of[kind, False] for kind in (CHARGE, CANCEL, REFUND)
        )
        if of[AUTHORIZATION, True]:
            assert captured + cancelled <= of[AUTHORIZATION, True], (
                f"{currency} captured beyond what is there"
            )
        assert refunded <= of[CHARGE, True], f"{currency} refunded beyond what is there"


def check_refund(before: Payment, after: Payment) -> None:
    """Check that a refund which is about to be sent leaves what chargebacks took, in no way twice."""
    for refund in _begun(before, after, REFUND):
        if str(refund.interaction_id).startswith(FOUND_PREFIX):
            continue
        of = sum((of for (_, c), of in sums(after).items() if c == refund.amount.currency), Counter[object]())
        gone = sum(of[kind, done] for kind in (REFUND, CHARGEBACK) for done in (True, False))
        assert gone <= of[CHARGE, True], "refunded what a chargeback took"


def check_shipment(before: Payment, after: Payment, readings: dict[str, list[Order]]) -> None:
    """Check that a capture by shipment takes what is open, and no more than the order that was read still owes."""
    for capture in _begun(before, after, CHARGE):
        name = operation_name(capture)
        if name is None or not name.key.startswith("ship-"):
            continue
        costs = [_left_to_pay(order, after) for order in readings[name.key]]
        by_currency = [(c, of) for (_, c), of in sums(after).items() if c == "EUR"]
        captured = sum(of[CHARGE, True] + of[CHARGE, False] for _, of in by_currency)
        assert captured <= max(costs), "captured more than the order owes"


def _left_to_pay(order: Order, payment: Payment) -> int:
    others = (p for p in order.payments if p.id != payment.id and reversal_reason(p) is None)
    cost = 0 if order.state == "Cancelled" else order.total.cent_amount
    return cost - sum(held(p)[order.total.currency] for p in others)


def _begun(before: Payment, after: Payment, kind: TransactionType) -> Iterable[Transaction]:
    """Give the transactions of a type that count from now on, and did not before."""
    counted = {t.id for t in before.transactions if not is_unsent(t) and t.state is not FAILURE}
    return [
        t
        for t in after.transactions
        if t.type is kind and t.id not in counted and not is_unsent(t) and t.state is not FAILURE
    ]
