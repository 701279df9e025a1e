"""Says what a fact about the remotes is, and what was found out about one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

LONGEST_EVIDENCE = 80


class FactState(StrEnum):
    """Says what is known of a fact now."""

    HOLDS = "holds"
    DIFFERS = "differs"
    NOT_FOUND_OUT = "not found out"


@dataclass(frozen=True, slots=True)
class Fact:
    """Describes a fact: what the bridge relies on, how it is found out, and what to do where it differs."""

    says: str
    how: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class FoundOut:
    """Holds what was found out about a fact. `evidence` is short, and has no secret and no personal data."""

    verdict: FactState
    evidence: str = ""


TELL = "Tell the developers: send them this file."

Found = Iterator[tuple[str, FoundOut]]
"""What is found out, by the ids of the facts."""


def known(holds: bool, evidence: object) -> FoundOut:
    """Return the verdict, with the evidence shortened."""
    return FoundOut(FactState.HOLDS if holds else FactState.DIFFERS, str(evidence)[:LONGEST_EVIDENCE])


def open_still(evidence: object) -> FoundOut:
    """Return that nothing is known, with the reason shortened."""
    return FoundOut(FactState.NOT_FOUND_OUT, str(evidence)[:LONGEST_EVIDENCE])
