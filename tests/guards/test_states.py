"""docs/states.md is what the code says, and says all of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import (
    FailureReason,
    Ledger,
    LedgerRow,
    OperationAnswer,
    OperationAnswerKind,
)
from monext_bridge.domain.operations.rules import Operation
from monext_bridge.domain.outcome.order_rules import OrderPaymentState
from monext_bridge.domain.record.attempt_status import AttemptStatus, attempt_status
from monext_bridge.errors import Conflict
from monext_bridge.mapping.monext.codes import KINDS, PENDING_CODES, REASON_CODES
from monext_bridge.services.results import BuyerStatus
from tests.actors import BACK_OFFICE
from tests.record_and_ledger import services_in_memory
from tools.states.asked import ACTS, may_be_done
from tools.states.document import states_document
from tools.states.samples import SAMPLES, SEEN, Sample
from tools.states.transitions import ActState

ROOT = Path(__file__).resolve().parents[2]
STATES = ROOT / "docs" / "states.md"
TAKEN = ("AUTHORIZATION", "AUTHORIZATION_AND_CAPTURE")
PLENTY = Ledger(tuple(LedgerRow(MonextTransactionId(kind), kind, 99999, True, SEEN) for kind in TAKEN))
"""A ledger that forbids nothing."""

HEARD_BY_THE_SHOP = ("paid", "authorized", "refused", "cancelled", "expired")


def test_the_document_of_the_states_is_what_the_code_says() -> None:
    assert STATES.read_text() == states_document(), "out of date: make states"


def test_the_program_prints_it() -> None:
    done = subprocess.run([sys.executable, "-m", "tools.states"], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == states_document()


def test_every_state_and_status_is_told() -> None:
    document = states_document()
    words = [*AttemptStatus, *OrderPaymentState, *HEARD_BY_THE_SHOP]
    assert [word for word in words if f"`{word}`" not in document] == []


def test_every_title_code_and_state_of_an_act_is_told() -> None:
    document = states_document()
    words = (*KINDS, *PENDING_CODES, *REASON_CODES, *FailureReason, *ActState, *OperationAnswerKind)
    assert [word for word in words if word not in document] == []


def test_every_page_of_a_result_is_told() -> None:
    document = states_document()
    assert [status for status in BuyerStatus if f"| {_heading_of(status)} |" not in document] == []


def _heading_of(status: BuyerStatus) -> str:
    template = STATES.parents[1] / "templates" / "result" / f"{status.value}.html"
    headings = [line for line in template.read_text().splitlines() if "block heading" in line]
    return headings[0].split("{% trans %}")[-1].split("{%")[0]


def test_what_the_document_allows_is_what_the_operations_do() -> None:
    wrong = [
        f"{name} of {attempt_status(sample.payment)} {sample.case}".strip()
        for sample in SAMPLES
        for name, act in ACTS.items()
        if may_be_done(sample.payment, act) is not _is_done(sample, act)
    ]
    assert wrong == []


def _is_done(sample: Sample, act: Operation) -> bool:
    services = services_in_memory(
        sample.payment, now=SEEN, answer=OperationAnswer(OperationAnswerKind.DONE), current_ledger=PLENTY
    )
    try:
        services.operations.perform(sample.payment.id, act, key="key", by=BACK_OFFICE)
    except Conflict:
        return False
    return True
