"""What the first payment of a process would load is there before it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.settings_environment import valid_environment

ROOT = Path(__file__).resolve().parents[3]

WHAT_IS_LOADED_AFTER_IT = """
import sys
from datetime import UTC, datetime

from app import app
from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.record import Payment, updates
from monext_bridge.domain.record.payment import NO_NOTE, TransactionState, TransactionType
from monext_bridge.mapping.commercetools import writes
from monext_bridge.web.http.preload import preload

preload(app)
before = set(sys.modules)
amount, now, success = Money(1, "EUR"), datetime.now(UTC), TransactionState.SUCCESS
payment = Payment(PaymentId("id"), version=1, planned=amount)
writes.payment_update(payment, [
    updates.SetKey("key"), updates.ChangeAmountPlanned(amount), updates.SetInterfaceId("token"),
    updates.SetStatusCode("00000"), updates.SetStatusText("ACCEPTED"), updates.SetMethod("CB"),
    updates.SetStartNote(NO_NOTE),
    updates.AddTransaction(TransactionType.CHARGE, success, amount, "key", now),
    updates.ChangeTransactionState("id", success), updates.ChangeTransactionTimestamp("id", now),
    updates.ChangeInteractionId("id", "key"), updates.SetTransactionInterfaceId("id", "other"),
])
writes.add_payment(1, "id")
writes.payment_state_update(1, "Paid")
print(sorted(set(sys.modules) - before))
print(sorted(set(app.jinja_env.list_templates()) - {name for _, name in app.jinja_env.cache.keys()}))
"""


def test_no_write_and_no_page_loads_anything_more() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WHAT_IS_LOADED_AFTER_IT],
        cwd=ROOT,
        env=valid_environment(),
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == ["[]", "[]"], done.stderr
