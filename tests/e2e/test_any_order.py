"""Buyers, banks, back offices, failing remotes and crashes in any order: in the end the books agree.

A stateful property test: hypothesis plays events on one cart, among them a bridge that dies at any of its calls. Then
all faults stop, nobody comes back, reconciliation alone goes over it, and what commercetools says is compared with
what Monext holds.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.rules import Cancel, Capture, Operation, Refund, Reverse
from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.errors import BridgeError
from monext_bridge.runtime import utc_now
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Scope
from sandbox.runner import Sandbox
from sandbox.shop.calls import Refused
from tests.actors import BACK_OFFICE
from tests.bridges import Buyer, InProcess, Page
from tests.crashing import CrashSwitch
from tests.world import World

LATER = timedelta(hours=3)
KEY = "one-key-for-the-bridge-now-and-later"
FAULTS = ("drop_before", "drop_after", "half_body", "html", "status")
TARGETS = (
    ("commercetools", "POST", "/payments/"),
    ("commercetools", "POST", "/orders$"),
    ("commercetools", "GET", "/carts/"),
    ("monext", "GET", "/sessions/"),
    ("monext", "GET", "/transactions/"),
    ("monext", "POST", "/(captures|cancels|refunds)$"),
)
HEARD = (Buyer.comes_back, Buyer.notification_arrives, Buyer.opens_result, Buyer.cancels)
ROWS = {
    "CAPTURE": "Charge",
    "REFUND": "Refund",
    "CANCEL": "CancelAuthorization",
    "RESET": "CancelAuthorization",
}
LEFT_TO_OTHERS = {(FollowUp.PENDING, FindingStatus.WAITING)}
"""A partner who never answers."""

CALLS = st.integers(min_value=1, max_value=9)
WHICH = st.integers(min_value=0, max_value=3)


@pytest.fixture
def events(sandbox: Sandbox, world: World) -> type[RuleBasedStateMachine]:
    crash_switch = CrashSwitch()
    now = InProcess(sandbox, SECRET_KEY=KEY, crash_switch=crash_switch)
    later = InProcess(sandbox, SECRET_KEY=KEY, clock=_in_some_hours)

    class Bound(Events):
        def __init__(self) -> None:
            super().__init__(now, later, world, crash_switch)

    return Bound


def _in_some_hours() -> Any:
    return utc_now() + LATER


class Events(RuleBasedStateMachine):
    """One cart, several sessions, and whoever has to do with it."""

    def __init__(self, now: InProcess, later: InProcess, world: World, crash_switch: CrashSwitch) -> None:
        super().__init__()
        self.now, self.later, self.world, self.crash_switch = now, later, world, crash_switch
        self.began = utc_now()
        self.pages: list[Page] = []
        self.operations = 0

    @initialize(store=st.sampled_from(["guest", "german-store"]))
    def fill(self, store: str) -> None:
        self.world.reset()
        self.cart = self.world.cart(store)
        self.start("fr")

    @rule(lang=st.sampled_from(["fr", "es", "it"]))
    def start(self, lang: str) -> None:
        answer = Buyer(self.now).checkout(self.cart, lang=lang)
        assert answer.status in (200, 303, 409, 503), answer.visible_text
        if answer.status == 200:
            widget = answer.page.find(id="PaylineWidget")
            cancel = answer.page.find("a", href=lambda href: bool(href) and "/cancel/" in href)
            page = Page(str(widget["data-token"]), str(cancel["href"]).rsplit("/", 1)[1], answer)  # type: ignore[index]
            self.pages = [p for p in self.pages if p.token != page.token] + [page]

    @precondition(lambda self: self.pages)
    @rule(which=WHICH, outcome=st.sampled_from(["accepted", "refused", "pending", "cancelled"]))
    def pay(self, which: int, outcome: str) -> None:
        with contextlib.suppress(AssertionError):  # that session can't be paid any more
            self.world.pay(self.page(which).token, outcome=outcome)

    @precondition(lambda self: self.pages)
    @rule(which=WHICH, outcome=st.sampled_from(["accepted", "refused"]))
    def partner_answers(self, which: int, outcome: str) -> None:
        with contextlib.suppress(AssertionError):  # nothing is pending there
            self.world.resolve(self.page(which).token, outcome)

    @precondition(lambda self: self.pages)
    @rule(which=WHICH, how=st.sampled_from(HEARD))
    def hear(self, which: int, how: Any) -> None:
        assert how(Buyer(self.now), self.page(which)).status in (200, 303, 502, 503, 504)

    @rule()
    def cart_grows(self) -> None:
        with contextlib.suppress(Refused):  # it is ordered
            self.world.add_one_item(self.cart)

    @rule(call=st.sampled_from(TARGETS), action=st.sampled_from(FAULTS))
    def something_fails(self, call: tuple[str, str, str], action: str) -> None:
        remote, method, path = call
        self.world.fault(remote, action=action, method=method, path=path, code=503)

    @precondition(lambda self: self.pages)
    @rule(which=WHICH, how=st.sampled_from(HEARD), calls=CALLS, after=st.booleans())
    def dies_while_it_hears(self, which: int, how: Any, calls: int, after: bool) -> None:
        with self.crash_switch.crash_at_call(calls=calls, after=after):
            how(Buyer(self.now), self.page(which))

    @rule(lang=st.sampled_from(["fr", "es", "it"]), calls=CALLS, after=st.booleans())
    def dies_while_it_starts(self, lang: str, calls: int, after: bool) -> None:
        with self.crash_switch.crash_at_call(calls=calls, after=after):
            Buyer(self.now).checkout(self.cart, lang=lang)

    @rule(
        kind=st.sampled_from(["capture", "refund", "cancel", "reverse"]),
        amount=st.integers(1, 20_000),
        calls=CALLS,
        after=st.booleans(),
    )
    def dies_while_it_acts(self, kind: str, amount: int, calls: int, after: bool) -> None:
        with self.crash_switch.crash_at_call(calls=calls, after=after):
            self.back_office(kind, amount)

    @rule(older_than=st.sampled_from([0, 900]), calls=CALLS, after=st.booleans())
    def reconciliation_passes_and_may_die(self, older_than: int, calls: int, after: bool) -> None:
        with self.crash_switch.crash_at_call(calls=3 * calls, after=after):
            self.reconcile(self.now, older_than=timedelta(seconds=older_than))

    @rule(kind=st.sampled_from(["capture", "refund", "cancel", "reverse"]), amount=st.integers(1, 20_000))
    def back_office(self, kind: str, amount: int) -> None:
        self.operations += 1
        for payment in self.accepted():
            _try(self.now, payment, _act(kind, amount), key=f"act-{self.operations}")

    def teardown(self) -> None:
        if not hasattr(self, "cart"):
            return
        self.world.reset()
        self.world.advance_monext_clock(LATER.total_seconds())
        try:
            for _ in range(3):
                findings = self.reconcile(self.later, ledger=True)
        finally:
            self.world.advance_monext_clock(-LATER.total_seconds())
        assert findings == [], findings
        self.compare()

    def reconcile(self, bridge: InProcess, **scope: Any) -> list[Finding]:
        """A pass over what the test has made; what it found that is not for somebody else to decide."""
        findings: list[Finding] = []
        since = bridge.services.machine_clock() - self.began + timedelta(milliseconds=2)
        bridge.services.reconcile.run(Scope(since=since, **scope), tell=findings.append)
        return [f for f in findings if (f.need, f.ending) not in LEFT_TO_OTHERS]

    def compare(self) -> None:
        """Each payment's record is its ledger, one order at most, and one payment that counts for it."""
        payments, orders = self.world.payments(self.cart), self.world.orders(self.cart)
        assert len(orders) <= 1
        for payment in payments:
            assert _recorded(payment) == self.ledger(payment.get("interfaceId", ""))
        kept = [p for p in payments if _is_accepted(p) and p["paymentStatus"]["interfaceCode"] == "00000"]
        assert len(kept) == len(orders)
        returned = [p for p in payments if _is_accepted(p) and p not in kept]
        assert all(_held(p) == 0 for p in returned), [_recorded(p) for p in returned]

    def page(self, which: int) -> Page:
        return self.pages[which % len(self.pages)]

    def accepted(self) -> list[PaymentId]:
        return [PaymentId(p["id"]) for p in self.world.payments(self.cart) if _is_accepted(p)]

    def ledger(self, token: str) -> dict[str, int]:
        sums: dict[str, int] = {}
        for kind, amount, status in self.world.ledger(token):
            if kind in ROWS and status == "OK":
                sums[ROWS[kind]] = sums.get(ROWS[kind], 0) + amount
        return sums


