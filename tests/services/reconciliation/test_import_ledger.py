"""What the merchant's staff did in Monext's back office appears in commercetools, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.config import Expiring
from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import OperationKind
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import OwnedKey
from monext_bridge.domain.operations.rules import Capture, Refund
from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.errors import BridgeError
from monext_bridge.mapping.monext.requests import operation_request
from monext_bridge.services.reconciliation import Finding, FindingStatus, LedgerWalk, Scope
from sandbox.runner import Sandbox
from tests.actors import BACK_OFFICE
from tests.bridges import InProcess
from tests.services.reconciling import KEY, ReconciliationTester, ShiftedClock

DONE, LEDGER = FindingStatus.FINISHED, FollowUp.LEDGER


def origin(reconciliation: ReconciliationTester, token: str) -> str:
    """Monext's id of the buyer's own payment."""
    return str(next(t["id"] for t in reconciliation.world.monext()["transactions"] if t["token"] == token))


def last_of(reconciliation: ReconciliationTester, token: str, kind: str) -> str:
    rows = reconciliation.world.monext()["transactions"]
    return str([t["id"] for t in rows if t["token"] == token and t["type"] == kind][-1])


def executed_after_all(reconciliation: ReconciliationTester, token: str, *, key: str) -> None:
    """Monext carries out a refund that it had kept to itself for minutes."""
    body = operation_request(amount=1000, key=OwnedKey(key, BACK_OFFICE.principal), merchant_reference=None)
    store = reconciliation.bridge.settings.store("fr-store")
    monext_payments = reconciliation.bridge.services.operations.announcer.monext_payments
    monext_payments.execute(
        store, OperationKind.REFUND, MonextTransactionId(origin(reconciliation, token)), body
    )


def acts(reconciliation: ReconciliationTester, cart: str) -> list[tuple[str, str, int]]:
    return reconciliation.world.transactions(cart)[1:]


def told(reconciliation: ReconciliationTester, **scope: Any) -> list[tuple[FollowUp, FindingStatus]]:
    return reconciliation.found(ledger=True, **scope)


def test_books_that_agree_are_no_finding(reconciliation: ReconciliationTester) -> None:
    cart, _ = reconciliation.paid_cart("german-store")
    reconciliation.bridge.services.operations.perform(
        reconciliation.payment_id(cart), Capture(Money(1000, "EUR")), key="one", by=BACK_OFFICE
    )
    reconciliation.bridge.services.operations.perform(
        reconciliation.payment_id(cart), Refund(Money(300, "EUR")), key="two", by=BACK_OFFICE
    )
    before = reconciliation.world.payment(cart)
    assert told(reconciliation) == []
    assert reconciliation.world.payment(cart) == before


@pytest.mark.parametrize(
    ("situation", "kind", "recorded", "state"),
    [
        ("german-store", "captures", "Charge", "BalanceDue"),
        ("german-store", "cancels", "CancelAuthorization", "Pending"),
        ("guest", "refunds", "Refund", "Paid"),
        ("guest", "cancels", "Refund", "Paid"),
    ],
)
def test_an_act_of_the_back_office_is_posted_once(
    reconciliation: ReconciliationTester, situation: str, kind: str, recorded: str, state: str
) -> None:
    cart, page = reconciliation.paid_cart(situation)
    reconciliation.world.operate_at_monext(origin(reconciliation, page.token), kind, amount=1000)
    assert told(reconciliation) == [(LEDGER, DONE)]
    assert acts(reconciliation, cart) == [(recorded, "Success", 1000)]
    assert reconciliation.world.orders(cart)[0]["paymentState"] == state
    assert told(reconciliation) == []
    assert acts(reconciliation, cart) == [(recorded, "Success", 1000)]


def test_the_posted_transaction_carries_monexts_id_and_says_where_it_was_found(
    reconciliation: ReconciliationTester,
) -> None:
    cart, page = reconciliation.paid_cart()
    reconciliation.world.operate_at_monext(origin(reconciliation, page.token), "refunds", amount=1000)
    told(reconciliation)
    refund, row = (
        reconciliation.world.payment(cart)["transactions"][1],
        last_of(reconciliation, page.token, "REFUND"),
    )
    assert (refund["interfaceId"], refund["interactionId"]) == (row, f"ledger-{row}~found")


def test_a_cancelled_capture_is_a_refund(reconciliation: ReconciliationTester) -> None:
    cart, page = reconciliation.paid_cart("german-store")
    reconciliation.bridge.services.operations.perform(
        reconciliation.payment_id(cart), Capture(Money(1000, "EUR")), key="one", by=BACK_OFFICE
    )
    reconciliation.world.operate_at_monext(
        last_of(reconciliation, page.token, "CAPTURE"), "cancels", amount=1000
    )
    assert told(reconciliation) == [(LEDGER, DONE)]
    assert acts(reconciliation, cart) == [("Charge", "Success", 1000), ("Refund", "Success", 1000)]
    assert told(reconciliation) == []


def test_a_refund_that_was_taken_back_did_not_happen(reconciliation: ReconciliationTester) -> None:
    cart, page = reconciliation.paid_cart()
    reconciliation.bridge.services.operations.perform(
        reconciliation.payment_id(cart), Refund(Money(1000, "EUR")), key="one", by=BACK_OFFICE
    )
    reconciliation.world.operate_at_monext(
        last_of(reconciliation, page.token, "REFUND"), "cancels", amount=1000
    )
    assert told(reconciliation) == [(LEDGER, DONE)]
    assert acts(reconciliation, cart) == [("Refund", "Failure", 1000)]
    assert told(reconciliation) == []


def test_a_part_of_a_refund_that_was_taken_back_is_for_somebody_to_look_at(
    reconciliation: ReconciliationTester,
) -> None:
    cart, page = reconciliation.paid_cart()
    reconciliation.bridge.services.operations.perform(
        reconciliation.payment_id(cart), Refund(Money(1000, "EUR")), key="one", by=BACK_OFFICE
    )
    reconciliation.world.operate_at_monext(
        last_of(reconciliation, page.token, "REFUND"), "cancels", amount=400
    )
    assert told(reconciliation) == [(LEDGER, FindingStatus.STUCK)]
    assert acts(reconciliation, cart) == [("Refund", "Success", 1000)]


def test_two_equal_refunds_of_the_back_office_are_two(reconciliation: ReconciliationTester) -> None:
    cart, page = reconciliation.paid_cart()
    for _ in range(2):
        reconciliation.world.operate_at_monext(origin(reconciliation, page.token), "refunds", amount=500)
    assert told(reconciliation) == [(LEDGER, DONE)]
    assert acts(reconciliation, cart) == [("Refund", "Success", 500)] * 2


def test_what_a_final_capture_released_is_linked_and_not_posted_again(
    reconciliation: ReconciliationTester,
) -> None:
    cart, page = reconciliation.paid_cart("german-store")
    reconciliation.bridge.services.operations.perform(
        reconciliation.payment_id(cart), Capture(Money(1000, "EUR"), final=True), key="last", by=BACK_OFFICE
    )
    before = acts(reconciliation, cart)
    assert told(reconciliation) == [(LEDGER, DONE)]
    assert acts(reconciliation, cart) == before
    released = reconciliation.world.payment(cart)["transactions"][2]
    assert released["interfaceId"] == last_of(reconciliation, page.token, "RESET")
    assert told(reconciliation) == []


def test_an_act_that_was_given_up_too_early_becomes_what_it_was(reconciliation: ReconciliationTester) -> None:
    cart, page = reconciliation.paid_cart()
    reconciliation.world.fault("monext", action="hang", seconds=0.1, method="POST", path="/refunds$")
    with pytest.raises(BridgeError):
        reconciliation.bridge.services.operations.perform(
            reconciliation.payment_id(cart), Refund(Money(1000, "EUR")), key="slow", by=BACK_OFFICE
        )
    assert reconciliation.found() == [(FollowUp.OPERATION, DONE)]
    assert acts(reconciliation, cart) == [("Refund", "Failure", 1000)]
    executed_after_all(reconciliation, page.token, key="slow")
    assert told(reconciliation) == [(LEDGER, DONE)]
    assert acts(reconciliation, cart) == [("Refund", "Success", 1000)]


def test_an_act_under_way_is_not_taken_for_one_of_the_back_office(
    reconciliation: ReconciliationTester,
) -> None:
    cart, page = reconciliation.paid_cart()
    reconciliation.world.fault("monext", action="drop_after", method="POST", path="/refunds$")
    with pytest.raises(BridgeError):
        reconciliation.bridge.services.operations.perform(
            reconciliation.payment_id(cart), Refund(Money(1000, "EUR")), key="lost", by=BACK_OFFICE
        )
    assert told(reconciliation, ahead=timedelta(minutes=16), older_than=timedelta(minutes=17)) == []
    assert acts(reconciliation, cart) == [("Refund", "Initial", 1000)]
    assert told(reconciliation) == [(FollowUp.OPERATION, DONE)]
    assert acts(reconciliation, cart) == [("Refund", "Success", 1000)]
    assert reconciliation.world.ledger(page.token)[1:] == [("REFUND", 1000, "OK")]


@pytest.mark.parametrize("dry_run", [False, True])
def test_repeated_passes_find_on_its_turn_of_the_day_what_was_done_in_the_back_office(
    dry_run: bool, reconciliation: ReconciliationTester
) -> None:
    (cart, page), (other, _) = reconciliation.paid_cart(), reconciliation.paid_cart()
    reconciliation.world.operate_at_monext(origin(reconciliation, page.token), "refunds", amount=1000)
    walk = LedgerWalk(reconciliation.bridge.services.reconcile, Scope(dry_run=dry_run), timedelta(days=1))
    found: list[Finding] = []
    step = walk.step(tell=found.append, stopped=lambda: False, again=True)
    mine = [(f.payment_id, f.need, f.ending) for f in found if f.payment_id in reconciliation.payment_ids()]
    ending = FindingStatus.FOUND if dry_run else DONE
    assert mine == [(reconciliation.payment_id(cart), LEDGER, ending)]
    assert {reconciliation.payment_id(cart), reconciliation.payment_id(other)} <= step.compared
    assert acts(reconciliation, cart) == ([] if dry_run else [("Refund", "Success", 1000)])


def test_only_payments_of_the_store_have_their_turn(reconciliation: ReconciliationTester) -> None:
    (french, _), (german, _) = reconciliation.paid_cart(), reconciliation.paid_cart("german-store")
    scope = Scope(store_key="de-store")
    walk = LedgerWalk(reconciliation.bridge.services.reconcile, scope, timedelta(days=1))
    compared = walk.step(tell=lambda _: None, stopped=lambda: False, again=True).compared
    assert reconciliation.payment_id(german) in compared
    assert reconciliation.payment_id(french) not in compared


def test_a_dry_run_reads_the_ledger_and_posts_nothing(reconciliation: ReconciliationTester) -> None:
    cart, page = reconciliation.paid_cart()
    reconciliation.world.operate_at_monext(origin(reconciliation, page.token), "refunds", amount=1000)
    assert told(reconciliation, dry_run=True) == [(LEDGER, FindingStatus.FOUND)]
    assert acts(reconciliation, cart) == []


def test_a_ledger_that_can_not_be_read_is_read_again(reconciliation: ReconciliationTester) -> None:
    reconciliation.paid_cart()
    reconciliation.world.fault("monext", action="html", path="/transactions/")
    assert told(reconciliation) == [(LEDGER, FindingStatus.UNKNOWN)]


@pytest.mark.parametrize("ledger", ["empty", "absent"])
def test_a_ledger_that_is_not_listed_is_told_by_its_finding(
    ledger: str, reconciliation: ReconciliationTester
) -> None:
    _, page = reconciliation.paid_cart()
    reconciliation.world.odd_answers(ledger=ledger)
    (finding,) = reconciliation.run(ledger=True)[0]
    missing = f"Monext lists no associatedTransactions for transaction {origin(reconciliation, page.token)}"
    assert (finding.need, finding.ending, finding.detail) == (LEDGER, FindingStatus.UNKNOWN, missing)


@pytest.mark.parametrize(
    ("ahead", "status"),
    [(timedelta(minutes=30), FindingStatus.WAITING), (timedelta(hours=2), FindingStatus.STUCK)],
)
def test_an_open_act_whose_ledger_is_not_listed_says_so(
    ahead: timedelta, status: FindingStatus, reconciliation: ReconciliationTester
) -> None:
    cart, page = reconciliation.paid_cart()
    reconciliation.world.script_operation(act="refunds", says="01197")
    with pytest.raises(BridgeError):
        reconciliation.bridge.services.operations.perform(
            reconciliation.payment_id(cart), Refund(Money(1000, "EUR")), key="lost", by=BACK_OFFICE
        )
    reconciliation.world.odd_answers(ledger="absent")
    (finding,) = reconciliation.run(ahead=ahead)[0]
    missing = f"Monext lists no associatedTransactions for transaction {origin(reconciliation, page.token)}"
    assert (finding.need, finding.ending, finding.detail) == (FollowUp.OPERATION, status, missing)
    assert acts(reconciliation, cart) == [("Refund", "Initial", 1000)]


def change_order(reconciliation: ReconciliationTester, cart: str, *, total: int | None) -> None:
    """Edit the order of a cart, or cancel it where there is no total."""
    (order,) = reconciliation.world.orders(cart)
    if total is None:
        reconciliation.world.cancel_order(order["id"])
    elif order["totalPrice"]["centAmount"] != total:
        reconciliation.world.edit_order(order["id"], total=total)


class TestAuthorisationsThatEnd:
    """In the last of their seven days."""

    SOON = timedelta(days=6, hours=1)

    def reconciliation(
        self, sandbox: Sandbox, reconciliation: ReconciliationTester, setting: Expiring
    ) -> ReconciliationTester:
        later = ShiftedClock()
        bridge = InProcess(sandbox, clock=later, SECRET_KEY=KEY, EXPIRING_AUTHORIZATIONS=setting.value)
        return ReconciliationTester(bridge, later, reconciliation.world)

    def test_they_are_told_and_left_alone(self, reconciliation: ReconciliationTester) -> None:
        cart, page = reconciliation.paid_cart("german-store")
        findings, summary = reconciliation.run(ahead=self.SOON)
        assert [(f.need, f.ending) for f in findings] == [(FollowUp.EXPIRING, FindingStatus.WARNED)]
        assert "not captured" in findings[0].detail
        assert not summary.stuck
        assert reconciliation.world.ledger(page.token)[1:] == []
        assert reconciliation.found(ahead=timedelta(days=5)) == []
        assert acts(reconciliation, cart) == []

    @pytest.mark.parametrize(
        ("setting", "recorded", "state"),
        [(Expiring.CAPTURE, "Charge", "Paid"), (Expiring.RELEASE, "CancelAuthorization", "Failed")],
    )
    def test_they_are_captured_or_released_where_a_setting_says_so(
        self,
        sandbox: Sandbox,
        reconciliation: ReconciliationTester,
        setting: Expiring,
        recorded: str,
        state: str,
    ) -> None:
        reconciliation = self.reconciliation(sandbox, reconciliation, setting)
        cart, _ = reconciliation.paid_cart("german-store")
        assert reconciliation.found(ahead=self.SOON) == [(FollowUp.EXPIRING, DONE)]
        ((kind, ended, _),) = acts(reconciliation, cart)
        assert (kind, ended) == (recorded, "Success")
        assert reconciliation.world.orders(cart)[0]["paymentState"] == state
        assert reconciliation.found(ahead=self.SOON) == []

    @pytest.mark.parametrize(("total", "captured"), [(4000, [4000]), (None, [])], ids=["edited", "cancelled"])
    def test_no_more_is_captured_than_the_order_owes(
        self, total: int | None, captured: list[int], sandbox: Sandbox, reconciliation: ReconciliationTester
    ) -> None:
        reconciliation = self.reconciliation(sandbox, reconciliation, Expiring.CAPTURE)
        cart, _ = reconciliation.paid_cart("german-store")
        change_order(reconciliation, cart, total=total)
        reconciliation.run(ahead=self.SOON)
        assert [amount for _, _, amount in acts(reconciliation, cart)] == captured
        reconciliation.run(ahead=self.SOON)
        assert [amount for _, _, amount in acts(reconciliation, cart)] == captured

    @pytest.mark.parametrize("total", [4000, None], ids=["edited", "cancelled"])
    def test_what_was_captured_or_edited_since_the_payment_was_read_is_not_captured_again(
        self, total: int | None, sandbox: Sandbox, reconciliation: ReconciliationTester
    ) -> None:
        """A pass has read the payment, and a shipment captures before the pass comes to it."""
        reconciliation = self.reconciliation(sandbox, reconciliation, Expiring.CAPTURE)
        cart, _ = reconciliation.paid_cart("german-store")
        services, payment_id = reconciliation.bridge.services, reconciliation.payment_id(cart)
        change_order(reconciliation, cart, total=4000)
        read_before = services.records.payment(payment_id)
        services.operations.perform(payment_id, Capture(Money(4000, "EUR")), key="parcel", by=BACK_OFFICE)
        change_order(reconciliation, cart, total=total)
        reconciliation.clock.ahead = self.SOON
        handled = services.reconcile.reconciler.expiry.meet(read_before)
        reconciliation.clock.ahead = timedelta(0)
        assert handled.done is None
        assert acts(reconciliation, cart) == [("Charge", "Success", 4000)]

    def test_one_that_monext_refuses_to_capture_is_tried_once_and_stuck(
        self, sandbox: Sandbox, reconciliation: ReconciliationTester
    ) -> None:
        reconciliation = self.reconciliation(sandbox, reconciliation, Expiring.CAPTURE)
        cart, page = reconciliation.paid_cart("german-store")
        reconciliation.world.script_operation(act="captures", outcome="refused", code="01100")
        assert reconciliation.found(ahead=self.SOON) == [(FollowUp.EXPIRING, FindingStatus.STUCK)]
        assert reconciliation.found(ahead=self.SOON) == [(FollowUp.EXPIRING, FindingStatus.STUCK)]
        assert [row[0] for row in reconciliation.world.ledger(page.token)[1:]] == ["CAPTURE"]
        assert [act[1] for act in acts(reconciliation, cart)] == ["Failure"]

    def test_after_their_end_nothing_is_sent(
        self, sandbox: Sandbox, reconciliation: ReconciliationTester
    ) -> None:
        reconciliation = self.reconciliation(sandbox, reconciliation, Expiring.RELEASE)
        reconciliation.paid_cart("german-store")
        reconciliation.world.forget_calls()
        assert reconciliation.found(ahead=timedelta(days=8)) == [(FollowUp.EXPIRING, FindingStatus.WARNED)]
        assert reconciliation.world.calls("monext") == []
