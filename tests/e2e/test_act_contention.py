"""Acts over real HTTP on two bridge processes: at once, under one key, commercetools failing at each step."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.rules import Refund
from monext_bridge.runtime import utc_now
from sandbox.runner import Sandbox
from tests.actors import BACK_OFFICE
from tests.bridges import Answer, Gunicorn, InProcess
from tests.e2e.test_act_crashes import disagreements
from tests.services.paid_payments import PaidPayment, a_paid_payment
from tests.world import World


@pytest.fixture
def charged(in_process: InProcess, world: World) -> PaidPayment:
    return a_paid_payment(in_process, world, situation="guest")


def refund(bridge: Gunicorn, paid: PaidPayment, amount: int, *, key: str, token: str) -> Answer:
    action = {"action": "refundPayment", "amount": {"centAmount": amount, "currencyCode": "EUR"}}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    path = f"/operations/payment-intents/{paid.id}"
    return bridge.call("POST", path, json={"actions": [action]}, headers=headers)


def at_once(times: int, call: Any) -> Counter[int]:
    with ThreadPoolExecutor(times) as office:
        return Counter(answer.status for answer in office.map(call, range(times)))


def test_parallel_refunds_do_only_what_fits(gunicorn: Gunicorn, charged: PaidPayment) -> None:
    part, token = charged.total // 3 + 1, charged.world.back_office_token()
    statuses = at_once(8, lambda n: refund(gunicorn, charged, part, key=f"par-{n}", token=token))
    assert statuses == {200: 2, 409: 6}
    assert charged.ledger() == [("REFUND", part, "OK")] * 2
    assert disagreements(charged.world, charged) == []


def test_the_same_key_fifty_times_at_once_acts_once(gunicorn: Gunicorn, charged: PaidPayment) -> None:
    token = charged.world.back_office_token()
    statuses = at_once(50, lambda _: refund(gunicorn, charged, 1000, key="once", token=token))
    assert set(statuses) <= {200, 503}
    assert refund(gunicorn, charged, 1000, key="once", token=token).status == 200
    assert charged.ledger() == [("REFUND", 1000, "OK")]
    assert charged.operations() == [("Refund", "Success", 1000)]


CONFLICT = {
    "statusCode": 409,
    "message": "Version mismatch.",
    "errors": [{"code": "ConcurrentModification", "message": "Version mismatch.", "currentVersion": 1}],
}
FAILURES: dict[str, dict[str, Any]] = {
    "409": {"action": "status", "code": 409, "body": CONFLICT},
    "503": {"action": "status", "code": 503},
    "503 after": {"action": "status_after", "code": 503},
    "lost": {"action": "drop_after"},
}
STEPS = {
    "read": ("GET", "/payments/", 0),
    "intent": ("POST", "/payments/", 0),
    "order": ("GET", "/orders$", 0),
    "result": ("POST", "/payments/", 1),
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("step", STEPS)
def test_commercetools_failing_at_a_step_leaves_books_that_agree(
    step: str, failure: str, gunicorn: Gunicorn, charged: PaidPayment, sandbox: Sandbox
) -> None:
    method, path, skip = STEPS[step]
    charged.world.fault("commercetools", method=method, path=path, skip=skip, **FAILURES[failure])
    answer = refund(gunicorn, charged, 1000, key="k1", token=charged.world.back_office_token())
    assert answer.status in (200, 503)
    charged.world.reset()
    later = InProcess(sandbox, clock=lambda: utc_now() + timedelta(minutes=6))
    outcome = later.services.operations.perform(
        charged.id, Refund(Money(1000, "EUR")), key="k1", by=BACK_OFFICE
    ).outcome
    assert disagreements(charged.world, charged) == []
    assert len(charged.ledger()) == (1 if outcome.value == "approved" else 0)
    assert answer.status == 503 or outcome.value == "approved"
