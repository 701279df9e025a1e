"""Gives a good set-up, with its bridge serving, and what the doctor says of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.runner import Sandbox
from tests.web.cli.doctor.set_ups import SetUp, good_set_up
from tests.world import World


@pytest.fixture
def set_up(sandbox: Sandbox, world: World) -> Iterator[SetUp]:
    with good_set_up(sandbox, world) as made:
        yield made
