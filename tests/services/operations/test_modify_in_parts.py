"""Operations on a payment that was paid by voucher and card: one request, split over both, each ledger kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monext_bridge.domain.ids import MonextTransactionId, RecordTransactionId
from monext_bridge.domain.monext import Ledger, LedgerRow, OperationAnswer, OperationAnswerKind, OperationKind
from monext_bridge.domain.operations.rules import Capture, Refund
from monext_bridge.domain.record.payment import TransactionType
from monext_bridge.errors import Conflict, OperationUnknown, RemoteUnreachable
from monext_bridge.services.operations.request import OperationOutcome
from tests.actors import BACK_OFFICE
from tests.bridges import InProcess
from tests.builders import BEGUN, PAYMENT_ID, eur
from tests.paid_in_parts import AUTHORIZATION, CHARGE, a_part, paid_in_parts
from tests.record_and_ledger import InMemoryServices, services_in_memory
from tests.services.parts import AT_ONCE, AUTHORIZED, COMPLEMENT, VOUCHER, PaidInTwo, a_payment_in_two
from tests.world import World

APPROVED, REJECTED = OperationOutcome.APPROVED, OperationOutcome.REJECTED


@pytest.fixture
def authorized(in_process: InProcess, world: World) -> PaidInTwo:
    return a_payment_in_two(in_process, world, situation="german-store", kinds=(AUTHORIZED, AUTHORIZED))


@pytest.fixture
def charged(in_process: InProcess, world: World) -> PaidInTwo:
    return a_payment_in_two(in_process, world, situation="guest", kinds=(AT_ONCE, COMPLEMENT))


@pytest.fixture
def mixed(in_process: InProcess, world: World) -> PaidInTwo:
    return a_payment_in_two(in_process, world, situation="german-store", kinds=(AT_ONCE, AUTHORIZED))


def test_a_capture_in_full_captures_both_parts_and_pays_the_order(authorized: PaidInTwo) -> None:
    assert authorized.capture(authorized.total).outcome is APPROVED
    assert authorized.ledgers() == ([("CAPTURE", VOUCHER, "OK")], [("CAPTURE", authorized.card, "OK")])
    assert authorized.order_state() == "Paid"


def test_captures_in_part_go_on_where_the_last_one_ended(authorized: PaidInTwo) -> None:
    for amount in (600, 600):
        assert authorized.capture(amount).outcome is APPROVED
    assert authorized.ledgers() == (
        [("CAPTURE", 600, "OK"), ("CAPTURE", 400, "OK")],
        [("CAPTURE", 200, "OK")],
    )
    assert authorized.order_state() == "BalanceDue"


def test_a_final_capture_releases_what_is_left_of_every_part(authorized: PaidInTwo) -> None:
    assert authorized.capture(VOUCHER + 500, final=True).outcome is APPROVED
    assert authorized.ledgers() == (
        [("CAPTURE", VOUCHER, "OK")],
        [("CAPTURE", 500, "OK"), ("RESET", authorized.card - 500, "OK")],
    )
    assert [state for _, state, _ in authorized.operations()] == ["Success"] * 3


def test_a_final_capture_of_one_part_cancels_the_other(authorized: PaidInTwo) -> None:
    assert authorized.capture(600, final=True).outcome is APPROVED
    assert authorized.ledgers() == (
        [("CAPTURE", 600, "OK"), ("RESET", VOUCHER - 600, "OK")],
        [("CANCEL", authorized.card, "OK")],
    )
    assert authorized.operations() == [
        ("Charge", "Success", 600),
        ("CancelAuthorization", "Success", authorized.card),
        ("CancelAuthorization", "Success", VOUCHER - 600),
    ]


def test_a_cancel_releases_both_parts_and_fails_the_order(authorized: PaidInTwo) -> None:
    assert authorized.cancel().outcome is APPROVED
    assert authorized.ledgers() == ([("CANCEL", VOUCHER, "OK")], [("CANCEL", authorized.card, "OK")])
    assert authorized.order_state() == "Failed"


def test_a_refund_of_more_than_the_voucher_goes_on_with_the_card(charged: PaidInTwo) -> None:
    done = charged.refund(VOUCHER + 500, key="r1")
    assert done.outcome is APPROVED
    assert charged.ledgers() == ([("REFUND", VOUCHER, "OK")], [("REFUND", 500, "OK")])
    assert charged.operations() == [("Refund", "Success", VOUCHER), ("Refund", "Success", 500)]
    first = next(t for t in charged.world.payment(charged.cart)["transactions"] if t["type"] == "Refund")
    assert (done.transaction_id, done.interface_id) == (first["id"], first["interfaceId"])


def test_the_same_key_again_acts_once_and_answers_the_same(charged: PaidInTwo) -> None:
    answers = [charged.refund(VOUCHER + 500, key="r1") for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert charged.ledgers() == ([("REFUND", VOUCHER, "OK")], [("REFUND", 500, "OK")])


def test_refunds_add_up_to_both_parts_and_no_more(charged: PaidInTwo) -> None:
    charged.refund(VOUCHER + 500)
    with pytest.raises(Conflict):
        charged.refund(charged.card - 499)
    assert charged.refund(charged.card - 500).outcome is APPROVED
    with pytest.raises(Conflict):
        charged.refund(1)


def test_a_refund_of_one_charge_is_made_on_its_part(charged: PaidInTwo) -> None:
    transactions = charged.world.payment(charged.cart)["transactions"]
    card = next(t for t in transactions if t.get("interfaceId") == charged.parts[1])
    refund = Refund(charged.eur(700), RecordTransactionId(card["id"]))
    assert charged.perform(refund).outcome is APPROVED
    assert charged.ledgers() == ([], [("REFUND", 700, "OK")])
    with pytest.raises(Conflict):
        charged.perform(Refund(charged.eur(charged.card - 699), RecordTransactionId(card["id"])))


def test_a_reverse_refunds_the_voucher_and_cancels_the_card(mixed: PaidInTwo) -> None:
    assert mixed.order_state() == "BalanceDue"
    assert mixed.reverse().outcome is APPROVED
    assert mixed.ledgers() == ([("REFUND", VOUCHER, "OK")], [("CANCEL", mixed.card, "OK")])


def test_a_reverse_whose_cancel_of_one_part_is_too_late_refunds_that_part(authorized: PaidInTwo) -> None:
    authorized.capture(VOUCHER + 500)
    authorized.world.script_operation(act="cancels", outcome="refused", code="02105")
    assert authorized.reverse(key="r1").outcome is REJECTED
    assert authorized.operations()[2:] == [
        ("CancelAuthorization", "Failure", authorized.card - 500),
        ("Refund", "Success", VOUCHER),
        ("Refund", "Success", 500),
        ("Refund", "Failure", authorized.card - 500),
    ]


def test_the_ledger_of_each_part_bounds_what_is_done_to_it(charged: PaidInTwo) -> None:
    charged.world.operate_at_monext(charged.parts[0], "refunds", amount=1)
    with pytest.raises(Conflict):
        charged.refund(VOUCHER + 500)
    assert charged.ledgers() == ([("REFUND", 1, "OK")], [])


def test_a_part_that_is_refused_makes_the_whole_rejected(charged: PaidInTwo) -> None:
    charged.world.script_operation(act="refunds", outcome="refused")
    assert charged.refund(VOUCHER + 500, key="r1").outcome is REJECTED
    assert charged.operations() == [("Refund", "Failure", VOUCHER), ("Refund", "Success", 500)]
    assert charged.refund(VOUCHER + 500, key="r1").outcome is REJECTED


PART_1, PART_2 = MonextTransactionId("part-1"), MonextTransactionId("part-2")
UNREACHABLE = RemoteUnreachable("no connection", remote="monext")
SOON = BEGUN + timedelta(minutes=1)
REFUND_OF_BOTH = Refund(eur(1500))


def in_memory(
    kind: TransactionType, row: str, *, unsent: tuple[MonextTransactionId, ...]
) -> InMemoryServices:
    """A voucher of 10.00 and a card of 101.00, where Monext can't be reached for some parts."""
    payment = paid_in_parts(a_part(1, kind, 1000), a_part(2, kind, 10100))
    return services_in_memory(
        payment,
        now=SOON,
        answer=OperationAnswer(OperationAnswerKind.DONE),
        answers=dict.fromkeys(unsent, UNREACHABLE),
        ledgers={
            PART_1: Ledger((LedgerRow(PART_1, row, 1000, True, BEGUN),)),
            PART_2: Ledger((LedgerRow(PART_2, row, 10100, True, BEGUN),)),
        },
    )


