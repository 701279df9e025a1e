"""Lists what each of Monext's answers means, found out by asking the mapping about every title and code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from monext_bridge.domain.monext import OperationAnswerKind, OperationKind, Outcome, OutcomeKind
from monext_bridge.mapping.monext import (
    ACCEPTED,
    BUYER_ON_THE_PAGE,
    CANCEL_TOO_LATE,
    CANCELLED_CODES,
    IN_PROGRESS,
    KINDS,
    NO_TRANSACTION,
    PENDING_CODES,
    REASON_CODES,
    REFUSING_STATUSES,
    UNAUTHORIZED,
    UNDECIDED_STATUSES,
    UNSURE_OPERATION_CODES,
    codes_by_meaning,
    read_operation_answer,
    read_outcome,
)

Row = tuple[str, ...]

ANY_TITLE = "any other"
UNHEARD_OF = "SOMETHING NEW"
TOOK = {"id": "1", "type": "AUTHORIZATION_AND_CAPTURE", "requestedAmount": 100, "currency": "EUR"}

FOLLOWS = {
    OutcomeKind.ACCEPTED: "Success, if one of its transactions took money; otherwise the outcome is unknown",
    OutcomeKind.FAILED: "Failure",
    OutcomeKind.PENDING: "Pending",
    OutcomeKind.NOT_BEGUN: "nothing is written; the buyer may go on",
    OutcomeKind.UNKNOWN: "nothing is written; Monext is asked again",
}
ACT_FOLLOWS = {
    OperationAnswerKind.DONE: "Success",
    OperationAnswerKind.PENDING: "Pending",
    OperationAnswerKind.REFUSED: "Failure",
    OperationAnswerKind.UNKNOWN: "stays Initial; the ledger is asked",
}


def session_kinds() -> Iterator[Row]:
    """Yields the kinds of outcome, and what is written for each."""
    return ((f"**{_words(kind)}**", FOLLOWS[kind]) for kind in OutcomeKind)


def session_answers() -> tuple[Row, ...]:
    """Returns title, code, kind and reason. What beats the titles comes first."""
    return _grouped((*_before_titles(), *_session_codes(), *_session_titles()))


def _before_titles() -> Iterator[Row]:
    for status in sorted(UNDECIDED_STATUSES):
        yield _session_row(f"HTTP {status}", "any", _outcome(ACCEPTED, status=status))
    yield _session_row("HTTP 3xx", "any", _outcome(ACCEPTED, status=302))
    yield _session_row("HTTP 5xx", "any", _outcome(ACCEPTED, status=503))
    yield _session_row("no readable title", "any", _outcome(""))
    yield _session_row(UNAUTHORIZED, "any", _outcome(UNAUTHORIZED))


def _session_codes() -> Iterator[Row]:
    for code in sorted(PENDING_CODES):
        yield _session_row("any, with and without a transaction", code, _outcome("REFUSED", code, took=False))
    yield _session_row("ERROR with HTTP 404, within the session's life", "any", _outcome("ERROR", status=404))
    yield _session_row(
        "ERROR with HTTP 404, after the session's life", "any", _outcome("ERROR", status=404, over=True)
    )
    yield _session_row(
        "any but ACCEPTED, within the session's life", NO_TRANSACTION, _outcome("ERROR", NO_TRANSACTION)
    )
    yield _session_row(
        "any but ACCEPTED, after the session's life",
        NO_TRANSACTION,
        _outcome("ERROR", NO_TRANSACTION, over=True),
    )
    yield _session_row(IN_PROGRESS, BUYER_ON_THE_PAGE, _outcome(IN_PROGRESS, BUYER_ON_THE_PAGE))
    yield _session_row(f"{IN_PROGRESS}, no transaction", "any", _outcome(IN_PROGRESS, took=False))
    for code in sorted(set(REASON_CODES) - {NO_TRANSACTION}):
        yield _session_row("any title of a failure", code, _outcome("ERROR", code))
    yield _session_row(ACCEPTED, "that of a refusal: 01…, 02…, 03…, 04…", _outcome(ACCEPTED, "01100"))


def _session_titles() -> Iterator[Row]:
    for title in (title for title in KINDS if title != UNAUTHORIZED):
        yield _session_row(title, "any other", _outcome(title))
    yield _session_row(f"{ANY_TITLE}, with 2xx", "any", _outcome(UNHEARD_OF))
    yield _session_row(f"{ANY_TITLE}, with another status", "any", _outcome(UNHEARD_OF, status=422))


def operation_kinds() -> Iterator[Row]:
    return ((f"**{kind.value}**", ACT_FOLLOWS[kind]) for kind in OperationAnswerKind)


def operation_answers() -> tuple[Row, ...]:
    """Returns title and code, and the kind with 200, with 202, and with a refusing status."""
    return _grouped((*_operation_codes(), *_operation_titles()))


def _operation_codes() -> Iterator[Row]:
    yield _operation_row("no readable title", "any", title="")
    yield _operation_row(UNAUTHORIZED, "any", title=UNAUTHORIZED)
    for code in sorted(UNSURE_OPERATION_CODES):
        yield _operation_row("any", code, title="REFUSED")
    for code in sorted(PENDING_CODES):
        yield _operation_row("any", code, title="REFUSED")
    for code in sorted(CANCELLED_CODES):
        yield _operation_row("any, in answer to a cancel", code, title="REFUSED", kind=OperationKind.CANCEL)
    yield _operation_row(
        "any title of a failure: too late to cancel",
        CANCEL_TOO_LATE,
        title="REFUSED",
        kind=OperationKind.CANCEL,
    )


def _operation_titles() -> Iterator[Row]:
    for title in (title for title in KINDS if title != UNAUTHORIZED):
        yield _operation_row(title, "any other", title=title)
    yield _operation_row(ANY_TITLE, "any", title=UNHEARD_OF)


def codes() -> Iterator[Row]:
    """Yields the table of return codes: what each adds to its title, and who says so."""
    for code, listed in codes_by_meaning():
        yield ", ".join(listed), code.session.value, code.operation.value, code.source.value


def _grouped(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Puts the codes of one title, and then the titles of one code, into one row where they mean the same."""
    return _merged(_merged(rows, column=1, between=", "), column=0, between="; ")


