"""Defines what a check of the payment page may find: a resource with its hash, and a difference in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ResourceKind(StrEnum):
    SCRIPT = "script"
    STYLE = "style"


class DifferenceKind(StrEnum):
    """Says what differs, for programs.

    NOT_REVIEWED: the inventory has no hash yet, so nobody can tell whether it changed. OTHER_ELEMENT: the page has an
    element by which something is run, framed, asked for or led away, and which this release does not put there.
    """

    UNKNOWN_RESOURCE = "unknown_resource"
    CHANGED_RESOURCE = "changed_resource"
    NOT_REVIEWED = "not_reviewed"
    MISSING_RESOURCE = "missing_resource"
    INLINE_SCRIPT = "inline_script"
    OTHER_ELEMENT = "other_element"
    HEADER = "header"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Resource:
    """Is a script or style as it was fetched. `sha256` is in hexadecimal digits."""

    address: str
    kind: ResourceKind
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Is one difference. `subject` is an address, a header's name or an element; `text` is for people."""

    kind: DifferenceKind
    subject: str
    text: str
