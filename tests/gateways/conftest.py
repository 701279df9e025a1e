"""A remote over real HTTP, and the log that talking to it leaves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gateways.remotes import Remote, serving
from tests.log_lines import Lines, logged


@pytest.fixture
def remote() -> Iterator[Remote]:
    with serving(Remote()) as running:
        yield running


@pytest.fixture
def lines() -> Iterator[Lines]:
    with logged() as lines:
        yield lines
