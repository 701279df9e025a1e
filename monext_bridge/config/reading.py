"""Reads the environment, setting by setting. Every fault is noted, and none is raised before the end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from monext_bridge.config.names import BY_NAME
from monext_bridge.config.parsing import STORE_KEY, Fault

T = TypeVar("T")
AFTER_NAME = re.compile(r"[:\[]")
"""What follows the setting's name in a fault."""


@dataclass(frozen=True, slots=True)
class ByStore(Generic[T]):
    """Holds a setting that may differ by store.

    `keys` are the stores that its map names; None where it is no map. A value that has a fault is missing,
    and so is the value of a setting that is not given.
    """

    name: str
    every: T | None = None
    by_key: Mapping[str, T] = field(default_factory=dict)
    keys: frozenset[str] | None = None

    def at(self, store_key: str | None) -> T | None:
        """Returns the value for a store that the map names, or the one for all stores; None where there is none."""
        if self.keys is None:
            return self.every
        return self.by_key.get(store_key) if store_key is not None else None

    def values(self) -> tuple[T, ...]:
        every = () if self.every is None else (self.every,)
        return (*every, *self.by_key.values())


class Environment:
    """Reads settings, while `faults` grows. A setting that is empty or blank is not given."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[str] = []

    def fault(self, where: str, what: str) -> None:
        """Notes a fault, once. `where` is a setting's name, or its name and a store."""
        if (line := f"{where}: {what}") not in self.faults:
            self.faults.append(line)

    def sorted_faults(self) -> list[str]:
        """Returns the faults in the order of the table of settings.

        Names that are no settings come last, as they were noted.
        """
        positions = {name: position for position, name in enumerate(BY_NAME)}
        return sorted(self.faults, key=lambda line: positions.get(AFTER_NAME.split(line)[0], len(positions)))

    def given(self, name: str) -> str | None:
        """Returns the text of a setting, or its default. A required setting that is missing is a fault."""
        setting = BY_NAME[name]
        value = self._environ.get(name, "").strip() or setting.default
        if value is None and setting.required:
            self.fault(name, f"is missing ({setting.meaning})")
        return value

    def read(self, name: str, parse: Callable[[str], T]) -> T | None:
        """Returns the value of a setting, or None where it is not given or has a fault."""
        value = self.given(name)
        return None if value is None else self._parsed(name, value, parse)

    def need(self, name: str, parse: Callable[[str], T]) -> T:
        """Returns the value of a setting that is required or has a default.

        A value that has a fault is None in spite of its type. Nobody sees it, since faults end the loading.
        """
        return cast(T, self.read(name, parse))

    def read_by_store(
        self, name: str, parse: Callable[[Any], T], *, is_value: Callable[[Any], bool] = lambda _: False
    ) -> ByStore[T]:
        """Reads a setting that is one value or a JSON map by store. `is_value` tells which JSON objects are values.

        `parse` is given the text, or whatever JSON has in the text's place.
        """
        value = self.given(name)
        if value is None:
            return ByStore(name)
        document = self._document(name, value) if value.startswith("{") else value
        if document is None:
            return ByStore(name)
        if not isinstance(document, dict) or is_value(document):
            return ByStore(name, every=self._parsed(name, document, parse))
        return self._map(name, document, parse)

    def _map(self, name: str, document: Mapping[str, Any], parse: Callable[[Any], T]) -> ByStore[T]:
        keys = [key for key in document if STORE_KEY.fullmatch(key)]
        if not document or len(keys) < len(document):
            self.fault(name, "must name stores by keys of 2 to 190 of A-Z a-z 0-9 _ -")
        parsed = {key: self._parsed(f'{name}["{key}"]', document[key], parse) for key in keys}
        found = {key: value for key, value in parsed.items() if value is not None}
        return ByStore(name, by_key=found, keys=frozenset(keys))

    def _document(self, name: str, value: str) -> dict[str, Any] | None:
        try:
            document = json.loads(value, object_pairs_hook=_each_once)
        except Fault as fault:
            self.fault(name, str(fault))
        except (ValueError, RecursionError):
            self.fault(name, "begins like JSON and is not")
        else:
            return document if isinstance(document, dict) else None
        return None

    def _parsed(self, where: str, value: Any, parse: Callable[[Any], T]) -> T | None:
        try:
            return parse(value)
        except Fault as fault:
            self.fault(where, str(fault))
            return None


def sure(value: T | None) -> T:
    """Returns the value of a setting that was read without a fault, and is required or has a default."""
    if value is None:
        raise AssertionError("a setting without value and without fault")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuses a name that comes twice: JSON allows it, and the last one would win silently."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Fault("has a name twice in one JSON object")
    return found
