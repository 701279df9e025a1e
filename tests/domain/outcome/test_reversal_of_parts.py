"""An automatic reversal of a payment that was paid in parts, of which a bank has taken something back."""

from __future__ import annotations

from dataclasses import replace

from monext_bridge.domain.outcome.automatic_reversal import (
    is_reversal_open,
    is_reversed,
    owes_more,
    reversal_announcements,
)
from monext_bridge.domain.record.payment import Payment, TransactionType
from tests.builders import BEGUN, eur
from tests.paid_in_parts import CHARGE, a_part, an_operation, paid_in_parts

PARTS = a_part(1, CHARGE, 4000), a_part(2, CHARGE, 7100)


def charged_back(amount: int) -> Payment:
    chargeback = an_operation(TransactionType.CHARGEBACK, amount, "psp-7")
    return replace(paid_in_parts(*PARTS, chargeback), status_code="ORDER_REFUSED")


def test_what_a_chargeback_took_beyond_its_part_is_not_refunded_on_another() -> None:
    refunds = reversal_announcements(charged_back(8000), now=BEGUN)
    assert [refund.amount for refund in refunds] == [eur(3100)]


def test_nothing_is_left_to_reverse_where_banks_took_all() -> None:
    payment = charged_back(11100)
    assert not owes_more(payment)
    assert not is_reversal_open(payment)
    assert is_reversed(payment)
    assert not is_reversed(charged_back(11099))
