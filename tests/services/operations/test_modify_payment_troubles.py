"""Acts that went wrong in two places at once: nothing twice, nothing stuck, the order says what is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from monext_bridge.domain.ids import RecordTransactionId
from monext_bridge.domain.operations.rules import Refund
from monext_bridge.errors import Conflict, OperationUnknown, RemoteUnavailable
from monext_bridge.runtime import utc_now
from monext_bridge.services.operations.request import OperationOutcome
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.log_lines import captured_logs
from tests.services.paid_payments import PaidPayment, a_paid_payment
from tests.world import World, wait_for

APPROVED, RECEIVED, REJECTED = OperationOutcome.APPROVED, OperationOutcome.RECEIVED, OperationOutcome.REJECTED


@pytest.fixture
def authorized(in_process: InProcess, world: World) -> PaidPayment:
    return a_paid_payment(in_process, world, situation="german-store")


@pytest.fixture
def charged(in_process: InProcess, world: World) -> PaidPayment:
    return a_paid_payment(in_process, world, situation="guest")


def later(paid: PaidPayment, sandbox: Sandbox, *, minutes: float) -> PaidPayment:
    """The same payment, on a bridge whose clock is ahead."""
    ahead = InProcess(sandbox, clock=lambda: utc_now() + timedelta(minutes=minutes))
    return PaidPayment(ahead, paid.world, paid.cart, paid.token, paid.id, paid.total)


def origin_of(paid: PaidPayment) -> str:
    rows = paid.world.monext()["transactions"]
    return str(next(t for t in rows if t["token"] == paid.token)["id"])


def test_a_reverse_whose_cancel_was_lost_and_whose_refund_never_left_ends_right(
    authorized: PaidPayment,
) -> None:
    authorized.capture(3000)
    authorized.world.fault("monext", action="drop_after", method="POST", path="/cancels$")
    authorized.world.fault("monext", action="status", code=500, method="POST", path="/refunds$")
    with pytest.raises(OperationUnknown):
        authorized.reverse(key="r1")
    assert ("CANCEL", authorized.total - 3000, "OK") in authorized.ledger()
    with pytest.raises(OperationUnknown):
        authorized.reverse(key="r1")
    assert ("CancelAuthorization", "Success", authorized.total - 3000) in authorized.operations()


def test_a_late_cancel_and_a_lost_refund_are_not_refunded_twice(
    authorized: PaidPayment, sandbox: Sandbox
) -> None:
    world = authorized.world
    authorized.capture(2000)
    late_cancel(authorized)
    world.fault("monext", action="drop_after", method="POST", path="/refunds$")
    with pytest.raises(OperationUnknown):
        reverse_while_captured(authorized)
    assert authorized.reverse(key="r1").outcome is APPROVED
    refunds = sorted(amount for kind, amount, _ in authorized.ledger() if kind == "REFUND")
    assert refunds == [2000, authorized.total - 2000]


def test_a_late_cancel_of_the_same_amount_as_the_refund_is_refunded_as_well(authorized: PaidPayment) -> None:
    half = authorized.total // 2
    authorized.capture(half)
    late_cancel(authorized)
    assert reverse_while_captured(authorized) is APPROVED
    assert sum(amount for kind, amount, _ in authorized.ledger() if kind == "REFUND") == authorized.total


def late_cancel(paid: PaidPayment) -> None:
    """The next cancel is held back long enough to come too late."""
    paid.world.fault("monext", action="delay", seconds=2, method="POST", path="/cancels$")
    paid.world.forget_calls()


def reverse_while_captured(paid: PaidPayment) -> OperationOutcome:
    """A reverse, while staff captures and the bank's batch takes what the reverse wanted to cancel."""
    with ThreadPoolExecutor(1) as office:
        reversing = office.submit(lambda: paid.reverse(key="r1").outcome)
        wait_for(lambda: any(c["path"].endswith("/cancels") for c in paid.world.calls("monext")))
        captured = sum(amount for kind, amount, _ in paid.ledger() if kind == "CAPTURE")
        paid.world.operate_at_monext(origin_of(paid), "captures", amount=paid.total - captured)
        paid.world.send_daily_batch()
        return reversing.result()


def test_a_refused_final_capture_whose_answer_was_lost_blocks_nothing(authorized: PaidPayment) -> None:
    authorized.world.script_operation(act="captures", outcome="refused")
    authorized.world.fault("monext", action="drop_after", method="POST", path="/captures$")
    with pytest.raises(OperationUnknown):
        authorized.capture(1000, final=True, key="f1")
    assert authorized.capture(1000, final=True, key="f1").outcome is REJECTED
    assert {state for _, state, _ in authorized.operations()} == {"Failure"}
    assert authorized.capture(authorized.total, key="f2").outcome is APPROVED


@pytest.mark.parametrize("minutes", [-60, 60])
def test_a_lost_act_is_found_by_its_key_however_wrong_our_clock_is(
    minutes: float, charged: PaidPayment, sandbox: Sandbox
) -> None:
    wrong = later(charged, sandbox, minutes=minutes)
    charged.world.fault("monext", action="drop_after", method="POST", path="/refunds$")
    with pytest.raises(OperationUnknown):
        wrong.refund(1000, key="k1")
    assert wrong.refund(1000, key="k1").outcome is APPROVED
    assert len(charged.ledger()) == 1


