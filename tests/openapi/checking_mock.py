"""Runs Prism over Monext's description, and counts what it was asked and what was wrong with it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tests.monext_openapi import VARIABLE
from tests.node_server import NodeServer

NODE = Path(__file__).parent / "node"
EMAIL_AS_PUBLISHED = r"[\\w-\\.]+[\\w+]+@"
EMAIL_FOR_JAVASCRIPT = r"[\\w.-]+[\\w+]+@"
ANY_TYPE, JSON_TYPE = '"*/*"', '"application/json"'
"""The type of most answers, which Prism does not take for one that suits `Accept: application/json`."""


@dataclass(frozen=True, slots=True)
class CheckedRequest:
    """A request, and what in it violates the description."""

    method: str
    path: str
    status: int
    violations: list[str]


class CheckingMock(NodeServer):
    """Monext as its description alone has it."""

    def __init__(self, description: Path, *, log: Path) -> None:
        super().__init__(NODE, str(description), log=log)

    def requests(self) -> list[CheckedRequest]:
        """All requests so far, oldest first."""
        return [CheckedRequest(**each) for each in self.journal("/_journal")["requests"]]


def published_description() -> Path:
    return Path(os.environ[VARIABLE]).resolve()


def corrected_description(folder: Path) -> Path:
    """Write a copy of the description in which Prism can read the pattern for emails and the type of answers."""
    published = published_description().read_text("utf-8")
    assert EMAIL_AS_PUBLISHED in published, "Monext has changed the pattern: is it still to be corrected?"
    corrected = published.replace(EMAIL_AS_PUBLISHED, EMAIL_FOR_JAVASCRIPT).replace(ANY_TYPE, JSON_TYPE)
    copy = folder / "description.json"
    copy.write_text(corrected, "utf-8")
    return copy