def charged_in_memory(*unsent: MonextTransactionId) -> InMemoryServices:
    return in_memory(CHARGE, AT_ONCE, unsent=unsent)


def refund(services: InMemoryServices) -> OperationOutcome:
    return services.operations.perform(PAYMENT_ID, REFUND_OF_BOTH, key="r1", by=BACK_OFFICE).outcome


def test_only_a_capture_is_sent_with_an_option() -> None:
    services = in_memory(AUTHORIZATION, AUTHORIZED, unsent=())
    services.operations.perform(PAYMENT_ID, Capture(eur(600), final=True), key="c1", by=BACK_OFFICE)
    assert services.monext.sent == [(OperationKind.CAPTURE, 600), (OperationKind.CANCEL, 10100)]
    assert services.monext.options == ["FINAL", None]


@pytest.mark.parametrize(("unsent", "again"), [(PART_1, 1000), (PART_2, 500)])
def test_a_request_of_which_a_part_was_sent_is_not_said_to_be_undone(
    unsent: MonextTransactionId, again: int
) -> None:
    services = charged_in_memory(unsent)
    with pytest.raises(OperationUnknown):
        refund(services)
    services.monext.answers.clear()
    assert refund(services) is APPROVED
    assert [amount for _, amount in services.monext.sent] == [1000, 500, again]


