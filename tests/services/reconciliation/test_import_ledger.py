"""What the merchant's staff did in Monext's back office appears in commercetools, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.config import Expiring
from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import OperationKind
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.rules import Capture, Refund
from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.errors import BridgeError
from monext_bridge.mapping.monext.requests import operation_request
from monext_bridge.services.reconciliation.report import FindingStatus
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.services.reconciling import KEY, Later, Night

DONE, LEDGER = FindingStatus.FINISHED, FollowUp.LEDGER


def origin(night: Night, token: str) -> str:
    """Monext's id of the buyer's own payment."""
    return str(next(t["id"] for t in night.world.monext()["transactions"] if t["token"] == token))


def last_of(night: Night, token: str, kind: str) -> str:
    rows = night.world.monext()["transactions"]
    return str([t["id"] for t in rows if t["token"] == token and t["type"] == kind][-1])


def executed_after_all(night: Night, token: str, *, key: str) -> None:
    """Monext carries out a refund that it had kept to itself for minutes."""
    body = operation_request(amount=1000, key=key, merchant_reference=None)
    store = night.bridge.settings.store("fr-store")
    monext_payments = night.bridge.services.modify.monext_payments
    monext_payments.execute(store, OperationKind.REFUND, MonextTransactionId(origin(night, token)), body)


def acts(night: Night, cart: str) -> list[tuple[str, str, int]]:
    return night.world.transactions(cart)[1:]


def told(night: Night, **scope: Any) -> list[tuple[FollowUp, FindingStatus]]:
    return night.told(ledger=True, **scope)


def test_books_that_agree_are_no_finding(night: Night) -> None:
    cart, _ = night.paid("german-store")
    night.bridge.services.modify.perform(night.payment_id(cart), Capture(Money(1000, "EUR")), key="one")
    night.bridge.services.modify.perform(night.payment_id(cart), Refund(Money(300, "EUR")), key="two")
    before = night.world.payment(cart)
    assert told(night) == []
    assert night.world.payment(cart) == before


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
    night: Night, situation: str, kind: str, recorded: str, state: str
) -> None:
    cart, page = night.paid(situation)
    night.world.act_at_monext(origin(night, page.token), kind, amount=1000)
    assert told(night) == [(LEDGER, DONE)]
    assert acts(night, cart) == [(recorded, "Success", 1000)]
    assert night.world.orders(cart)[0]["paymentState"] == state
    assert told(night) == []
    assert acts(night, cart) == [(recorded, "Success", 1000)]


def test_the_posted_transaction_carries_monexts_id_and_says_where_it_was_found(night: Night) -> None:
    cart, page = night.paid()
    night.world.act_at_monext(origin(night, page.token), "refunds", amount=1000)
    told(night)
    refund, row = night.world.payment(cart)["transactions"][1], last_of(night, page.token, "REFUND")
    assert (refund["interfaceId"], refund["interactionId"]) == (row, f"ledger-{row}~found")


def test_a_cancelled_capture_is_a_refund(night: Night) -> None:
    cart, page = night.paid("german-store")
    night.bridge.services.modify.perform(night.payment_id(cart), Capture(Money(1000, "EUR")), key="one")
    night.world.act_at_monext(last_of(night, page.token, "CAPTURE"), "cancels", amount=1000)
    assert told(night) == [(LEDGER, DONE)]
    assert acts(night, cart) == [("Charge", "Success", 1000), ("Refund", "Success", 1000)]
    assert told(night) == []


def test_a_refund_that_was_taken_back_did_not_happen(night: Night) -> None:
    cart, page = night.paid()
    night.bridge.services.modify.perform(night.payment_id(cart), Refund(Money(1000, "EUR")), key="one")
    night.world.act_at_monext(last_of(night, page.token, "REFUND"), "cancels", amount=1000)
    assert told(night) == [(LEDGER, DONE)]
    assert acts(night, cart) == [("Refund", "Failure", 1000)]
    assert told(night) == []


def test_a_part_of_a_refund_that_was_taken_back_is_for_somebody_to_look_at(night: Night) -> None:
    cart, page = night.paid()
    night.bridge.services.modify.perform(night.payment_id(cart), Refund(Money(1000, "EUR")), key="one")
    night.world.act_at_monext(last_of(night, page.token, "REFUND"), "cancels", amount=400)
    assert told(night) == [(LEDGER, FindingStatus.STUCK)]
    assert acts(night, cart) == [("Refund", "Success", 1000)]


def test_two_equal_refunds_of_the_back_office_are_two(night: Night) -> None:
    cart, page = night.paid()
    for _ in range(2):
        night.world.act_at_monext(origin(night, page.token), "refunds", amount=500)
    assert told(night) == [(LEDGER, DONE)]
    assert acts(night, cart) == [("Refund", "Success", 500)] * 2


def test_what_a_final_capture_released_is_linked_and_not_posted_again(night: Night) -> None:
    cart, page = night.paid("german-store")
    night.bridge.services.modify.perform(
        night.payment_id(cart), Capture(Money(1000, "EUR"), final=True), key="last"
    )
    before = acts(night, cart)
    assert told(night) == [(LEDGER, DONE)]
    assert acts(night, cart) == before
    released = night.world.payment(cart)["transactions"][2]
    assert released["interfaceId"] == last_of(night, page.token, "RESET")
    assert told(night) == []


def test_an_act_that_was_given_up_too_early_becomes_what_it_was(night: Night) -> None:
    cart, page = night.paid()
    night.world.fault("monext", action="hang", seconds=0.1, method="POST", path="/refunds$")
    with pytest.raises(BridgeError):
        night.bridge.services.modify.perform(night.payment_id(cart), Refund(Money(1000, "EUR")), key="slow")
    assert night.told() == [(FollowUp.ACT, DONE)]
    assert acts(night, cart) == [("Refund", "Failure", 1000)]
    executed_after_all(night, page.token, key="slow")
    assert told(night) == [(LEDGER, DONE)]
    assert acts(night, cart) == [("Refund", "Success", 1000)]


def test_an_act_under_way_is_not_taken_for_one_of_the_back_office(night: Night) -> None:
    cart, page = night.paid()
    night.world.fault("monext", action="drop_after", method="POST", path="/refunds$")
    with pytest.raises(BridgeError):
        night.bridge.services.modify.perform(night.payment_id(cart), Refund(Money(1000, "EUR")), key="lost")
    assert told(night, ahead=timedelta(minutes=16), older_than=timedelta(minutes=17)) == []
    assert acts(night, cart) == [("Refund", "Initial", 1000)]
    assert told(night) == [(FollowUp.ACT, DONE)]
    assert acts(night, cart) == [("Refund", "Success", 1000)]
    assert night.world.ledger(page.token)[1:] == [("REFUND", 1000, "OK")]


def test_a_dry_run_reads_the_ledger_and_posts_nothing(night: Night) -> None:
    cart, page = night.paid()
    night.world.act_at_monext(origin(night, page.token), "refunds", amount=1000)
    assert told(night, dry_run=True) == [(LEDGER, FindingStatus.FOUND)]
    assert acts(night, cart) == []


def test_a_ledger_that_can_not_be_read_is_read_again(night: Night) -> None:
    night.paid()
    night.world.fault("monext", action="html", path="/transactions/")
    assert told(night) == [(LEDGER, FindingStatus.UNKNOWN)]


class TestAuthorisationsThatEnd:
    """In the last of their seven days."""

    SOON = timedelta(days=6, hours=1)

    def night(self, sandbox: Sandbox, night: Night, setting: Expiring) -> Night:
        later = Later()
        bridge = InProcess(sandbox, clock=later, SECRET_KEY=KEY, EXPIRING_AUTHORIZATIONS=setting.value)
        return Night(bridge, later, night.world)

    def test_they_are_told_and_left_alone(self, night: Night) -> None:
        cart, page = night.paid("german-store")
        findings, summary = night.run(ahead=self.SOON)
        assert [(f.need, f.ending) for f in findings] == [(FollowUp.EXPIRING, FindingStatus.WARNED)]
        assert "not captured" in findings[0].detail
        assert not summary.stuck
        assert night.world.ledger(page.token)[1:] == []
        assert night.told(ahead=timedelta(days=5)) == []
        assert acts(night, cart) == []

    @pytest.mark.parametrize(
        ("setting", "recorded", "state"),
        [(Expiring.CAPTURE, "Charge", "Paid"), (Expiring.RELEASE, "CancelAuthorization", "Failed")],
    )
    def test_they_are_captured_or_released_where_a_setting_says_so(
        self, sandbox: Sandbox, night: Night, setting: Expiring, recorded: str, state: str
    ) -> None:
        night = self.night(sandbox, night, setting)
        cart, _ = night.paid("german-store")
        assert night.told(ahead=self.SOON) == [(FollowUp.EXPIRING, DONE)]
        ((kind, ended, _),) = acts(night, cart)
        assert (kind, ended) == (recorded, "Success")
        assert night.world.orders(cart)[0]["paymentState"] == state
        assert night.told(ahead=self.SOON) == []

    def test_one_that_monext_refuses_to_capture_is_tried_once_and_stuck(
        self, sandbox: Sandbox, night: Night
    ) -> None:
        night = self.night(sandbox, night, Expiring.CAPTURE)
        cart, page = night.paid("german-store")
        night.world.script_act(act="captures", outcome="refused", code="01100")
        assert night.told(ahead=self.SOON) == [(FollowUp.EXPIRING, FindingStatus.STUCK)]
        assert night.told(ahead=self.SOON) == [(FollowUp.EXPIRING, FindingStatus.STUCK)]
        assert [row[0] for row in night.world.ledger(page.token)[1:]] == ["CAPTURE"]
        assert [act[1] for act in acts(night, cart)] == ["Failure"]

    def test_after_their_end_nothing_is_sent(self, sandbox: Sandbox, night: Night) -> None:
        night = self.night(sandbox, night, Expiring.RELEASE)
        night.paid("german-store")
        night.world.forget_calls()
        assert night.told(ahead=timedelta(days=8)) == [(FollowUp.EXPIRING, FindingStatus.WARNED)]
        assert night.world.calls("monext") == []