def _merged(rows: Iterable[Row], *, column: int, between: str) -> tuple[Row, ...]:
    """Makes one row of neighbours that differ in this column alone."""
    alike = groupby(rows, key=lambda row: (row[:column], row[column + 1 :]))
    return tuple(
        (*left, between.join(row[column] for row in group), *right) for (left, right), group in alike
    )


def undecided_statuses() -> str:
    return ", ".join(str(status) for status in sorted(UNDECIDED_STATUSES))


def refusing_statuses() -> str:
    return ", ".join(str(status) for status in sorted(REFUSING_STATUSES))


def _outcome(
    title: str, code: str = "", *, status: int = 200, over: bool = False, took: bool = True
) -> Outcome:
    body = {"result": {"title": title, "code": code}, "transactions": [TOOK] if took else []}
    return read_outcome(status, body, session_over=over)


def _session_row(title: str, code: str, outcome: Outcome) -> Row:
    return title, code, _words(outcome.kind), outcome.reason.value if outcome.reason else ""


def _operation_row(words: str, code: str, *, title: str, kind: OperationKind = OperationKind.REFUND) -> Row:
    sent_code = code if code[:1].isdigit() else ""
    body = {"result": {"title": title, "code": sent_code}}
    statuses = (200, 202, min(REFUSING_STATUSES))
    return words, code, *(read_operation_answer(s, body, kind=kind).kind.value for s in statuses)


def _words(kind: OutcomeKind) -> str:
    return kind.value.replace("_", " ")
