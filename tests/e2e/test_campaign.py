"""A short fault campaign: one storm over two bridges, and afterwards the books agree (`make chaos` plays more)."""

from __future__ import annotations

from pathlib import Path

from tests.campaign.campaign import run_seed
from tests.campaign.report import problems, table

SEED = 201
BUYERS = 40


def test_after_a_storm_the_books_agree_and_no_5xx_was_answered_that_no_fault_asked_for(
    tmp_path: Path,
) -> None:
    result = run_seed(SEED, buyers=BUYERS, folder=tmp_path)
    assert result.passed, f"{table(result)}\n{problems(result)}"
