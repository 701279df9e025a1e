"""Declares what a store may wish of its sessions at Monext; each may be left out, also for single stores."""

from __future__ import annotations

from typing import Any

from monext_bridge.config import parsing
from monext_bridge.config.choices import Challenge
from monext_bridge.config.contracts import contracts
from monext_bridge.config.declaring import Group, JsonReader, MapRule, declares, setting

LONGEST_DESCRIPTOR = 127
"""Limits `payment.softDescriptor` of Monext's SessionRequest, in UTF-16 units."""

LONGEST_PAGE_CODE = 255


def contract_numbers(value: Any) -> tuple[str, ...]:
    """Returns contract numbers in the order given, each once."""
    return contracts(value).ids


@declares
class SessionWishes:
    """Holds what is passed on to Monext as it is.

    `fallback_method_ids` are the contracts that Monext offers where the first ones fail, `page_code` names a
    template of its page, `soft_descriptor` is for the buyer's statement.
    """

    fallback_method_ids: tuple[str, ...] = setting(
        "MONEXT_FALLBACK_METHOD_IDS",
        JsonReader(contract_numbers),
        "contract numbers that Monext offers where the first ones fail, a comma list; not used where a link or a "
        "session chooses the methods",
        otherwise="no second choice",
        factory=tuple[str, ...],
        by_store=MapRule.OPTIONAL,
        group=Group.MONEXT,
        note="Optional: contracts that are offered where the first ones fail, a comma list; code of a template of "
        "Monext's page; text on the buyer's statement; wish for a challenge of 3-D Secure",
    )
    page_code: str | None = setting(
        "MONEXT_PAGE_CODE",
        parsing.text_of_at_most(LONGEST_PAGE_CODE),
        "code of a template of Monext's page",
        otherwise="that of the point of sale",
        by_store=MapRule.OPTIONAL,
        group=Group.MONEXT,
        note="",
    )
    soft_descriptor: str | None = setting(
        "MONEXT_SOFT_DESCRIPTOR",
        parsing.text_of_at_most(LONGEST_DESCRIPTOR),
        "text on the buyer's statement, at most 127 characters; cards ignore it",
        otherwise="that of the contract",
        by_store=MapRule.OPTIONAL,
        group=Group.MONEXT,
        note="",
    )
    challenge: Challenge | None = setting(
        "MONEXT_CHALLENGE",
        parsing.one_of(Challenge),
        "wish for a challenge of 3-D Secure: `NO_PREFERENCE`, `ISSUER_TRA`, `CHALLENGE_REQUESTED`, "
        "`CHALLENGE_MANDATE`, `ACQUIRER_TRA` or `CB_SCORING`",
        otherwise="`NO_PREFERENCE`",
        by_store=MapRule.OPTIONAL,
        group=Group.MONEXT,
        note="",
    )
