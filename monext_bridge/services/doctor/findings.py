"""Says what a check has found: how bad it is, which setting it is about, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Level(StrEnum):
    """Says how bad a finding is. SKIPPED: it could not be looked at; the finding says why."""

    OK = "OK"
    SKIPPED = "SKIPPED"
    WARNING = "WARNING"
    FAULT = "FAULT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Holds one finding. No text of it has a secret, or any part of one.

    `code` never changes from release to release, so that programs may go by it. `setting` is the name of the setting
    to look at, perhaps with a store; None where there is none. `outside` says that something outside was not there:
    a release that is being put in place may still wait for it.
    """

    code: str
    level: Level
    what: str
    setting: str | None = None
    advice: str = ""
    outside: bool = False


def ok(code: str, what: str, *, setting: str | None = None) -> Diagnosis:
    return Diagnosis(code=code, level=Level.OK, what=what, setting=setting)


def skipped(code: str, what: str, *, setting: str | None = None, advice: str = "") -> Diagnosis:
    return Diagnosis(code=code, level=Level.SKIPPED, what=what, setting=setting, advice=advice)


def warning(
    code: str, what: str, *, setting: str | None = None, advice: str, outside: bool = False
) -> Diagnosis:
    return Diagnosis(
        code=code, level=Level.WARNING, what=what, setting=setting, advice=advice, outside=outside
    )


def fault(code: str, what: str, *, setting: str | None, advice: str, outside: bool = False) -> Diagnosis:
    return Diagnosis(code=code, level=Level.FAULT, what=what, setting=setting, advice=advice, outside=outside)


def for_release(found: Iterable[Diagnosis]) -> tuple[Diagnosis, ...]:
    """Return the findings as a deployment goes by them: what is not there outside does not stop it."""
    return tuple(
        replace(each, level=Level.WARNING) if each.outside and each.level is Level.FAULT else each
        for each in found
    )
