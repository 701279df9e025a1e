"""What each of Monext's answers means, as tables: found out by asking the mapping about every title and code."""

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
    UNDECIDED_STATUSES,
    UNSURE_ACT_CODES,
    read_operation_answer,
    read_outcome,
)

Row = tuple[str, ...]

ANY_TITLE = "any other"
UNHEARD_OF = "SOMETHING NEW"
TOOK = {"id": "1", "type": "AUTHORIZATION_AND_CAPTURE", "requestedAmount": 100, "currency": "EUR"}

FOLLOWS = {
    OutcomeKind.ACCEPTED: "Success, if one of its transactions took money; else nothing is known",
    OutcomeKind.FAILED: "Failure",
    OutcomeKind.PENDING: "Pending",
    OutcomeKind.NOT_BEGUN: "nothing is written; the buyer may go on",
    OutcomeKind.UNKNOWN: "nothing is written; asked again",
}
ACT_FOLLOWS = {
    OperationAnswerKind.DONE: "Success",
    OperationAnswerKind.PENDING: "Pending",
    OperationAnswerKind.REFUSED: "Failure",
    OperationAnswerKind.UNKNOWN: "stays Initial; the ledger is asked",
}


def session_kinds() -> Iterator[Row]:
    """The kinds, and what is written of each."""
    return ((f"**{_words(kind)}**", FOLLOWS[kind]) for kind in OutcomeKind)


def session_answers() -> tuple[Row, ...]:
    """Title, code, kind and reason; what beats the titles comes first."""
    return _grouped((*_before_titles(), *_session_codes(), *_session_titles()))


def _before_titles() -> Iterator[Row]:
    for status in sorted(UNDECIDED_STATUSES):
        yield _told(f"HTTP {status}", "any", _outcome(ACCEPTED, status=status))
    yield _told("HTTP 5xx", "any", _outcome(ACCEPTED, status=503))
    yield _told("HTTP 404, within the session's life", "any", _outcome("ERROR", status=404))
    yield _told("none that can be read", "any", _outcome(""))
    yield _told("HTTP 404 in Monext's words, after it", "any", _outcome("ERROR", status=404, over=True))


def _session_codes() -> Iterator[Row]:
    yield _told(
        "any but ACCEPTED, within the session's life", NO_TRANSACTION, _outcome("ERROR", NO_TRANSACTION)
    )
    yield _told("any but ACCEPTED, after it", NO_TRANSACTION, _outcome("ERROR", NO_TRANSACTION, over=True))
    yield _told(IN_PROGRESS, BUYER_ON_THE_PAGE, _outcome(IN_PROGRESS, BUYER_ON_THE_PAGE))
    yield _told(f"{IN_PROGRESS}, no transaction", "any", _outcome(IN_PROGRESS, took=False))
    for code in sorted(PENDING_CODES):
        yield _told("any", code, _outcome("REFUSED", code))
    for code in sorted(set(REASON_CODES) - {NO_TRANSACTION}):
        yield _told("one of a failure", code, _outcome("ERROR", code))
    yield _told(ACCEPTED, "a refusal's: 01…, 02…, 03…, 04…", _outcome(ACCEPTED, "01100"))


def _session_titles() -> Iterator[Row]:
    for title in KINDS:
        yield _told(title, "any other", _outcome(title))
    yield _told(f"{ANY_TITLE}, with 2xx", "any", _outcome(UNHEARD_OF))
    yield _told(f"{ANY_TITLE}, with another status", "any", _outcome(UNHEARD_OF, status=422))


def operation_kinds() -> Iterator[Row]:
    return ((f"**{kind.value}**", ACT_FOLLOWS[kind]) for kind in OperationAnswerKind)


def operation_answers() -> tuple[Row, ...]:
    """Title and code, and the kind with 200, with 202, and with a status that refuses."""
    return _grouped((*_act_codes(), *_act_titles()))


def _act_codes() -> Iterator[Row]:
    for code in sorted(UNSURE_ACT_CODES):
        yield _sorted("any", code, title="REFUSED")
    for code in sorted(PENDING_CODES):
        yield _sorted("any", code, title="REFUSED")
    for code in sorted(CANCELLED_CODES):
        yield _sorted("any, to a cancel", code, title="REFUSED", kind=OperationKind.CANCEL)
    yield _sorted(
        "one of a failure: too late to cancel", CANCEL_TOO_LATE, title="REFUSED", kind=OperationKind.CANCEL
    )


def _act_titles() -> Iterator[Row]:
    for title in KINDS:
        yield _sorted(title, "any other", title=title)
    yield _sorted(ANY_TITLE, "any", title=UNHEARD_OF)
    yield _sorted("none that can be read", "any", title="")


def _grouped(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The codes of one title, then the titles of one code, in one row where they mean the same."""
    return _merged(_merged(rows, place=1, between=", "), place=0, between="; ")


def _merged(rows: Iterable[Row], *, place: int, between: str) -> tuple[Row, ...]:
    """Neighbours that differ in this place alone become one row."""
    alike = groupby(rows, key=lambda row: (row[:place], row[place + 1 :]))
    return tuple((*left, between.join(row[place] for row in group), *right) for (left, right), group in alike)


def undecided_statuses() -> str:
    return ", ".join(str(status) for status in sorted(UNDECIDED_STATUSES))


def refusing_statuses() -> str:
    return ", ".join(str(status) for status in sorted(REFUSING_STATUSES))


def _outcome(
    title: str, code: str = "", *, status: int = 200, over: bool = False, took: bool = True
) -> Outcome:
    body = {"result": {"title": title, "code": code}, "transactions": [TOOK] if took else []}
    return read_outcome(status, body, session_over=over)


def _told(title: str, code: str, outcome: Outcome) -> Row:
    return title, code, _words(outcome.kind), outcome.reason.value if outcome.reason else ""


def _sorted(words: str, code: str, *, title: str, kind: OperationKind = OperationKind.REFUND) -> Row:
    said = code if code[:1].isdigit() else ""
    body = {"result": {"title": title, "code": said}}
    statuses = (200, 202, min(REFUSING_STATUSES))
    return words, code, *(read_operation_answer(s, body, kind=kind).kind.value for s in statuses)


def _words(kind: OutcomeKind) -> str:
    return kind.value.replace("_", " ")
