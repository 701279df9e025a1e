import pytest

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import AcceptedTransaction, Ledger, LedgerRow, MoneyMovement
from monext_bridge.domain.money import Money
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.mapping.monext.accepted_transactions import WALLETS, choose_accepted, read_candidates
from tests.builders import eur
from tests.mapping.monext.monext_json import Json, a_monext_transaction, a_session_answer

FIRST, SECOND = MonextTransactionId("first"), MonextTransactionId("second")


def candidates(*transactions: Json, **session: object) -> tuple[AcceptedTransaction, ...]:
    return read_candidates(JsonObject.of(a_session_answer(*transactions, **session), what="session"))


def a_candidate(id_: MonextTransactionId, *, number: bool = False) -> AcceptedTransaction:
    return AcceptedTransaction(id_, MoneyMovement.CAPTURED, eur(11100), "CB", number)


def a_ledger(id_: MonextTransactionId, *, ok: bool | None) -> Ledger:
    return Ledger((LedgerRow(id_, "AUTHORIZATION_AND_CAPTURE", 11100, ok),))


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


def test_the_currency_is_that_of_the_order_where_the_transaction_names_none() -> None:
    assert candidates(a_monext_transaction(currency=None))[0].amount == eur(11100)


NO_AMOUNTS = [
    {"requestedAmount": requested, "authorizedAmount": authorized}
    for requested in (None, 0, -1, "")
    for authorized in (None, 0, "")
]


@pytest.mark.parametrize("changes", [{"id": None}, {"id": ""}, *NO_AMOUNTS])
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


def test_a_transaction_that_is_listed_twice_is_one_candidate() -> None:
    assert len(candidates(a_monext_transaction(), a_monext_transaction())) == 1


def test_one_candidate_is_it() -> None:
    assert choose_accepted((a_candidate(FIRST),), {}) == a_candidate(FIRST)


def test_without_a_candidate_there_is_none() -> None:
    assert choose_accepted((), {}) is None


def test_of_several_it_is_the_one_with_an_authorisation_number() -> None:
    accepted = a_candidate(SECOND, number=True)
    assert choose_accepted((a_candidate(FIRST), accepted), {}) == accepted


@pytest.mark.parametrize("number", [True, False])
def test_of_several_alike_it_is_the_one_whose_row_is_ok(number: bool) -> None:
    both = (a_candidate(FIRST, number=number), a_candidate(SECOND, number=number))
    ledgers = {FIRST: a_ledger(FIRST, ok=False), SECOND: a_ledger(SECOND, ok=True)}
    assert choose_accepted(both, ledgers) == both[1]


@pytest.mark.parametrize("second", [True, None])
def test_two_that_can_not_be_told_apart_are_none(second: bool | None) -> None:
    both = (a_candidate(FIRST), a_candidate(SECOND))
    ledgers = {FIRST: a_ledger(FIRST, ok=second), SECOND: a_ledger(SECOND, ok=second)}
    assert choose_accepted(both, ledgers) is None


def test_an_unreadable_ledger_confirms_nothing() -> None:
    both = (a_candidate(FIRST), a_candidate(SECOND))
    assert choose_accepted(both, {FIRST: Ledger(readable=False)}) is None


def test_the_row_of_another_transaction_confirms_nothing() -> None:
    both = (a_candidate(FIRST), a_candidate(SECOND))
    assert choose_accepted(both, {FIRST: a_ledger(SECOND, ok=True)}) is None
