"""What the first payment of a process would load is there before it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.settings_environment import environ

ROOT = Path(__file__).resolve().parents[3]

WHAT_IS_LOADED_AFTER_IT = """
import sys
from datetime import UTC, datetime

from app import app
from monext_bridge.domain import changes
from monext_bridge.domain.money import Money
from monext_bridge.domain.payment import TransactionState, TransactionType
from monext_bridge.mapping import commercetools_writes as writes
from monext_bridge.web.rehearsal import rehearse

rehearse(app)
before = set(sys.modules)
amount, now, success = Money(1, "EUR"), datetime.now(UTC), TransactionState.SUCCESS
writes.payment_update(1, [
    changes.SetKey("key"), changes.ChangeAmountPlanned(amount), changes.SetInterfaceId("token"),
    changes.SetStatusCode("00000"), changes.SetStatusText("ACCEPTED"), changes.SetMethod("CB"),
    changes.AddTransaction(TransactionType.CHARGE, success, amount, "key", now),
    changes.ChangeTransactionState("id", success), changes.ChangeTransactionTimestamp("id", now),
    changes.ChangeInteractionId("id", "key"), changes.SetTransactionInterfaceId("id", "other"),
])
writes.add_payment(1, "id")
writes.order_payment_state(1, "Paid")
print(sorted(set(sys.modules) - before))
print(sorted(set(app.jinja_env.list_templates()) - {name for _, name in app.jinja_env.cache.keys()}))
"""


def test_no_write_and_no_page_loads_anything_more() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WHAT_IS_LOADED_AFTER_IT],
        cwd=ROOT,
        env=environ(),
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == ["[]", "[]"], done.stderr
