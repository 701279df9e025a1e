"""Searches and exports read page by page: nothing is left out at a page's edge, and the end of a search is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monext_bridge.runtime import utc_now
from monext_bridge.services.enquiry import RecordedTransaction, SearchTerms
from tests.bridges import Buyer, InProcess
from tests.world import World


@pytest.fixture
def payments(world: World, buyer: Buyer) -> list[str]:
    """The ids of five payments, the oldest first."""
    carts = [world.cart() for _ in range(5)]
    for cart in carts:
        buyer.start(cart)
    return [str(world.payment(cart)["id"]) for cart in carts]


def test_a_search_over_many_pages_finds_each_payment_once_the_newest_first(
    in_process: InProcess, payments: list[str]
) -> None:
    search = in_process.services.search
    small = replace(search, queries=replace(search.queries, page_size=2))
    found = [each.payment.id for each in small.find(SearchTerms(begin=utc_now() - timedelta(hours=1))).found]
    assert found[:5] == payments[::-1]
    assert len(found) == len(set(found))


def test_a_search_that_stops_says_so(in_process: InProcess, payments: list[str]) -> None:
    search = in_process.services.search
    small = replace(search, queries=replace(search.queries, page_size=2), most_pages=2)
    result = small.find(SearchTerms(begin=utc_now() - timedelta(hours=1)))
    assert [each.payment.id for each in result.found] == payments[:0:-1]
    assert not result.complete
    assert "stopped after 2 pages" in result.remarks[-1]


def test_an_export_over_many_pages_has_each_payment_once_the_oldest_first(
    in_process: InProcess, payments: list[str]
) -> None:
    export = in_process.services.export
    small = replace(export, queries=replace(export.queries, page_size=2))
    now = utc_now()
    found = small.within(now - timedelta(hours=1), now + timedelta(hours=1), store_key=None)
    ids = [each.payment.id for each in found if isinstance(each, RecordedTransaction)]
    assert [each for each in ids if each in payments] == payments


def test_an_export_reads_a_page_only_when_it_is_asked_for(
    in_process: InProcess, world: World, payments: list[str]
) -> None:
    export = in_process.services.export
    small = replace(export, queries=replace(export.queries, page_size=2))
    now = utc_now()
    world.forget_calls()
    found = small.within(now - timedelta(hours=1), now + timedelta(hours=1), store_key=None)
    next(found)
    assert sum(call["path"].endswith("/payments") for call in world.calls("commercetools")) == 1
