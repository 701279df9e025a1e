"""A short fault campaign: one storm over two bridges, and afterwards the books agree (`make chaos` plays more)."""

from __future__ import annotations

from pathlib import Path

from tests.campaign.campaign import play
from tests.campaign.report import table, troubles

SEED = 201
BUYERS = 40


def test_after_a_storm_the_books_agree_and_no_5xx_was_answered_that_no_fault_asked_for(
    tmp_path: Path,
) -> None:
    result = play(SEED, buyers=BUYERS, folder=tmp_path)
    assert result.is_well, f"{table(result)}\n{troubles(result)}"
