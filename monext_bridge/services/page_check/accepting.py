"""Writes hashes that somebody has looked at into the text of an inventory, and leaves all else as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from monext_bridge.errors import Malformed
from monext_bridge.services.page_check.check import Release, listed
from monext_bridge.services.page_check.differences import Resource
from monext_bridge.services.page_check.inventory import Integrity, Inventory, ListedScript, read_inventory

ENTRY, OTHER_ENTRY = "[[script]]", "[["
WRITTEN = ("sha256", "reviewed")


def accepted(text: str, resources: Iterable[Resource], *, release: Release, today: date) -> str:
    """Returns the text with the hashes of `resources` that it lists by hash, and today as the day of the review.

    What the text does not list stays unknown: who owns it and why it is needed, a person has to write. Raises
    Malformed where the text is laid out so that the hashes can't be written.
    """
    inventory = read_inventory(text)
    hashes = dict(_hashes(resources, inventory=inventory, release=release))
    written = "\n".join((*_lines(text, hashes, today=today), ""))
    if read_inventory(written) != _with(inventory, hashes, today=today):
        raise Malformed("the inventory is laid out differently: write sha256 and reviewed by hand")
    return written


def _hashes(
    resources: Iterable[Resource], *, inventory: Inventory, release: Release
) -> Iterator[tuple[int, str]]:
    """Yields the place of each entry in the inventory whose hash was seen, with that hash."""
    for resource in resources:
        entry = listed(resource, inventory=inventory, release=release)
        if entry and entry.integrity is Integrity.HASH and entry.sha256 != resource.sha256:
            yield inventory.scripts.index(entry), resource.sha256


def _lines(text: str, hashes: Mapping[int, str], *, today: date) -> Iterator[str]:
    place, current = -1, None
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith(OTHER_ENTRY):
            place += stripped.startswith(ENTRY)
            current = hashes.get(place) if stripped.startswith(ENTRY) else None
        if current and stripped.partition("=")[0].strip() in WRITTEN:
            continue
        yield line
        if current and stripped.startswith(ENTRY):
            yield f'sha256 = "{current}"'
            yield f'reviewed = "{today.isoformat()}"'


def _with(inventory: Inventory, hashes: Mapping[int, str], *, today: date) -> Inventory:
    def reviewed(place: int, entry: ListedScript) -> ListedScript:
        if place not in hashes:
            return entry
        return replace(entry, sha256=hashes[place], reviewed=today.isoformat())

    scripts = tuple(reviewed(place, entry) for place, entry in enumerate(inventory.scripts))
    return Inventory(scripts, inventory.headers)
