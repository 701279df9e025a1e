"""Holds what was read of each setting, for all stores or store by store, before settings are built from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class Readings:
    """Holds what was read of every setting, by its name. `given` are those that have a text or a default."""

    by_name: Mapping[str, ByStore[Any]]
    given: frozenset[str]

    def of(self, name: str, kind: type[T]) -> ByStore[T]:
        """Returns what was read of a setting. Raises AssertionError where its values are of another type."""
        found = self.by_name[name]
        if not all(isinstance(value, kind) for value in found.values()):
            raise AssertionError(f"{name} is no {kind.__name__}")
        return found

    def only(self, names: Iterable[str]) -> Readings:
        """Returns what was read of these settings."""
        chosen = {name: self.by_name[name] for name in names}
        return Readings(chosen, given=self.given & set(chosen))