def test_a_request_of_which_nothing_was_sent_is_said_to_be_undone() -> None:
    with pytest.raises(RemoteUnreachable):
        refund(charged_in_memory(PART_1, PART_2))


@pytest.mark.parametrize("unsent", [PART_1, PART_2])
def test_a_request_that_nobody_repeats_is_rejected_where_a_part_of_it_was_never_sent(
    unsent: MonextTransactionId,
) -> None:
    services = charged_in_memory(unsent)
    with pytest.raises(OperationUnknown):
        refund(services)
    services.resolver.close_unsent(services.record.versions[-1])
    services.monext.answers.clear()
    assert refund(services) is REJECTED
    assert len(services.monext.sent) == 2


def test_a_request_of_which_nothing_was_sent_gives_its_key_back() -> None:
    services = charged_in_memory(PART_1, PART_2)
    with pytest.raises(RemoteUnreachable):
        refund(services)
    services.resolver.close_unsent(services.record.versions[-1])
    services.monext.answers.clear()
    assert refund(services) is APPROVED


def test_a_part_that_no_longer_fits_is_rejected_beside_one_that_was_done() -> None:
    services = charged_in_memory(PART_2)
    with pytest.raises(OperationUnknown):
        refund(services)
    services.monext.answers.clear()
    taken = LedgerRow(MonextTransactionId("staff"), "REFUND", 10000, True, BEGUN, PART_2)
    services.monext.ledgers[PART_2] = Ledger((*services.monext.ledgers[PART_2].rows, taken))
    with pytest.raises(Conflict):
        refund(services)
    assert refund(services) is REJECTED
