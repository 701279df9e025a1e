"""The one loop in which every service reads, decides and writes."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from monext_bridge.errors import RemoteTimeout, RemoteUnreachable, VersionConflict
from monext_bridge.services.remotes import decide_and_write, outdated
from monext_bridge.services.remotes.conflicts import MOST_TRIES


@dataclass
class ContendedRecord:
    """A record to which others write `faster` times before our write gets through."""

    faster: int
    version: int = 1
    decided_on: list[int] = field(default_factory=list)

    def read(self, _: VersionConflict) -> int:
        return self.version

    def write(self, version: int) -> str:
        self.decided_on.append(version)
        if self.faster:
            self.faster, self.version = self.faster - 1, self.version + 1
            raise outdated("payment p")
        return f"written on {version}"


def run(record: ContendedRecord) -> str:
    return decide_and_write(1, record.write, again=record.read, what="payment p")


def test_without_a_conflict_nothing_is_read_again() -> None:
    record = ContendedRecord(faster=0)
    assert (run(record), record.decided_on) == ("written on 1", [1])


def test_after_each_conflict_it_decides_on_what_was_read_again() -> None:
    record = ContendedRecord(faster=3)
    assert (run(record), record.decided_on) == ("written on 4", [1, 2, 3, 4])


def test_the_last_try_may_still_succeed_and_after_it_nothing_is_tried() -> None:
    assert run(ContendedRecord(faster=MOST_TRIES - 1)) == f"written on {MOST_TRIES}"
    record = ContendedRecord(faster=MOST_TRIES)
    with pytest.raises(RemoteUnreachable, match="payment p is contended; nothing was written"):
        run(record)
    assert len(record.decided_on) == MOST_TRIES


def test_any_other_error_ends_it_at_once() -> None:
    def lost(_: int) -> str:
        raise RemoteTimeout("no answer", remote="commercetools")

    with pytest.raises(RemoteTimeout):
        decide_and_write(1, lost, again=ContendedRecord(faster=0).read, what="payment p")
