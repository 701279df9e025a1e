"""Writes to records that others write as well: read, decide, write, and on a conflict all of it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from monext_bridge.errors import RemoteUnreachable, VersionConflict

R = TypeVar("R")
W = TypeVar("W")

MOST_TRIES = 10
"""How often one call decides. Twenty writers of one record at the same time stay below it, since most of them find
nothing left to do after a few readings."""


def decide_and_write(
    known: R, step: Callable[[R], W], *, again: Callable[[VersionConflict], R], what: str
) -> W:
    """Return what `step` returns for what is known, or for what was read again after each conflict.

    `step` decides on a reading and writes under its version; it raises VersionConflict where another writer was
    first, or where it finds its reading outdated. `again` reads. Nothing that was decided before a conflict is
    kept. Raises RemoteUnreachable, which names `what`, where every try met a conflict, so that nothing was
    written; and whatever `step` and `again` raise. Follows commercetools' "Optimistic concurrency control".
    """
    for _ in range(MOST_TRIES):
        try:
            return step(known)
        except VersionConflict as conflict:
            known = again(conflict)
    raise RemoteUnreachable(f"{what} is contended; nothing was written", remote="commercetools")


def outdated(what: str) -> VersionConflict:
    """Return the error with which a step says that its reading is outdated, without having written."""
    return VersionConflict(f"{what} has changed since it was read", remote="commercetools", status=409)