def _act(kind: str, amount: int) -> Operation:
    money = Money(amount, "EUR")
    acts: dict[str, Operation] = {
        "capture": Capture(money),
        "refund": Refund(money),
        "cancel": Cancel(),
        "reverse": Reverse(),
    }
    return acts[kind]


def _try(bridge: InProcess, payment: PaymentId, act: Operation, *, key: str) -> None:
    with contextlib.suppress(BridgeError):  # forbidden, unknown or a remote down: the books tell in the end
        bridge.services.operations.perform(payment, act, key=key, by=BACK_OFFICE)


def _is_accepted(payment: dict[str, Any]) -> bool:
    return any(
        t["state"] == "Success" and t["interactionId"] == payment.get("interfaceId")
        for t in payment["transactions"]
    )


def _recorded(payment: dict[str, Any]) -> dict[str, int]:
    """What acts have done, by type; the buyer's own transaction aside, and nothing may be left open."""
    acts = [t for t in payment["transactions"] if "~" in t.get("interactionId", "")]
    assert all(t["state"] in ("Success", "Failure") or t["interactionId"].endswith("~free") for t in acts), (
        acts
    )
    sums: dict[str, int] = {}
    for t in acts:
        if t["state"] == "Success":
            sums[t["type"]] = sums.get(t["type"], 0) + t["amount"]["centAmount"]
    return sums


def _held(payment: dict[str, Any]) -> int:
    total = dict.fromkeys(("Authorization", "Charge", "CancelAuthorization", "Refund"), 0)
    for t in payment["transactions"]:
        if t["state"] == "Success":
            total[t["type"]] += t["amount"]["centAmount"]
    uncaptured = max(total["Authorization"] - total["Charge"] - total["CancelAuthorization"], 0)
    return max(uncaptured + total["Charge"] - total["Refund"], 0)


@pytest.mark.usefixtures("world")
def test_in_any_order_of_events_the_books_agree_in_the_end(events: type[RuleBasedStateMachine]) -> None:
    run_state_machine_as_test(
        events,
        settings=settings(
            max_examples=25,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
