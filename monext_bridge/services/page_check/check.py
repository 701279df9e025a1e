"""Fetches the live payment page with what it loads, and says how it differs from the inventory and this release."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from monext_bridge.errors import PageNotFetched
from monext_bridge.gateways.live_page import LiveAnswer, fetch_page, fetch_subresource, is_fetchable
from monext_bridge.services.page_check.differences import Difference, DifferenceKind, Resource, ResourceKind
from monext_bridge.services.page_check.header_differences import header_differences
from monext_bridge.services.page_check.inventory import Integrity, Inventory, ListedScript, LoadedBy
from monext_bridge.services.page_check.markup import PageMarkup

MOST_RESOURCES = 40
"""Scripts and styles of one page that are fetched. The page of this release has five."""

LOCAL = "http://"
PAGE_STATUS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Is what this release would serve as the page, with the settings of one store.

    The names of `headers` are in lower case. `content` returns the bytes behind an address below `public_url`, None
    where there is nothing. `methods` are those that may be offered; none named means all.
    """

    public_url: str
    widget_url: str
    environment: str
    methods: Collection[str]
    headers: Mapping[str, str]
    content: Callable[[str], bytes | None]

    @property
    def places(self) -> Mapping[str, str]:
        """Returns what the words in braces stand for in addresses of the inventory."""
        return {"bridge": self.public_url, "widget": self.widget_url}


@dataclass(frozen=True, slots=True)
class SeenPage:
    """Is the page as it was fetched. `not_fetched` says in words what could not be looked at."""

    markup: PageMarkup
    headers: Mapping[str, str]
    resources: tuple[Resource, ...]
    not_fetched: tuple[str, ...]


def see_page(url: str) -> SeenPage:
    """Fetches the page and all that it loads. Raises PageNotFetched where there is no page to look at.

    May be repeated; but opening a link to a checkout begins or resumes a payment.
    """
    answer = fetch_page(url)
    if answer.status != PAGE_STATUS:
        raise PageNotFetched(f"the page answered with {answer.status}, and a payment page with {PAGE_STATUS}")
    markup = PageMarkup(answer.content.decode("utf-8", "replace"), url=url)
    resources, not_fetched = _fetched(dict.fromkeys(markup.resources), local=url.startswith(LOCAL))
    return SeenPage(markup, answer.headers, resources, not_fetched)


def compare_page(page: SeenPage, *, inventory: Inventory, release: Release) -> tuple[Difference, ...]:
    """Returns each difference between the page and what inventory and release say of it."""
    return (
        *_of_resources(page.resources, inventory=inventory, release=release),
        *_unknown(page, inventory=inventory, release=release),
        *_missing(page.markup.resources, inventory=inventory, release=release),
        *page.markup.differences,
        *header_differences(page.headers, release=release.headers, inventory=inventory),
    )


def _fetched(
    addresses: Iterable[tuple[ResourceKind, str]], *, local: bool
) -> tuple[tuple[Resource, ...], tuple[str, ...]]:
    resources, failures = [], []
    for number, (kind, address) in enumerate(addresses):
        try:
            if number >= MOST_RESOURCES:
                raise PageNotFetched(f"{address}: more than {MOST_RESOURCES} scripts and styles")
            resources.append(_resource(kind, address, _subresource(address, local=local)))
        except PageNotFetched as error:
            failures.append(str(error))
    return tuple(resources), tuple(failures)


def _subresource(address: str, *, local: bool) -> LiveAnswer:
    """Fetches what a page loads. Only a page of this machine makes us call this machine."""
    if not local and address.startswith(LOCAL) and is_fetchable(address):
        raise PageNotFetched(f"{address}: a page of another machine loads from this one")
    answer = fetch_subresource(address)
    if answer.status != PAGE_STATUS:
        raise PageNotFetched(f"{address.partition('?')[0]}: answered with {answer.status}")
    return answer


def _resource(kind: ResourceKind, address: str, answer: LiveAnswer) -> Resource:
    return Resource(address, kind, hashlib.sha256(answer.content).hexdigest(), len(answer.content))


def listed(resource: Resource, *, inventory: Inventory, release: Release) -> ListedScript | None:
    """Returns the entry of the inventory for a resource of the page."""
    for entry in _entries(inventory, release):
        if entry.kind is resource.kind and entry.is_at(resource.address, places=release.places):
            return entry
    return None


def _entries(inventory: Inventory, release: Release) -> Iterator[ListedScript]:
    """Yields the entries of what stands in a page of this release; what the widget loads by itself does not."""
    for entry in inventory.scripts:
        if entry.loaded_by is LoadedBy.PAGE and entry.counts_for(
            release.environment, methods=release.methods
        ):
            yield entry


def _of_resources(
    resources: Iterable[Resource], *, inventory: Inventory, release: Release
) -> Iterator[Difference]:
    for resource in resources:
        entry = listed(resource, inventory=inventory, release=release)
        wanted = _wanted(entry, resource, release=release) if entry else None
        named, sha256 = f"{resource.kind} {resource.address}", resource.sha256
        if entry is None:
            text = f"unknown {named}, sha256 {sha256}"
            yield Difference(DifferenceKind.UNKNOWN_RESOURCE, resource.address, text)
        elif entry.integrity is Integrity.HASH and not wanted:
            text = f"not reviewed yet: {named}, sha256 {sha256}"
            yield Difference(DifferenceKind.NOT_REVIEWED, resource.address, text)
        elif entry.integrity is not Integrity.HOST and wanted != sha256:
            text = f"changed {named}: sha256 {sha256}, and {wanted or 'nothing of this release'} was expected"
            yield Difference(DifferenceKind.CHANGED_RESOURCE, resource.address, text)


def _unknown(page: SeenPage, *, inventory: Inventory, release: Release) -> Iterator[Difference]:
    """Yields what is not in the inventory and could not be fetched: that it stands in the page is enough."""
    fetched = {(each.kind, each.address) for each in page.resources}
    for kind, address in dict.fromkeys(page.markup.resources):
        unseen = Resource(address, kind, "", 0)
        if (kind, address) not in fetched and not listed(unseen, inventory=inventory, release=release):
            text = f"unknown {kind} {address}, which could not be fetched"
            yield Difference(DifferenceKind.UNKNOWN_RESOURCE, address, text)


def _wanted(entry: ListedScript, resource: Resource, *, release: Release) -> str:
    """Returns the hash that the resource should have, empty where nobody knows it."""
    if entry.integrity is not Integrity.RELEASE:
        return entry.sha256
    content = release.content(resource.address)
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _missing(
    found: Collection[tuple[ResourceKind, str]], *, inventory: Inventory, release: Release
) -> Iterator[Difference]:
    for entry in _entries(inventory, release):
        there = any(kind is entry.kind and entry.is_at(at, places=release.places) for kind, at in found)
        if not entry.optional and not there:
            address = entry.at(release.places)
            text = f"missing {entry.kind} {address} ({entry.reason})"
            yield Difference(DifferenceKind.MISSING_RESOURCE, address, text)
