"""What a campaign says of the stories of money that none of its seeds has played."""

from __future__ import annotations

from tests.campaign.report import never_played
from tests.campaign.scripts import STORIES_OF_MONEY


def test_a_story_that_no_seed_has_played_is_named() -> None:
    first, *others = STORIES_OF_MONEY
    assert never_played([others[:4], others[4:]]) == f"NEVER PLAYED: {first}"


def test_a_campaign_in_which_each_was_played_says_so() -> None:
    assert never_played([STORIES_OF_MONEY[:3], STORIES_OF_MONEY[3:]]) == "every story of money was played"
