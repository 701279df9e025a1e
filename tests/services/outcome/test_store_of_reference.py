"""A reference names its store by 4 bytes. They choose whom to ask; the record decides, and a mistake costs a call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from monext_bridge.config import Settings, StoreSettings
from monext_bridge.domain.ids import SessionToken
from monext_bridge.domain.monext import Outcome, OutcomeKind
from monext_bridge.domain.record import Cart, Payment
from monext_bridge.errors import Forbidden, StoreNotConfigured
from monext_bridge.services.operations import OperationExecutor
from monext_bridge.services.outcome import (
    AutomaticReversal,
    BuyerEvents,
    ContextReader,
    OutcomeFinisher,
    OutcomeRecorder,
    hinted_store,
)
from monext_bridge.services.results import PaymentReference, PaymentResult, store_mark
from tests.builders import BEGUN, CART_ID, ORDER_NUMBER, PAYMENT_ID, PAYMENT_KEY, TOKEN, a_cart, a_payment
from tests.known_clock import KnownClock
from tests.settings_environment import by_store, monext_api_key, settings_with

TWINS = ("shop-42391", "shop-68519")
"""Two store keys with the same mark."""

NOT_BEGUN = Outcome(OutcomeKind.NOT_BEGUN)


@dataclass
class Records:
    """One cart with one payment. `writes` are the updates of every write."""

    payment: Payment
    store_key: str | None
    writes: list[object] = field(default_factory=list)

    def cart(self, cart_id: str) -> Cart:
        assert cart_id == CART_ID
        return a_cart(store_key=self.store_key, payments=(self.payment,))

    def write(self, payment: Payment, changes: tuple[object, ...]) -> Payment:
        self.writes.extend(changes)
        return payment


@dataclass
class Monext:
    """Remembers by whose key it was asked, and whose answer was read."""

    asked: list[str] = field(default_factory=list)
    sorted: list[str] = field(default_factory=list)

    def ask(self, store: StoreSettings, token: SessionToken) -> str:
        assert token == TOKEN
        self.asked.append(str(store.store_key))
        return self.asked[-1]

    def sort(self, answer: str, *, session_over: bool) -> Outcome:
        assert not session_over
        self.sorted.append(answer)
        return NOT_BEGUN


@dataclass
class Bridge:
    settings: Settings
    records: Records
    monext: Monext = field(default_factory=Monext)

    def returned(self, *, mark: bytes) -> PaymentResult:
        records: Any = self.records
        monext: Any = self.monext
        nothing: Any = None
        contexts = ContextReader(self.settings, records)
        clock = KnownClock(lambda: BEGUN)
        executor = OperationExecutor(records, monext, clock)
        reversal = AutomaticReversal(records, executor, clock)
        finisher = OutcomeFinisher(records, contexts, reversal, nothing, clock)
        recorder = OutcomeRecorder(self.settings, records, contexts, monext, finisher, clock)
        events = BuyerEvents(self.settings, contexts, monext, recorder)
        reference = PaymentReference(PAYMENT_ID, CART_ID, store_mark=mark, order_number=ORDER_NUMBER)
        return events.returned(reference, TOKEN)


def settings_of(*stores: str) -> Settings:
    keys = {key: monext_api_key(f"{key}:x") for key in stores}
    return settings_with(MONEXT_API_KEY=by_store(**keys), ORDER_CREATION="off")


def bridge(settings: Settings, *, store: str | None, key: str | None = None) -> Bridge:
    """A bridge with these settings, and a payment of the store that its key names."""
    payment = a_payment(key=key or (f"{PAYMENT_KEY}-{store}" if store else PAYMENT_KEY))
    return Bridge(settings, Records(payment, store))


def test_the_twins_have_one_mark() -> None:
    assert store_mark(TWINS[0]) == store_mark(TWINS[1]) != store_mark(None)


def test_a_mark_finds_the_one_store_that_has_it() -> None:
    settings = settings_of("fr", "de")
    assert hinted_store(settings, store_mark("fr")) == settings.store("fr")
    assert hinted_store(settings, store_mark("it")) is None
    assert hinted_store(settings, store_mark(None)) is None


def test_a_mark_that_several_stores_have_finds_none() -> None:
    assert hinted_store(settings_of(*TWINS), store_mark(TWINS[0])) is None


def test_where_no_setting_is_by_store_every_mark_finds_the_same() -> None:
    settings = settings_with()
    assert hinted_store(settings, store_mark("fr")) == settings.store(None)


@pytest.mark.parametrize("store", ["fr", "de"])
def test_monext_is_asked_once_with_the_key_of_the_mark(store: str) -> None:
    played = bridge(settings_of("fr", "de"), store=store)
    played.returned(mark=store_mark(store))
    assert played.monext.asked == played.monext.sorted == [store]


@pytest.mark.parametrize("store", TWINS)
def test_twins_are_told_apart_by_the_record_before_monext_is_asked(store: str) -> None:
    played = bridge(settings_of(*TWINS), store=store)
    assert played.returned(mark=store_mark(store)).store_key == store
    assert played.monext.asked == played.monext.sorted == [store]


def test_a_store_that_the_settings_name_no_more_is_not_taken_for_its_twin() -> None:
    played = bridge(settings_of(TWINS[0], "de"), store=TWINS[1])
    with pytest.raises(StoreNotConfigured) as raised:
        played.returned(mark=store_mark(TWINS[1]))
    assert raised.value.store_key == TWINS[1]
    assert (played.monext.sorted, played.records.writes) == ([], [])


def test_a_payment_of_another_store_than_its_reference_is_left_alone() -> None:
    played = bridge(settings_of("fr", "de"), store="fr")
    with pytest.raises(Forbidden):
        played.returned(mark=store_mark("de"))
    assert (played.monext.sorted, played.records.writes) == ([], [])


def test_a_payment_that_lost_its_key_is_of_its_carts_store() -> None:
    played = bridge(settings_of("fr", "de"), store="fr", key="a key of somebody else")
    assert played.returned(mark=store_mark("fr")).store_key == "fr"
    with pytest.raises(Forbidden):
        played.returned(mark=store_mark("de"))


def test_where_no_setting_is_by_store_the_record_tells_the_store_all_the_same() -> None:
    played = bridge(settings_with(ORDER_CREATION="off"), store="fr")
    assert played.returned(mark=store_mark("fr")).store_key == "fr"
    assert len(played.monext.asked) == 1
