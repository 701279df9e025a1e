"""A Monext of one's own for each test, with a clock that stands still unless the test moves it."""

import pytest

from tests.sandbox.monext.merchant import Inbox, Merchant, make_merchant


@pytest.fixture
def inbox() -> Inbox:
    """The merchant's server as Monext's notifier sees it."""
    return Inbox()


@pytest.fixture
def merchant(inbox: Inbox) -> Merchant:
    """The first merchant, at a server without junk members."""
    return make_merchant(inbox)
