"""Finds out what follows from each state by asking the code about samples, for the document of the states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment

from monext_bridge.domain.monext import Outcome, OutcomeKind
from monext_bridge.domain.operations import (
    Cancel,
    Capture,
    Operation,
    OperationName,
    OperationNotAllowed,
    Refund,
    Reverse,
    announcements,
)
from monext_bridge.domain.outcome import (
    PaymentContext,
    is_reversal_rejected,
    is_reversed,
    order_payment_state,
)
from monext_bridge.domain.record import (
    Payment,
    accepted_transaction,
    attempt_status,
    is_released,
    reversal_reason,
)
from monext_bridge.services.outcome import RecordedOutcome, buyer_status, landing_url
from monext_bridge.services.results import BuyerStatus, PaymentResult
from monext_bridge.web.pages import REFRESHING, leads_back
from tools.states.answers import Row
from tools.states.samples import LANDING, ORDER, PAYMENT_ID, PRICE, SAMPLES, SEEN, Sample

RESULT_PAGES = Path(__file__).resolve().parents[2] / "templates" / "result"
HEADING = re.compile(r"{% block heading %}((?:(?!{% (?:end)?block).)*){% endblock %}", re.DOTALL)
UNASKED, UNORDERED = "Monext can't be asked", "no order yet"
ACTS: dict[str, Operation] = {
    "capture": Capture(PRICE.with_amount(100)),
    "cancel": Cancel(),
    "refund": Refund(PRICE.with_amount(100)),
    "reverse": Reverse(),
}
"""The operations that may be asked for, with a small amount where one is needed."""


def buyers() -> tuple[Row, ...]:
    """Returns attempt status, case, heading of the page, what the page does, what the shop hears, and where."""
    return _by_result(_buyers())


def doings() -> tuple[Row, ...]:
    """Returns attempt status, case, and a yes for each of ACTS that is allowed."""
    return _by_result(_doings())


def orders() -> tuple[Row, ...]:
    """Returns attempt status, case, and the order's payment state."""
    return _by_result(_orders())


def may_be_done(payment: Payment, operation: Operation) -> bool:
    """Tells whether the record allows the operation. A payment with a reversal reason is never captured."""
    if isinstance(operation, Capture) and reversal_reason(payment) is not None:
        return False
    try:
        return bool(announcements(payment, operation, name=OperationName("key", "01234567"), now=SEEN))
    except OperationNotAllowed:
        return False


def _buyers() -> Iterator[Row]:
    """Yields the rows with an order and without one, and those where Monext could not be asked."""
    for sample in SAMPLES:
        cases: dict[BuyerStatus, str] = {}
        for context, outcome, case in _readings(sample):
            cases.setdefault(buyer_status(RecordedOutcome(context, outcome)), case)
        for status, case in cases.items():
            yield (
                _status(sample),
                case,
                _heading(sample.payment, status),
                _page(_result(sample.payment, status)),
                *_landing(status),
            )


def _readings(sample: Sample) -> Iterator[tuple[PaymentContext, Outcome | None, str]]:
    payment = sample.payment
    around: dict[str, Any] = {"cart": None, "interfaces": frozenset({"monext"}), "makes_orders": True}
    ordered = PaymentContext(payment=payment, order=ORDER, **around)
    yield ordered, None, sample.case
    if accepted_transaction(payment) is None and payment.interface_id is not None:
        yield ordered, Outcome(OutcomeKind.UNKNOWN), UNASKED
    if accepted_transaction(payment) is not None and reversal_reason(payment) is None:
        yield PaymentContext(payment=payment, order=None, **around), None, UNORDERED


def _heading(payment: Payment, status: BuyerStatus) -> str:
    """Returns the heading of the page's template, in English."""
    (block,) = HEADING.findall((RESULT_PAGES / f"{status.value}.html").read_text())
    pages = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    pages.install_null_translations()  # type: ignore[attr-defined]
    return pages.from_string(block).render(settled=_result(payment, status))


def _result(payment: Payment, status: BuyerStatus) -> PaymentResult:
    return PaymentResult(
        status,
        payment.id,
        PRICE,
        complete=True,
        given_back=is_reversed(payment),
        reversal_rejected=is_reversal_rejected(payment),
        released=is_released(payment),
    )


def _page(result: PaymentResult) -> str:
    behaviour = (
        (result.status in REFRESHING, "asks again by itself"),
        (leads_back(result), "leads back to the payment"),
    )
    return ", ".join(words for holds, words in behaviour if holds)


def _landing(status: BuyerStatus) -> tuple[str, str]:
    url = landing_url(PaymentResult(status, PAYMENT_ID, PRICE, complete=True, landing=LANDING))
    if url is None:
        return "", ""
    name = "RETURN_URL" if "RETURN_URL" in url else "CANCEL_URL"
    return f"`{status.value}`", f"`{name}`"


def _doings() -> Iterator[Row]:
    for sample in SAMPLES:
        allowed = (may_be_done(sample.payment, operation) for operation in ACTS.values())
        yield _status(sample), sample.case, *("yes" if each else "" for each in allowed)


def _orders() -> Iterator[Row]:
    for sample in SAMPLES:
        state = order_payment_state(PRICE, (sample.payment,))
        yield _status(sample), sample.case, f"`{state.value}`" if state else "unchanged"


def _status(sample: Sample) -> str:
    return f"`{attempt_status(sample.payment).value}`"


def _by_result(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Puts the cases of a status that have the same result into one row, and names none where one has no name."""
    cases: dict[Row, list[str]] = {}
    for status, case, *result in rows:
        cases.setdefault((status, *result), []).append(case)
    return tuple(
        (status, "" if "" in found else "; or ".join(dict.fromkeys(found)), *result)
        for (status, *result), found in cases.items()
    )
