from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monext_bridge.domain.ids import MonextTransactionId, RecordTransactionId
from monext_bridge.domain.monext import OperationAnswer, OperationAnswerKind, OperationKind
from monext_bridge.domain.outcome.automatic_reversal import is_reversed
from monext_bridge.domain.record.attempt_status import ReversalReason
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from tests.builders import BEGUN, TOKEN, a_payment, a_transaction, eur
from tests.record_and_ledger import InMemoryServices, services_in_memory

SUCCESS, INITIAL = TransactionState.SUCCESS, TransactionState.INITIAL
FREED = a_transaction(
    id=RecordTransactionId("back"),
    type=TransactionType.REFUND,
    state=INITIAL,
    interaction_id=f"giveback-{TOKEN}~01234567~free",
)
"""The whole was to be given back, and Monext could not be reached."""


def flagged(*acts: Transaction) -> Payment:
    taken = MonextTransactionId("taken")
    bought = a_transaction(id=RecordTransactionId("main"), state=SUCCESS, interface_id=taken)
    return a_payment(status_code=ReversalReason.SECOND_PAYMENT.value, transactions=(bought, *acts))


def refunded(amount: int) -> Transaction:
    return replace(
        FREED,
        id=RecordTransactionId("office"),
        state=SUCCESS,
        amount=eur(amount),
        interaction_id="office~01234567",
    )


def carried_on(payment: Payment) -> InMemoryServices:
    services = services_in_memory(
        payment, now=BEGUN + timedelta(hours=1), answer=OperationAnswer(OperationAnswerKind.DONE)
    )
    store = services.resolver.target(payment).store
    services.reversal.continue_reversal(payment, store=store, just_written=False)
    return services


def test_a_freed_give_back_is_sent_by_whoever_comes_next() -> None:
    services = carried_on(flagged(FREED))
    assert services.monext.sent == [(OperationKind.REFUND, 11100)]
    assert is_reversed(services.record.versions[-1])


def test_what_a_back_office_has_refunded_meanwhile_is_not_given_back_again() -> None:
    services = carried_on(flagged(FREED, refunded(4000)))
    assert services.monext.sent == [(OperationKind.REFUND, 7100)]
    assert is_reversed(services.record.versions[-1])


def test_nothing_is_sent_where_all_has_been_refunded_meanwhile() -> None:
    services = carried_on(flagged(FREED, refunded(11100)))
    assert services.monext.sent == []
    assert is_reversed(services.record.versions[-1])


def test_an_act_that_was_held_up_for_minutes_is_left_to_who_may_have_taken_it_over() -> None:
    """As where the machine slept between the intent and the act."""
    intent = replace(FREED, interaction_id=f"giveback-{TOKEN}~01234567", timestamp=BEGUN)
    payment = flagged(intent)
    for minutes, sent in ((4, [(OperationKind.REFUND, 11100)]), (5, [])):
        services = services_in_memory(
            payment, now=BEGUN + timedelta(minutes=minutes), answer=OperationAnswer(OperationAnswerKind.DONE)
        )
        services.executor.execute(payment, intent, target=services.resolver.target(payment))
        assert services.monext.sent == sent
