"""docs/states.md is what the code says, and says all of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("word", [*AttemptStatus, *OrderPaymentState, *HEARD_BY_THE_SHOP])
def test_every_state_and_status_is_told(word: str) -> None:
    assert f"`{word}`" in states_document()


@pytest.mark.parametrize(
    "word", [*KINDS, *sorted(PENDING_CODES), *REASON_CODES, *FailureReason, *ActState, *OperationAnswerKind]
)
def test_every_title_code_and_state_of_an_act_is_told(word: str) -> None:
    assert word in states_document()


@pytest.mark.parametrize("status", BuyerStatus)
def test_every_page_of_a_result_is_told(status: BuyerStatus) -> None:
    template = STATES.parents[1] / "templates" / "result" / f"{status.value}.html"
    headings = [line for line in template.read_text().splitlines() if "block heading" in line]
    words = headings[0].split("{% trans %}")[-1].split("{%")[0]
    assert f"| {words} |" in states_document()


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{attempt_status(s.payment)} {s.case}".strip())
def test_what_the_document_allows_is_what_the_operations_do(sample: Sample, act: Operation) -> None:
    services = services_in_memory(
        sample.payment, now=SEEN, answer=OperationAnswer(OperationAnswerKind.DONE), current_ledger=PLENTY
    )
    try:
        services.modify.perform(sample.payment.id, act, key="key")
    except Conflict:
        assert not may_be_done(sample.payment, act)
    else:
        assert may_be_done(sample.payment, act)