def test_refunds_of_one_charge_stay_within_it(authorized: PaidPayment) -> None:
    charge = authorized.capture(1000).transaction_id
    authorized.capture(5000)
    refund = Refund(authorized.eur(600), RecordTransactionId(charge))
    assert authorized.perform(refund).outcome is APPROVED
    with pytest.raises(Conflict, match="400 of the Charge"):
        authorized.perform(refund)


@pytest.mark.parametrize(("end", "expected"), [("accepted", APPROVED), ("refused", REJECTED)])
def test_a_key_tells_the_end_of_an_act_that_took_time(
    end: str, expected: OperationOutcome, charged: PaidPayment
) -> None:
    charged.world.script_operation(act="refunds", outcome="pending")
    assert charged.refund(1000, key="slow").outcome is RECEIVED
    row = charged.world.monext()["transactions"][-1]["id"]
    charged.world.resolve_operation(row, end)
    assert charged.refund(1000, key="slow").outcome is expected
    assert charged.order_state() == "Paid"


def test_two_captures_at_once_that_are_all_of_it_pay_the_order(authorized: PaidPayment) -> None:
    half = authorized.total // 2
    parts = [half, authorized.total - half]
    with ThreadPoolExecutor(2) as office:
        list(office.map(authorized.capture, parts))
    assert authorized.order_state() == "Paid"


def test_a_reverse_with_a_refused_cancel_leaves_no_credit_owed(authorized: PaidPayment) -> None:
    authorized.capture(2000)
    authorized.world.script_operation(act="cancels", outcome="refused", code="01100")
    assert authorized.reverse().outcome is REJECTED
    assert authorized.order_state() == "BalanceDue"


def test_an_answer_that_could_not_be_written_is_unknown_and_not_refused(charged: PaidPayment) -> None:
    body = {"statusCode": 400, "message": "no", "errors": [{"code": "InvalidInput", "message": "no"}]}
    charged.world.fault(
        "commercetools", action="status", code=400, body=body, method="POST", path="/payments/", skip=1
    )
    with pytest.raises(OperationUnknown):
        charged.refund(1000, key="k1")
    assert charged.refund(1000, key="k1").outcome is APPROVED


def test_tries_while_the_ledger_can_not_be_read_leave_one_intent(charged: PaidPayment) -> None:
    charged.world.fault("monext", action="status", code=500, method="GET", path="/transactions/", times=0)
    for _ in range(3):
        with pytest.raises(RemoteUnavailable):
            charged.refund(1000, key="k1")
    assert len(charged.operations()) == 1
    charged.world.reset()
    assert charged.refund(1000, key="k1").outcome is APPROVED
    assert charged.operations() == [("Refund", "Success", 1000)]


@pytest.mark.parametrize("ledger", ["empty", "absent"])
def test_a_ledger_that_is_not_listed_is_named_and_nothing_is_sent(ledger: str, charged: PaidPayment) -> None:
    charged.world.odd_answers(ledger=ledger)
    missing = f"Monext lists no associatedTransactions for transaction {origin_of(charged)}"
    with captured_logs() as lines:
        for _ in range(2):
            with pytest.raises(RemoteUnavailable) as raised:
                charged.refund(1000, key="k1")
            assert str(raised.value) == f"{missing}; nothing was done"
    assert {line["why"] for line in lines.of("ledger_unreadable")} == {missing}
    charged.world.reset()
    assert charged.ledger() == []
    assert charged.refund(1000, key="k1").outcome is APPROVED


def test_a_key_that_the_ledger_forbids_leaves_one_trace(authorized: PaidPayment) -> None:
    authorized.world.operate_at_monext(origin_of(authorized), "captures", amount=authorized.total)
    for _ in range(3):
        with pytest.raises(Conflict):
            authorized.capture(1000, key="k1")
    assert authorized.operations() == [("Charge", "Failure", 1000)]


def test_an_order_that_can_not_be_read_does_not_stop_an_act(charged: PaidPayment) -> None:
    charged.world.fault("commercetools", action="status", code=403, method="GET", path="/orders$", times=0)
    assert charged.refund(1000).outcome is APPROVED


def test_a_payment_that_is_given_back_can_not_be_captured(in_process: InProcess, world: World) -> None:
    buyer = Buyer(in_process)
    page = buyer.start(cart := world.cart("german-store"))
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    world.fault("monext", action="status", code=500, method="POST", path="/cancels$")
    buyer.notification_arrives(page)
    paid = PaidPayment(in_process, world, cart, page.token, world.payment(cart)["id"], 1)
    with pytest.raises(Conflict, match="given back"):
        paid.capture(1)


def test_an_order_refused_after_a_part_was_captured_gives_all_of_it_back(
    in_process: InProcess, world: World
) -> None:
    buyer = Buyer(in_process)
    page = buyer.start(cart := world.cart("german-store"))
    world.pay(page.token, outcome="accepted")
    world.fault("commercetools", action="status", code=503, method="POST", path="/orders$")
    buyer.notification_arrives(page)
    paid = PaidPayment(in_process, world, cart, page.token, world.payment(cart)["id"], 0)
    paid.capture(3000)
    world.refuse_orders(cart, "OutOfStock")
    assert buyer.notification_arrives(page).status == 200
    held = world.monext()["transactions"]
    total = next(t for t in held if t["token"] == page.token)["amount"]
    assert {(kind, amount) for kind, amount, _ in paid.ledger()} == {
        ("CAPTURE", 3000),
        ("CANCEL", total - 3000),
        ("REFUND", 3000),
    }
