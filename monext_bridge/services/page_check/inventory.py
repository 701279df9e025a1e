"""Reads the inventory of the payment page: a TOML file that people and the program read."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from monext_bridge.errors import Malformed
from monext_bridge.services.page_check.differences import ResourceKind

OWN_INVENTORY = Path(__file__).with_name("inventory.toml")
"""The inventory that comes with this release."""

OF_RELEASE, ANY_VALUE = "release", "any"
"""What may stand for the value of a header."""


class Integrity(StrEnum):
    """Says how it is assured that a script is the one that was looked at."""

    RELEASE = "release"
    HASH = "hash"
    HOST = "host"


class LoadedBy(StrEnum):
    PAGE = "page"
    WIDGET = "widget"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedScript:
    """Is one script or style. `sha256` is in hexadecimal digits, and empty where nobody has looked at it yet."""

    address: str
    kind: ResourceKind
    owner: str
    reason: str
    integrity: Integrity
    loaded_by: LoadedBy
    optional: bool = False
    environment: str = ""
    method: str = ""
    sha256: str = ""
    reviewed: str = ""

    def counts_for(self, environment: str, *, methods: Collection[str]) -> bool:
        """Tells whether a page of this environment has it, which may offer `methods`; none named means all."""
        return self.environment in ("", environment) and (not methods or self.method in ("", *methods))

    def is_at(self, address: str, *, places: Mapping[str, str]) -> bool:
        """Tells whether it is the one at that address. `places` are what the words in braces stand for."""
        return fnmatchcase(address, self.at(places).replace("[", "[[]"))

    def at(self, places: Mapping[str, str]) -> str:
        """Returns its address with the words in braces replaced."""
        found = self.address
        for word, place in places.items():
            found = found.replace(f"{{{word}}}", place)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedHeader:
    name: str
    reason: str
    value: str


@dataclass(frozen=True, slots=True)
class Inventory:
    scripts: tuple[ListedScript, ...]
    headers: tuple[ListedHeader, ...]


Entry = TypeVar("Entry", ListedScript, ListedHeader)


def read_inventory(text: str) -> Inventory:
    """Returns the inventory that a file holds. Raises Malformed, which names the entry at fault."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(f"the inventory is no TOML: {error}") from error
    if set(document) - {"script", "header"}:
        raise Malformed("the inventory has [[script]] and [[header]], and nothing else")
    scripts, headers = document.get("script", []), document.get("header", [])
    return Inventory(
        tuple(_entry(each, ListedScript) for each in scripts),
        tuple(_entry(each, ListedHeader) for each in headers),
    )


def _entry(given: Mapping[str, Any], kind: type[Entry]) -> Entry:
    """Returns an entry whose members all have a name and a type that the kind knows."""
    types = get_type_hints(kind)
    name = given.get("address") or given.get("name") or "an entry without a name"
    needed = {each.name for each in fields(kind) if each.default is MISSING}
    if wrong := (set(given) - set(types)) | (needed - set(given)):
        raise Malformed(f"{name}: missing or unknown in the inventory: {', '.join(sorted(wrong))}")
    try:
        return kind(**{member: _typed(value, types[member]) for member, value in given.items()})
    except ValueError as error:
        raise Malformed(f"{name}: {error}") from error


def _typed(value: Any, wanted: Any) -> Any:
    if not isinstance(value, bool if wanted is bool else str):
        raise ValueError(f"{value!r} has not the right type")
    return wanted(value)
