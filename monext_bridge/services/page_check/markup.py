"""Reads from a page's HTML what it loads and runs, as it stands there before any script has run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import urljoin

from monext_bridge.services.page_check.differences import Difference, DifferenceKind, ResourceKind

FOREIGN_ELEMENTS = frozenset(
    {"applet", "base", "embed", "form", "frame", "iframe", "input", "object", "portal", "select", "textarea"}
)
"""Elements that the payment page has not. What is typed is typed into Monext's form, which a script draws."""

HARMLESS_LINKS = frozenset({"icon"})
SCRIPT_SCHEMES = ("javascript:", "vbscript:", "data:text/html")
LINKING = frozenset({"href", "src", "action", "formaction", "xlink:href"})


class PageMarkup(HTMLParser):
    """Holds the addresses of scripts and styles in the order of the page, and the elements that ought not to be."""

    def __init__(self, text: str, *, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.resources: list[tuple[ResourceKind, str]] = []
        self.differences: list[Difference] = []
        self._url = url
        self._inline: tuple[str, list[str]] | None = None
        self.feed(text)
        self.close()
        self._end_inline()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}
        self._look_at_attributes(tag, given)
        if tag == "script":
            self._script(given)
        elif tag == "style":
            self._inline = ("style", [])
        elif tag == "link":
            self._link(given)
        elif tag == "meta" and "http-equiv" in given:
            self._other(f"<meta http-equiv={given['http-equiv']!r}>")
        elif tag in FOREIGN_ELEMENTS:
            self._other(f"<{tag}>{_where(given)}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self._inline:
            self._inline[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._inline and self._inline[0] == tag:
            self._end_inline()

    def _script(self, given: Mapping[str, str]) -> None:
        address = given.get("src") or given.get("href") or given.get("xlink:href")
        if address:
            self.resources.append((ResourceKind.SCRIPT, urljoin(self._url, address)))
        else:
            self._inline = ("script", [])

    def _link(self, given: Mapping[str, str]) -> None:
        relations = set(given.get("rel", "").lower().split())
        if "stylesheet" in relations:
            self.resources.append((ResourceKind.STYLE, urljoin(self._url, given.get("href", ""))))
        elif relations - HARMLESS_LINKS:
            self._other(f"<link rel={given.get('rel', '')!r}>{_where(given)}")

    def _look_at_attributes(self, tag: str, given: Mapping[str, str]) -> None:
        for name, value in given.items():
            plain = "".join(value.split()).lower()
            if name.startswith("on") or (name in LINKING and plain.startswith(SCRIPT_SCHEMES)):
                self._inline_script(f"{name} of <{tag}>", value)

    def _end_inline(self) -> None:
        if self._inline is None:
            return
        tag, pieces = self._inline
        self._inline = None
        if tag == "script":
            self._inline_script("<script>", "".join(pieces))
        else:
            self._other("<style>")

    def _inline_script(self, place: str, text: str) -> None:
        digest = hashlib.sha256(text.encode()).hexdigest()
        said = f"unexpected inline script: {place}, {len(text)} characters, sha256 {digest}"
        self.differences.append(Difference(DifferenceKind.INLINE_SCRIPT, place, said))

    def _other(self, element: str) -> None:
        said = f"unexpected element: {element}"
        self.differences.append(Difference(DifferenceKind.OTHER_ELEMENT, element, said))


def _where(given: Mapping[str, str]) -> str:
    address = next((given[name] for name in ("src", "href", "action", "data") if given.get(name)), "")
    return f" of {address.partition('?')[0]}" if address else ""
