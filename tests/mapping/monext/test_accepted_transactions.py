from datetime import datetime, timedelta

import pytest

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import AcceptedTransaction, Ledger, LedgerRow, MoneyMovement
from monext_bridge.domain.money import Money
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.mapping.monext.accepted_transactions import WALLETS, choose_accepted, read_candidates
from tests.builders import BEGUN, eur
from tests.mapping.monext.monext_json import Json, a_monext_transaction, a_session_answer

FIRST, SECOND = MonextTransactionId("first"), MonextTransactionId("second")


NO_IDS = (None, "", "x" * 201, "one~part-two", "one two", "\x1b[2J", "é")
"""No ids, or such as a record can't hold or name an operation after."""


def candidates(*transactions: Json, **session: object) -> tuple[AcceptedTransaction, ...]:
    return read_candidates(JsonObject.of(a_session_answer(*transactions, **session), what="session"))


def a_candidate(id_: MonextTransactionId, *, at: datetime | None = None) -> AcceptedTransaction:
    return AcceptedTransaction(id_, MoneyMovement.CAPTURED, eur(11100), "CB", at)


def a_ledger(id_: MonextTransactionId, *, ok: bool | None, at: datetime | None = None) -> Ledger:
    return Ledger((LedgerRow(id_, "AUTHORIZATION_AND_CAPTURE", 11100, ok, at),))


BOTH = (a_candidate(FIRST), a_candidate(SECOND))


@pytest.mark.parametrize("move", list(MoneyMovement))
def test_every_type_that_moves_money_is_a_candidate(move: MoneyMovement) -> None:
    assert candidates(a_monext_transaction(type=move.value))[0].move is move


@pytest.mark.parametrize("kind", ["ORDER", "CAPTURE", "REFUND", "CANCEL", "ACCOUNT_VERIFICATION", "", None])
def test_other_types_are_none(kind: str | None) -> None:
    assert candidates(a_monext_transaction(type=kind)) == ()


@pytest.mark.parametrize(("authorized", "amount"), [(5000, 5000), (None, 11100), (0, 11100), (-1, 11100)])
def test_the_amount_is_what_was_authorised_else_what_was_asked(authorized: int | None, amount: int) -> None:
    assert candidates(a_monext_transaction(authorizedAmount=authorized))[0].amount == eur(amount)


def test_the_currency_is_that_of_the_transaction() -> None:
    assert candidates(a_monext_transaction(currency="CHF"))[0].amount == Money(11100, "CHF")


@pytest.mark.parametrize(
    "named", ["", "EU", "EURO", "EUR ", " EUR", "978", "€", 978, True, ["EUR"], {"code": "EUR"}]
)
def test_a_currency_that_is_none_is_not_taken_for_that_of_the_order(named: object) -> None:
    assert candidates(a_monext_transaction(currency=named)) == ()


def test_the_currency_is_that_of_the_order_where_the_transaction_names_none() -> None:
    assert candidates(a_monext_transaction(currency=None))[0].amount == eur(11100)


NO_AMOUNTS = [
    {"requestedAmount": requested, "authorizedAmount": authorized}
    for requested in (None, 0, -1, "")
    for authorized in (None, 0, "")
]


@pytest.mark.parametrize("changes", [*({"id": each} for each in NO_IDS), *NO_AMOUNTS])
def test_what_could_not_be_compared_is_no_candidate(changes: Json) -> None:
    assert candidates(a_monext_transaction(**changes)) == ()


def test_without_any_currency_there_is_no_candidate() -> None:
    assert candidates(a_monext_transaction(currency=None), order={}) == ()


@pytest.mark.parametrize("wallet", sorted(WALLETS))
def test_a_wallet_is_the_method_though_a_card_lies_behind_it(wallet: str) -> None:
    assert candidates(a_monext_transaction(externalWallet=wallet))[0].method == wallet


def test_another_wallet_leaves_the_instrument_as_the_method() -> None:
    assert candidates(a_monext_transaction(externalWallet="MERCHANT_WALLET"))[0].method == "CB"


def test_a_transaction_without_an_instrument_has_no_method() -> None:
    assert candidates(a_monext_transaction(paymentInstrumentData=None))[0].method is None


@pytest.mark.parametrize("code", ["x" * 51, "CB\n", "\x1b[2J", "<b>", " "])
def test_a_code_that_no_instrument_has_is_no_method(code: str) -> None:
    instrument = {"paymentInstrumentType": {"code": code}}
    (found,) = candidates(a_monext_transaction(paymentInstrumentData=instrument))
    assert found.method is None


def test_a_transaction_that_is_listed_twice_is_one_candidate() -> None:
    assert len(candidates(a_monext_transaction(), a_monext_transaction())) == 1


def test_one_candidate_is_it_and_its_ledger_is_not_asked() -> None:
    assert choose_accepted((a_candidate(FIRST),), {}) == (a_candidate(FIRST),)


def test_without_a_candidate_there_is_none() -> None:
    assert choose_accepted((), {}) is None


def test_of_several_it_is_the_one_whose_own_row_is_ok() -> None:
    ledgers = {FIRST: a_ledger(FIRST, ok=False), SECOND: a_ledger(SECOND, ok=True)}
    assert choose_accepted(BOTH, ledgers) == (a_candidate(SECOND),)


def test_of_several_whose_rows_are_ok_each_is_one_oldest_first() -> None:
    ledgers = {FIRST: a_ledger(FIRST, ok=True), SECOND: a_ledger(SECOND, ok=True)}
    early, late = a_candidate(SECOND, at=BEGUN), a_candidate(FIRST, at=BEGUN + timedelta(minutes=1))
    assert choose_accepted((late, early), ledgers) == (early, late)


def test_without_a_date_of_its_own_a_candidate_is_as_old_as_its_row() -> None:
    ledgers = {
        FIRST: a_ledger(FIRST, ok=True, at=BEGUN + timedelta(minutes=1)),
        SECOND: a_ledger(SECOND, ok=True, at=BEGUN),
    }
    assert choose_accepted(BOTH, ledgers) == (a_candidate(SECOND), a_candidate(FIRST))


@pytest.mark.parametrize(
    "second",
    [
        None,
        Ledger(),
        Ledger(readable=False),
        Ledger((LedgerRow(SECOND, "AUTHORIZATION_AND_CAPTURE", 11100, ok=True),), readable=False),
        Ledger((LedgerRow(SECOND, "AUTHORIZATION_AND_CAPTURE", 11100, ok=None),)),
        Ledger((LedgerRow(FIRST, "AUTHORIZATION_AND_CAPTURE", 11100, ok=True),)),
    ],
    ids=[
        "not read",
        "without rows",
        "unreadable",
        "unreadable with its row",
        "without a status",
        "of another",
    ],
)
def test_where_a_ledger_does_not_tell_none_is_chosen(second: Ledger | None) -> None:
    ledgers = {FIRST: a_ledger(FIRST, ok=True)} | ({SECOND: second} if second else {})
    assert choose_accepted(BOTH, ledgers) is None


def test_where_no_row_is_ok_none_is_chosen() -> None:
    ledgers = {FIRST: a_ledger(FIRST, ok=False), SECOND: a_ledger(SECOND, ok=False)}
    assert choose_accepted(BOTH, ledgers) is None
