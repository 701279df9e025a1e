"""Capture, cancel, refund and reverse against both remotes: what the record says is what the ledger holds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.operations.rules import Refund
from monext_bridge.errors import (
    BridgeError,
    Conflict,
    KeyReused,
    Malformed,
    NotFound,
    OperationUnknown,
    RemoteUnavailable,
)
from monext_bridge.runtime import utc_now
from monext_bridge.services.operations.request import OperationOutcome
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.call_counts import hops, start_counting
from tests.services.paid_payments import PaidPayment, a_paid_payment
from tests.world import World, wait_for

APPROVED, RECEIVED, REJECTED = OperationOutcome.APPROVED, OperationOutcome.RECEIVED, OperationOutcome.REJECTED


@pytest.fixture
def authorized(in_process: InProcess, world: World) -> PaidPayment:
    return a_paid_payment(in_process, world, situation="german-store")


@pytest.fixture
def charged(in_process: InProcess, world: World) -> PaidPayment:
    return a_paid_payment(in_process, world, situation="guest")


def test_a_capture_in_full_pays_the_order(authorized: PaidPayment) -> None:
    done = authorized.capture(authorized.total)
    assert done.outcome is APPROVED
    assert authorized.operations() == [("Charge", "Success", authorized.total)]
    assert authorized.ledger() == [("CAPTURE", authorized.total, "OK")]
    assert authorized.order_state() == "Paid"


def test_captures_in_part_add_up_and_the_order_follows(authorized: PaidPayment) -> None:
    authorized.capture(1000)
    assert authorized.order_state() == "BalanceDue"
    authorized.capture(2000)
    with pytest.raises(Conflict, match=str(authorized.total - 3000)):
        authorized.capture(authorized.total - 2999)
    authorized.capture(authorized.total - 3000)
    assert authorized.order_state() == "Paid"
    assert [amount for _, amount, _ in authorized.ledger()] == [1000, 2000, authorized.total - 3000]


def test_a_final_capture_releases_the_rest(authorized: PaidPayment) -> None:
    authorized.capture(1000, final=True, key="final-1")
    rest = authorized.total - 1000
    assert authorized.operations() == [
        ("Charge", "Success", 1000),
        ("CancelAuthorization", "Success", rest),
    ]
    assert {(kind, amount) for kind, amount, _ in authorized.ledger()} == {("CAPTURE", 1000), ("RESET", rest)}
    assert authorized.order_state() == "BalanceDue"


def test_a_cancel_releases_all_that_is_not_captured(authorized: PaidPayment) -> None:
    authorized.capture(1000)
    assert authorized.cancel().outcome is APPROVED
    assert authorized.operations()[-1] == ("CancelAuthorization", "Success", authorized.total - 1000)
    assert authorized.order_state() == "BalanceDue"


def test_a_cancel_of_all_fails_the_order(authorized: PaidPayment) -> None:
    authorized.cancel()
    assert authorized.order_state() == "Failed"
    with pytest.raises(Conflict):
        authorized.capture(1)


def test_refunds_in_part_add_up_to_what_was_captured(charged: PaidPayment) -> None:
    charged.refund(1000)
    charged.refund(2000)
    with pytest.raises(Conflict):
        charged.refund(charged.total - 2999)
    charged.refund(charged.total - 3000)
    assert sum(amount for _, amount, _ in charged.ledger()) == charged.total
    assert charged.order_state() == "Paid"


def test_a_reverse_cancels_what_is_open_and_refunds_what_was_captured(authorized: PaidPayment) -> None:
    authorized.capture(1000)
    assert authorized.reverse().outcome is APPROVED
    assert {(kind, amount) for kind, amount, _ in authorized.ledger()[1:]} == {
        ("CANCEL", authorized.total - 1000),
        ("REFUND", 1000),
    }


def test_a_reverse_of_a_charge_refunds_it(charged: PaidPayment) -> None:
    charged.reverse()
    assert charged.operations() == [("Refund", "Success", charged.total)]


@pytest.mark.parametrize("amount", [0, -1, 10**17])
def test_amounts_out_of_bounds_are_refused_with_nothing_sent(amount: int, charged: PaidPayment) -> None:
    charged.world.forget_calls()
    with pytest.raises(Conflict):
        charged.refund(amount)
    assert charged.world.calls("monext") == []
    assert charged.operations() == []


def test_the_ledger_of_monext_bounds_an_act_too(authorized: PaidPayment) -> None:
    origin = next(t for t in authorized.world.monext()["transactions"] if t["token"] == authorized.token)
    authorized.world.operate_at_monext(origin["id"], "captures", amount=authorized.total - 500)
    with pytest.raises(Conflict, match="500"):
        authorized.capture(501, key="too-much")
    assert authorized.operations() == [("Charge", "Failure", 501)]
    assert authorized.capture(500, key="too-much").outcome is APPROVED


def test_a_payment_that_was_not_accepted_can_not_be_modified(in_process: InProcess, world: World) -> None:
    cart = world.cart()
    Buyer(in_process).start(cart)
    unpaid = PaidPayment(in_process, world, cart, "", world.payment(cart)["id"], 1)
    for act in (unpaid.cancel, unpaid.reverse):
        with pytest.raises(Conflict):
            act()


def test_a_payment_of_another_interface_is_not_ours(in_process: InProcess, world: World) -> None:
    draft = {
        "amountPlanned": {"centAmount": 1, "currencyCode": "EUR"},
        "paymentMethodInfo": {"paymentInterface": "giftcards"},
    }
    other = world.project.create("payments", draft=draft)
    with pytest.raises(NotFound):
        in_process.services.operations.payment(other["id"])


def test_the_caller_s_reference_goes_to_monext_and_else_our_key(charged: PaidPayment) -> None:
    charged.refund(1, key="k-1", merchant_reference="RMA 7")
    charged.refund(1, key="k-2")
    rows = [t for t in charged.world.monext()["transactions"] if t["token"] == charged.token][1:]
    assert [row["merchantReference"] for row in rows] == ["RMA 7", "k-2"]
    assert [row["privateData"]["bridgeKey"] for row in rows] == ["k-1", "k-2"]


def test_the_same_key_acts_once_for_ever(charged: PaidPayment) -> None:
    first = charged.refund(1000, key="rma-1")
    assert charged.refund(1000, key="rma-1") == first
    assert charged.ledger() == [("REFUND", 1000, "OK")]


def test_the_same_key_with_another_request_is_an_error(charged: PaidPayment) -> None:
    charged.refund(1000, key="rma-1")
    with pytest.raises(KeyReused):
        charged.refund(1001, key="rma-1")
    with pytest.raises(KeyReused):
        charged.reverse(key="rma-1")


@pytest.mark.parametrize("key", ["", "a b", "a~b", "x" * 129, "é"])
def test_a_key_of_another_form_is_malformed(key: str, charged: PaidPayment) -> None:
    with pytest.raises(Malformed):
        charged.refund(1, key=key)


def test_a_pending_act_is_received_and_its_key_tells_the_end(charged: PaidPayment) -> None:
    charged.world.script_operation(act="refunds", outcome="pending")
    assert charged.refund(1000, key="slow").outcome is RECEIVED
    assert charged.order_state() == "CreditOwed"
    assert charged.operations() == [("Refund", "Pending", 1000)]


def test_two_refused_refunds_leave_two_failures(charged: PaidPayment) -> None:
    charged.world.script_operation(act="refunds", outcome="refused", times=2)
    assert [charged.refund(1000).outcome, charged.refund(1000).outcome] == [REJECTED, REJECTED]
    assert charged.operations() == [("Refund", "Failure", 1000)] * 2


def test_a_cancel_that_comes_too_late_says_what_to_do(authorized: PaidPayment) -> None:
    authorized.world.script_operation(act="cancels", outcome="refused", code="02105")
    for _ in range(2):
        with pytest.raises(Conflict, match="refund it instead"):
            authorized.cancel(key="late-1")


def test_a_reverse_whose_cancel_comes_too_late_refunds(authorized: PaidPayment) -> None:
    world, total = authorized.world, authorized.total
    origin = next(t for t in world.monext()["transactions"] if t["token"] == authorized.token)
    world.fault("monext", action="delay", seconds=0.5, method="POST", path="/cancels$")
    world.forget_calls()
    with ThreadPoolExecutor(1) as office:
        reversing = office.submit(lambda: authorized.reverse(key="rev-1"))
        wait_for(lambda: any(c["path"].endswith("/cancels") for c in world.calls("monext")))
        world.operate_at_monext(origin["id"], "captures", amount=total)
        world.send_daily_batch()
        assert reversing.result().outcome is APPROVED
    assert authorized.operations() == [
        ("CancelAuthorization", "Failure", total),
        ("Refund", "Success", total),
    ]
    assert authorized.reverse(key="rev-1").outcome is APPROVED
    assert authorized.ledger() == [("CAPTURE", total, "OK"), ("REFUND", total, "OK")]


def test_a_refund_may_be_bounded_by_one_charge(authorized: PaidPayment) -> None:
    first = authorized.capture(1000).transaction_id
    authorized.capture(5000)
    with pytest.raises(Conflict):
        authorized.perform(Refund(authorized.eur(1001), first))
    assert authorized.perform(Refund(authorized.eur(1000), first)).outcome is APPROVED


def test_after_seven_days_a_capture_is_refused_here(
    sandbox: Sandbox, authorized: PaidPayment, world: World
) -> None:
    later = InProcess(sandbox, clock=lambda: utc_now() + timedelta(days=7, seconds=5))
    late = PaidPayment(later, world, authorized.cart, authorized.token, authorized.id, authorized.total)
    world.forget_calls()
    with pytest.raises(Conflict, match="seven days"):
        late.capture(1000)
    assert [c for c in world.calls("monext") if c["method"] == "POST"] == []


def test_after_seven_days_a_capture_is_a_late_delivery_where_that_is_on(
    sandbox: Sandbox, authorized: PaidPayment, world: World
) -> None:
    ahead = timedelta(days=7, seconds=5)
    later = InProcess(sandbox, clock=lambda: utc_now() + ahead, LATE_CAPTURE="on")
    late = PaidPayment(later, world, authorized.cart, authorized.token, authorized.id, authorized.total)
    world.advance_monext_clock(ahead.total_seconds())
    try:
        assert late.capture(1000).outcome is APPROVED
    finally:
        world.advance_monext_clock(-ahead.total_seconds())


def test_parallel_refunds_that_are_too_much_together_do_only_what_fits(charged: PaidPayment) -> None:
    part = charged.total // 3 + 1
    results = in_parallel(lambda n: charged.refund(part, key=f"par-{n}"), 6)
    assert sum(r == APPROVED for r in results) == 2
    assert all(r == APPROVED or isinstance(r, Conflict) for r in results)
    assert charged.ledger() == [("REFUND", part, "OK")] * 2


def test_the_same_key_fifty_times_at_once_acts_once(charged: PaidPayment) -> None:
    results = in_parallel(lambda _: charged.refund(1000, key="once"), 50)
    assert charged.ledger() == [("REFUND", 1000, "OK")]
    assert charged.operations() == [("Refund", "Success", 1000)]
    assert {str(r) for r in results if not isinstance(r, OperationUnknown)} == {"approved"}
    assert charged.refund(1000, key="once").outcome is APPROVED


def in_parallel(call: Any, times: int) -> list[Any]:
    def one(n: int) -> Any:
        try:
            return call(n).outcome
        except BridgeError as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


LOST: list[dict[str, Any]] = [
    {"action": "drop_after"},
    {"action": "status_after", "code": 504},
    {"action": "half_body"},
    {"action": "gzip_bomb"},
    {"action": "endless", "seconds": 600},
    {"action": "many_1xx"},
    {"action": "huge_headers"},
]


@pytest.mark.parametrize("fault", LOST, ids=lambda f: f["action"])
def test_an_act_whose_answer_was_lost_is_found_by_its_key(
    fault: dict[str, Any], charged: PaidPayment
) -> None:
    charged.world.fault("monext", method="POST", path="/refunds$", **fault)
    with pytest.raises(OperationUnknown):
        charged.refund(1000, key="lost")
    assert charged.operations() == [("Refund", "Initial", 1000)]
    assert charged.refund(1000, key="lost").outcome is APPROVED
    assert charged.ledger() == [("REFUND", 1000, "OK")]


def test_an_act_that_never_reached_monext_frees_its_key(sandbox: Sandbox, charged: PaidPayment) -> None:
    away = InProcess(sandbox, MONEXT_API_URL="http://127.0.0.1:1", SECRET_KEY="s" * 32)
    lost = PaidPayment(away, charged.world, charged.cart, charged.token, charged.id, charged.total)
    with pytest.raises(RemoteUnavailable):
        lost.refund(1000, key="away")
    assert charged.refund(1000, key="away").outcome is APPROVED
    assert charged.ledger() == [("REFUND", 1000, "OK")]


@pytest.mark.parametrize("act", ["5xx before", "drop before"])
def test_an_act_that_did_not_happen_is_rejected_after_five_minutes(
    act: str, sandbox: Sandbox, charged: PaidPayment
) -> None:
    fault = {"action": "status", "code": 500} if act == "5xx before" else {"action": "drop_before"}
    charged.world.fault("monext", method="POST", path="/refunds$", **fault)
    with pytest.raises(OperationUnknown):
        charged.refund(1000, key="never")
    with pytest.raises(OperationUnknown):
        charged.refund(1000, key="never")
    later = InProcess(sandbox, clock=lambda: utc_now() + timedelta(minutes=6))
    late = PaidPayment(later, charged.world, charged.cart, charged.token, charged.id, charged.total)
    assert late.refund(1000, key="never").outcome is REJECTED
    assert charged.ledger() == []
    assert charged.operations() == [("Refund", "Failure", 1000)]


def test_an_unknown_act_keeps_its_amount_from_others(charged: PaidPayment) -> None:
    charged.world.fault("monext", action="status", code=500, method="POST", path="/refunds$")
    with pytest.raises(OperationUnknown):
        charged.refund(charged.total, key="unknown")
    with pytest.raises(Conflict):
        charged.refund(1)


@pytest.mark.parametrize("skip", [0, 1])
@pytest.mark.parametrize(
    "fault", [{"action": "status", "code": 503}, {"action": "drop_after"}], ids=["503", "lost"]
)
def test_commercetools_failing_at_a_write_loses_nothing(
    skip: int, fault: dict[str, Any], sandbox: Sandbox, charged: PaidPayment
) -> None:
    charged.world.fault("commercetools", method="POST", path="/payments/", skip=skip, **fault)
    with pytest.raises(RemoteUnavailable):
        charged.refund(1000, key="ct-down")
    later = InProcess(sandbox, clock=lambda: utc_now() + timedelta(minutes=6))
    late = PaidPayment(later, charged.world, charged.cart, charged.token, charged.id, charged.total)
    outcome = late.refund(1000, key="ct-down").outcome
    done = [state for kind, state, _ in charged.operations() if kind == "Refund"]
    assert len(charged.ledger()) == (1 if outcome is APPROVED else 0)
    assert done == [{"approved": "Success", "rejected": "Failure"}[outcome]]


def test_an_order_that_can_not_be_written_does_not_fail_the_act(authorized: PaidPayment) -> None:
    authorized.world.fault(
        "commercetools", action="status", code=503, method="POST", path="/orders/", times=0
    )
    assert authorized.capture(authorized.total).outcome is APPROVED
    authorized.world.reset()
    assert authorized.order_state() == "Pending"


def test_an_act_takes_four_hops(authorized: PaidPayment) -> None:
    start_counting(authorized.world)
    authorized.capture(authorized.total)
    assert hops(authorized.world) == [
        ["GET /sandbox/payments/*"],
        sorted(["POST /sandbox/payments/*", "GET /v1/checkout/transactions/*", "GET /sandbox/orders"]),
        ["POST /v1/checkout/transactions/*/captures"],
        sorted(["POST /sandbox/payments/*", "POST /sandbox/orders/*"]),
    ]
