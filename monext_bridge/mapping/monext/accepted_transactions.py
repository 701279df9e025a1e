"""Chooses which transactions of an accepted session are the accepted ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import AcceptedTransaction, Ledger, LedgerRow, MoneyMovement
from monext_bridge.domain.money import Money
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.mapping.monext.ids import read_transaction_id

WALLETS = frozenset({"APPLE_PAY", "GOOGLE_PAY", "SAMSUNG_PAY"})
"""These wallets count as the method of payment, though a card lies behind them."""

METHOD_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,49}")
"""Matches an instrument code, as it goes on into the record. Monext publishes no limit, and no code so long."""

CURRENCY = re.compile(r"[A-Za-z]{3}")


def read_candidates(session: JsonObject) -> tuple[AcceptedTransaction, ...]:
    """Returns the transactions that took or reserved money, each once. The order of Monext's list means nothing.

    A transaction without a usable id, currency or an amount above 0 is left out: it could not be compared with the
    payment.
    """
    currency = _currency(session.part("order"), default=None)
    found = (_candidate(t, currency=currency) for t in session.parts("transactions"))
    return tuple({c.id: c for c in found if c}.values())


def read_method(session: JsonObject) -> str | None:
    """Returns the method of the last transaction that names one, whatever became of it."""
    methods = [m for t in session.parts("transactions") if (m := _method(t))]
    return methods[-1] if methods else None


def choose_accepted(
    candidates: Sequence[AcceptedTransaction], ledgers: Mapping[MonextTransactionId, Ledger]
) -> tuple[AcceptedTransaction, ...] | None:
    """Returns the accepted ones of the candidates, oldest first: the only one, or those whose own ledger row is OK.

    `ledgers` are by candidate, and only asked of several. Returns None where that can't be told: no row is OK, or
    a candidate has no row, or one without a final status. The answer is then as good as none.
    """
    if len(candidates) == 1:
        return tuple(candidates)
    rows = [(candidate, _own_row(candidate, ledgers.get(candidate.id))) for candidate in candidates]
    if any(row is None or row.ok is None for _, row in rows):
        return None
    confirmed = [(candidate, row) for candidate, row in rows if row and row.ok]
    confirmed.sort(key=lambda pair: _age(*pair))
    return tuple(candidate for candidate, _ in confirmed) or None


def _candidate(found: JsonObject, *, currency: str | None) -> AcceptedTransaction | None:
    kind, id_ = (found.text("type") or "").upper(), read_transaction_id(found)
    amount, known_currency = _amount(found), _currency(found, default=currency)
    if kind not in set(MoneyMovement) or id_ is None or amount is None or known_currency is None:
        return None
    return AcceptedTransaction(
        id=id_,
        move=MoneyMovement(kind),
        amount=Money(amount, known_currency),
        method=_method(found),
        date=found.instant("date"),
    )


def _currency(found: JsonObject, *, default: str | None) -> str | None:
    """Returns the currency, the default where none is named, and None for what is no code of ISO 4217.

    What is named otherwise is not taken for another: a transaction in it is not one of the payment.
    """
    if found.members.get("currency") is None:
        return default
    named = found.text("currency") or ""
    return named if CURRENCY.fullmatch(named) else None


def _amount(found: JsonObject) -> int | None:
    """Returns what was authorised, else what was requested.

    Monext documents these fields as "Empty if equal" and "not used yet" (TransactionPayment, OpenAPI 1.26.0).
    So a 0 says nothing either.
    """
    said = (found.whole(name) for name in ("authorizedAmount", "requestedAmount"))
    return next((amount for amount in said if amount is not None and amount > 0), None)


def _method(found: JsonObject) -> str | None:
    wallet = (found.text("externalWallet") or "").upper()
    if wallet in WALLETS:
        return wallet
    code = found.part("paymentInstrumentData").part("paymentInstrumentType").text("code")
    return code if code and METHOD_CODE.fullmatch(code) else None


def _own_row(candidate: AcceptedTransaction, ledger: Ledger | None) -> LedgerRow | None:
    rows = ledger.rows if ledger and ledger.readable else ()
    return next((row for row in rows if row.id == candidate.id), None)


def _age(candidate: AcceptedTransaction, row: LedgerRow) -> tuple[datetime, str]:
    return candidate.date or row.date or datetime.max.replace(tzinfo=UTC), candidate.id
