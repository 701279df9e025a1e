"""Scenes in which money is in doubt, or must not be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monext_bridge.runtime import utc_now
from tests.alarms.stage import Scene, Stage
from tests.services.parts import AT_ONCE, pay_in_two


def cart_grows_while_it_is_paid(stage: Stage) -> str:
    cart, page = stage.begun()
    stage.world.add_one_item(cart)
    stage.world.pay(page.token, outcome="accepted")
    stage.buyer.comes_back(page)
    return stage.id_of(cart)


def monext_s_answer_tells_nothing(stage: Stage) -> str:
    payment = stage.recorded()
    stage.world.script_operation(act="refunds", outcome="accepted", says="01197")
    return stage.tries(payment)


def sending_is_held_up_for_minutes(stage: Stage) -> str:
    """Between the announcement in commercetools and the call to Monext six minutes pass."""
    payment = stage.recorded()
    stage.world.forget_calls()

    def clock() -> datetime:
        written = [call for call in stage.world.calls("commercetools") if call["method"] == "POST"]
        announced = any("/payments/" in call["path"] for call in written)
        return utc_now() + timedelta(minutes=6 if announced else 0)

    return stage.tries(replace(payment, bridge=stage.other_bridge(clock=clock)))


def answer_can_not_be_written(stage: Stage) -> str:
    payment = stage.recorded()
    stage.world.fault(
        "commercetools", action="status", code=503, method="POST", path="/payments/", skip=1, times=0
    )
    return stage.tries(payment)


def monext_says_no(stage: Stage) -> str:
    payment = stage.recorded()
    stage.world.script_operation(act="refunds", outcome="refused")
    return stage.tries(payment)


def session_is_paid_twice_and_no_ledger_tells(stage: Stage) -> str:
    cart, page = stage.begun()
    pay_in_two(stage.world, page.token, kinds=(AT_ONCE, AT_ONCE))
    stage.world.odd_answers(ledger="absent")
    stage.buyer.comes_back(page)
    return stage.id_of(cart)


def record_was_copied(stage: Stage) -> str:
    """Somebody has copied a payment to another cart and interface; commercetools refuses only the same interface."""
    cart, _ = stage.paid()
    payment, other = stage.world.payment(cart), stage.world.cart()
    copied = {name: payment[name] for name in ("amountPlanned", "interfaceId", "paymentStatus")}
    planned = [{name: t[name] for name in t if name != "id"} for t in payment["transactions"]]
    draft = copied | {
        "key": payment["key"].replace(cart, other),
        "paymentMethodInfo": payment["paymentMethodInfo"] | {"paymentInterface": "monext-old"},
        "transactions": planned,
    }
    copy = str(stage.world.project.create("payments", draft=draft)["id"])
    stage.world.change(other, action="addPayment", payment={"typeId": "payment", "id": copy})
    bridge = stage.later_bridge(timedelta(hours=1), PAYMENT_INTERFACES="monext,monext-old")
    stage.reconciles(bridge.services)
    return copy


SCENES: dict[str, Scene] = {
    "not_kept": cart_grows_while_it_is_paid,
    "reversal_sent": cart_grows_while_it_is_paid,
    "operation_unknown": monext_s_answer_tells_nothing,
    "operation_not_sent": sending_is_held_up_for_minutes,
    "operation_not_recorded": answer_can_not_be_written,
    "operation_rejected": monext_says_no,
    "accepted_transaction_unclear": session_is_paid_twice_and_no_ledger_tells,
    "foreign_session": record_was_copied,
}
