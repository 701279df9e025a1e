"""Compares the headers of the live page with those that this release sends, and policies directive by directive."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from monext_bridge.services.page_check.differences import Difference, DifferenceKind
from monext_bridge.services.page_check.inventory import ANY_VALUE, OF_RELEASE, Inventory, ListedHeader

NONCE = re.compile(r"'nonce-[^']*'")
ANY_NONCE = "'nonce-…'"
"""Stands for a nonce, which is another one in each answer. Two of them in a directive are still two."""

POLICIES = frozenset({"content-security-policy", "content-security-policy-report-only"})
WATCHED = frozenset(
    {"document-policy", "feature-policy", "link", "location", "nel", "refresh", "report-to", "set-cookie"}
    | {"service-worker-allowed", "sourcemap", "x-sourcemap"}
)
"""Headers that could load something, lead away, mark or report. Proxies add others, which do no harm."""

WATCHED_BEGINNINGS = ("access-control-", "content-security-", "cross-origin-")


def header_differences(
    live: Mapping[str, str], *, release: Mapping[str, str], inventory: Inventory
) -> Iterator[Difference]:
    """Yields what differs. The names in `live` and `release` are in lower case."""
    for header in inventory.headers:
        name = header.name.lower()
        wanted = release.get(name) if header.value == OF_RELEASE else header.value
        if wanted != ANY_VALUE:
            yield from _one(header, live.get(name), wanted)
    listed = {header.name.lower() for header in inventory.headers}
    for name in sorted(set(live) - listed):
        if name in WATCHED or name.startswith(WATCHED_BEGINNINGS):
            yield _header(name, f"unexpected header: {name}, which the inventory does not list")


def _one(header: ListedHeader, live: str | None, wanted: str | None) -> Iterator[Difference]:
    name = header.name
    if live is None and wanted is not None:
        yield _header(name, f"missing header: {name} ({header.reason})")
    elif live is not None and wanted is None:
        yield _header(name, f"unexpected header: {name}, which this release does not send")
    elif live is not None and wanted is not None:
        if name.lower() in POLICIES:
            yield from _policy(name, live, wanted)
        elif live != wanted:
            yield _header(name, f"other header: {name} is {live!r} and should be {wanted!r}")


def _policy(name: str, live: str, wanted: str) -> Iterator[Difference]:
    given, expected = _directives(live), _directives(wanted)
    for directive, sources in expected.items():
        if directive not in given:
            yield _of_policy(name, directive, "is missing, so that it forbids nothing")
            continue
        if more := given[directive] - sources:
            yield _of_policy(name, directive, f"is loosened or other: also {_shown(more)}")
        elif less := sources - given[directive]:
            yield _of_policy(name, directive, f"lacks {_shown(less)}")
    for directive in given.keys() - expected.keys():
        yield _of_policy(name, directive, f"is not of this release: {_shown(given[directive])}")


def _directives(policy: str) -> dict[str, Counter[str]]:
    """Returns the sources by directive. Of a directive that comes twice browsers read the first."""
    found: dict[str, Counter[str]] = {}
    for part in NONCE.sub(ANY_NONCE, policy).split(";"):
        directive, *sources = part.split() or [""]
        if directive:
            found.setdefault(directive.lower(), Counter(sources))
    return found


def _shown(sources: Counter[str]) -> str:
    return " ".join(sorted(sources.elements())) or "nothing"


def _header(name: str, text: str) -> Difference:
    return Difference(DifferenceKind.HEADER, name, text)


def _of_policy(name: str, directive: str, text: str) -> Difference:
    return Difference(DifferenceKind.POLICY, f"{name} {directive}", f"{name}: {directive} {text}")
