"""Holds the words of the settings that labels may have; any other word reads `other`."""

from __future__ import annotations

from collections.abc import Iterable

from monext_bridge.observed.catalogue import NONE, OTHER

METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})


class Known:
    """Knows the stores and hosts of all settings with which this process has built the application."""

    def __init__(self) -> None:
        self._stores, self._hosts = frozenset[str](), frozenset[str]()

    def learn(self, *, stores: Iterable[str], hosts: Iterable[str]) -> None:
        self._stores, self._hosts = self._stores.union(stores), self._hosts.union(hosts)

    def store(self, key: str | None) -> str:
        if key is None:
            return NONE
        return key if key in self._stores else OTHER

    def host(self, name: str) -> str:
        return name if name in self._hosts else OTHER


def http_method(name: str) -> str:
    return name if name in METHODS else OTHER
