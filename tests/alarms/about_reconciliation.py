"""Scenes of passes of reconciliation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from monext_bridge.runtime import utc_now
from monext_bridge.services.reconciliation import LedgerWalk, Scope
from tests.alarms.stage import AUTHORISED, Scene, Stage
from tests.bridges import InProcess

UNREADABLE = "00000000-0000-4000-8000-000000000000"


def passes(bridge: InProcess) -> None:
    """`flask reconcile`, once."""
    bridge.app.test_cli_runner().invoke(args=["reconcile"])


def order_can_not_be_made(stage: Stage) -> str:
    cart, _ = stage.paid()
    stage.world.refuse_orders(cart, "InvalidJsonInput")
    passes(stage.an_hour_later)
    return stage.id_of(cart)


def authorisation_ends_tomorrow(stage: Stage) -> str:
    payment = stage.recorded(AUTHORISED)
    passes(stage.later_bridge(timedelta(days=6, hours=1)))
    return payment.id


def something_is_stuck(stage: Stage) -> None:
    order_can_not_be_made(stage)


def bridge_has_a_fault_at_a_payment(stage: Stage) -> str:
    cart, _ = stage.paid()
    services = stage.an_hour_later.services
    missing: Any = None
    broken = replace(services.reconcile.reconciler, from_record=missing)
    changed = replace(services, reconcile=replace(services.reconcile, reconciler=broken))
    stage.reconciles(changed)
    return stage.id_of(cart)


def payment_was_edited_by_hand(stage: Stage) -> str:
    body = {"limit": 200, "offset": 0, "count": 1, "results": [{"id": UNREADABLE, "version": 1}]}
    stage.world.fault(
        "commercetools", action="status", code=200, body=body, method="GET", path="/payments$", times=0
    )
    stage.reconciles()
    return UNREADABLE


def staff_refunds_at_monext(stage: Stage) -> str:
    payment = stage.recorded()
    (paid,) = stage.world.payment(payment.cart)["transactions"]
    stage.world.operate_at_monext(paid["interfaceId"], "refunds", amount=1000)
    stage.reconciles(ledger=True)
    return payment.id


def ledgers_are_never_finished(stage: Stage) -> None:
    """Each step is stopped, as where the process does not live long enough."""
    stage.recorded()
    began, later = utc_now(), iter([timedelta(0), timedelta(hours=8)])
    walk = LedgerWalk(
        stage.bridge.services.reconcile, Scope(), timedelta(days=1), clock=lambda: began + next(later)
    )
    for _ in range(2):
        walk.step(tell=lambda _: None, stopped=lambda: True, again=True)


SCENES: dict[str, Scene] = {
    "reconcile_stuck": order_can_not_be_made,
    "reconcile_warned": authorisation_ends_tomorrow,
    "reconciled": something_is_stuck,
    "reconcile_failed": bridge_has_a_fault_at_a_payment,
    "payment_unreadable": payment_was_edited_by_hand,
    "ledger_imported": staff_refunds_at_monext,
    "ledgers_compared": ledgers_are_never_finished,
    "ledger_behind": ledgers_are_never_finished,
}
