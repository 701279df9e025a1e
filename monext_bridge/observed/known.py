"""Holds the words of the settings that labels may have; any other word reads `other`."""

from __future__ import annotations

from collections.abc import Iterable

from monext_bridge.observed.catalogue import DEFAULT, NONE, OTHER

METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})


class Known:
    """Knows the stores and hosts of all settings with which this process has built the application."""

    def __init__(self) -> None:
        self._stores, self._hosts = frozenset[str](), frozenset[str]()
        self._one_for_all = False

    def learn(self, *, stores: Iterable[str], hosts: Iterable[str], one_for_all: bool) -> None:
        """Take the stores that settings name, and whether settings hold for every other one as well."""
        self._stores, self._hosts = self._stores.union(stores), self._hosts.union(hosts)
        self._one_for_all = self._one_for_all or one_for_all

    def store(self, key: str | None) -> str:
        if key is None:
            return NONE
        if key in self._stores:
            return key
        return DEFAULT if self._one_for_all else OTHER

    def stores(self) -> frozenset[str]:
        """Return the words that the stores of payments may have, as far as they are known beforehand."""
        return self._stores | ({NONE, DEFAULT} if self._one_for_all else set())

    def host(self, name: str) -> str:
        return name if name in self._hosts else OTHER


def http_method(name: str) -> str:
    return name if name in METHODS else OTHER
