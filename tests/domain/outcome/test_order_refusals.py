"""What a refused order means for the money, by the codes of commercetools; and the brake on reversals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.outcome.decide import begin_reversal
from monext_bridge.domain.outcome.order_refusals import (
    KEPT_REFUSING,
    KIND_OF_CODE,
    OUR_STATUSES,
    RefusalKind,
    is_braked,
    refusal_kind,
    uncertain_reversals,
)
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.attempt_status import ReversalReason
from monext_bridge.domain.record.payment import Payment, TransactionState
from tests.builders import BEGUN, CART_ID, a_payment, a_transaction

CERTAIN, OURS, UNCERTAIN = RefusalKind.CERTAIN, RefusalKind.OURS, RefusalKind.UNCERTAIN
THE_SEVEN = {
    "OutOfStock",
    "PriceChanged",
    "MatchingPriceNotFound",
    "DiscountCodeNonApplicable",
    "ShippingMethodDoesNotMatchCart",
    "InvalidItemShippingDetails",
    "MissingTaxRateForCountry",
}
ABOUT_US = {
    "InvalidJsonInput",
    "RequiredField",
    "insufficient_scope",
    "ExtensionBadResponse",
    "ExtensionNoResponse",
    "ExtensionUpdateActionsFailed",
    "ExtensionSomethingNew",
}
ABOUT_THE_CART = {
    "InvalidOperation",
    "InvalidInput",
    "InvalidField",
    "CountryNotConfiguredInStore",
    "ReferencedResourceNotFound",
    "SomethingNew",
}
KINDS = [
    *((code, CERTAIN) for code in sorted(THE_SEVEN)),
    *((code, OURS) for code in sorted(ABOUT_US)),
    *((code, UNCERTAIN) for code in sorted(ABOUT_THE_CART)),
]


@pytest.mark.parametrize(("code", "kind"), KINDS)
def test_a_code_says_whom_the_refusal_is_about(code: str, kind: RefusalKind) -> None:
    assert refusal_kind(400, (code,)) is kind


def test_the_table_has_no_code_that_is_not_tried_here() -> None:
    assert set(KIND_OF_CODE) <= THE_SEVEN | ABOUT_US
    assert {code for code, kind in KIND_OF_CODE.items() if kind is CERTAIN} == THE_SEVEN


@pytest.mark.parametrize("status", [*sorted(OUR_STATUSES), 500, 502, 503, 504])
@pytest.mark.parametrize("codes", [(), ("InvalidOperation",)])
def test_a_status_about_us_keeps_the_money_whatever_its_code(status: int, codes: tuple[str, ...]) -> None:
    assert refusal_kind(status, codes) is OURS


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (("InvalidOperation", "OutOfStock"), CERTAIN),
        (("RequiredField", "OutOfStock"), CERTAIN),
        (("InvalidOperation", "RequiredField"), OURS),
        ((), UNCERTAIN),
    ],
)
def test_of_several_codes_the_certain_one_decides_then_ours(
    codes: tuple[str, ...], kind: RefusalKind
) -> None:
    assert refusal_kind(400, codes) is kind


def gave_back(n: int, *, why: str = f"{KEPT_REFUSING}InvalidOperation", store: str = "fr-store") -> Payment:
    """The n-th payment whose money went back, n minutes after BEGUN, and was written again later."""
    payment = a_payment(
        id=PaymentId(f"p{n}"),
        key=f"{CART_ID}-1-0123456789ab-{store}",
        transactions=(a_transaction(state=TransactionState.SUCCESS),),
    )
    now = BEGUN + timedelta(minutes=n)
    updates = begin_reversal(payment, reason=ReversalReason.ORDER_REFUSED, why=why, now=now)
    return replace(with_updates(payment, updates), modified_at=now + timedelta(days=1))


def test_only_reversals_of_the_store_for_uncertain_reasons_count_and_from_when_they_were_flagged() -> None:
    payments = (
        gave_back(1),
        gave_back(2, why="commercetools refuses the order: OutOfStock"),
        gave_back(3, why="The cart is gone"),
        gave_back(4, store="de-store"),
        replace(gave_back(5), status_code="SECOND_PAYMENT"),
        replace(gave_back(6), key=None),
    )
    counted = uncertain_reversals(payments, store_key="fr-store")
    assert counted == {"p1": BEGUN + timedelta(minutes=1)}


def braked(*reversed_after: int, ordered_after: tuple[int, ...] = (), now: int = 50) -> bool:
    """Whether the brake holds, `now` minutes after BEGUN."""
    return is_braked(
        [BEGUN + timedelta(minutes=m) for m in reversed_after],
        ordered_at=[BEGUN + timedelta(minutes=m) for m in ordered_after],
        now=BEGUN + timedelta(minutes=now),
    )


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        (braked(), False),
        (braked(10, 20), False),
        (braked(10, 20, 30), True),
        (braked(10, 20, 30, now=69), True),
        (braked(10, 20, 30, now=70), False),
        (braked(10, 20, 30, ordered_after=(5,)), True),
        (braked(10, 20, 30, ordered_after=(15,)), False),
        (braked(10, 20, 30, ordered_after=(40, 5)), False),
        (braked(10, 20, 30, 40, ordered_after=(15,)), True),
    ],
)
def test_the_brake_holds_after_three_in_an_hour_without_an_order_since(holds: bool, expected: bool) -> None:
    assert holds is expected
