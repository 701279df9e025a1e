"""Walks the table of docs/security.md over HTTP: each kind of answer has exactly the headers that the table says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.runner import Sandbox
from tests.served_bridge import ServedBridge
from tests.world import World

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "security.md"
SHOP = "https://shop.example.com"
PUBLIC_URL = "https://pay.example.com"
OTHERS = "all others"
SAYS_NOTHING_OF_SAFETY = frozenset(
    {
        "allow",
        "content-length",
        "content-type",
        "content-disposition",
        "date",
        "etag",
        "last-modified",
        "server",
    }
    | {"location", "retry-after", "www-authenticate", "x-correlation-id"}
)
OPENED = re.compile(r"`([a-z-]+)`")


@dataclass(frozen=True, slots=True)
class Kind:
    """One request and the status of its answer. Words in braces are filled in."""

    status: int
    path: str
    method: str = "GET"
    options: Mapping[str, Any] | None = None


KINDS: dict[str, Kind] = {
    "page with the widget": Kind(200, "/checkout/{cart}"),
    "page without": Kind(200, "/result/{ref}"),
    "page that redirects": Kind(200, "/checkout/{cart}?mode=redirect"),
    "redirect": Kind(303, "/checkout/{cart}?mode=direct"),
    "error page": Kind(404, "/nowhere"),
    "`/docs`": Kind(200, "/docs"),
    "JSON": Kind(200, "/result/{ref}", options={"headers": {"Accept": "application/json"}}),
    "JSON error": Kind(401, "/operations/status"),
    "JSON for `SHOP_ORIGINS`": Kind(401, "/payment", "POST", {"json": {}, "headers": {"Origin": SHOP}}),
    "preflight": Kind(204, "/payment", "OPTIONS", {"headers": {"Origin": SHOP}}),
    "no content": Kind(204, "/csp-reports", "POST", {"json": {}}),
    "`/openapi.json`": Kind(200, "/openapi.json"),
    "static file": Kind(200, "/static/bridge.css"),
    "enabler's script": Kind(200, "/static/enabler.js"),
    "theme": Kind(200, "{theme}"),
    "health": Kind(200, "/health"),
    "ready": Kind(200, "/ready"),
    "well-known file": Kind(200, "/.well-known/security.txt"),
}
"""What the document calls a kind of answer, and one of it."""

LIKEWISE: dict[str, list[Kind]] = {
    "error page": [
        Kind(404, "/static/none.css"),
        Kind(405, "/static/bridge.css", "POST"),
        Kind(400, "/checkout/x"),
    ],
    "JSON error": [Kind(404, "/operations/none")],
    "static file": [Kind(200, "/static/bridge.js"), Kind(200, "/static/icon.svg")],
    "well-known file": [Kind(404, "/.well-known/apple-developer-merchantid-domain-association")],
}
"""Others of a kind, which must be the same."""


@dataclass(frozen=True, slots=True)
class Row:
    header: str
    value: str
    kinds: tuple[str, ...]
    why: str


def rows() -> Iterator[Row]:
    lines = DOCUMENT.read_text().partition("| Header | Value | Kinds of answer |")[2].splitlines()[2:]
    for line in lines:
        if not line.startswith("|"):
            return
        header, value, kinds, why = (cell.strip() for cell in line.strip("|").split(" | "))
        yield Row(header.strip("`"), value, tuple(kinds.split(", ")), why)


ROWS = list(rows())
HEADERS = list(dict.fromkeys(row.header for row in ROWS))


@pytest.fixture(scope="module")
def served(sandbox: Sandbox) -> Iterator[ServedBridge]:
    variables = {
        "SHOP_ORIGINS": SHOP,
        "SHOP_COLORS": '{"accent": "#00664f"}',
        "SECURITY_CONTACT": "mailto:security@shop.example.com",
    }
    with ServedBridge(sandbox, public_url=PUBLIC_URL, **variables) as running:
        yield running


def answer(served: ServedBridge, world: World, kind: Kind) -> requests.Response:
    """The answer to one of a kind, at a cart of its own."""
    cart = world.cart()
    page = requests.get(f"{served.url}/checkout/{cart}", timeout=60).text
    (ref,) = set(re.findall(r"/cancel/([\w-]+)", page))
    (theme,) = re.findall(r"/theme/\w+\.css", page)
    path = kind.path.format(cart=cart, ref=ref, theme=theme)
    options = dict(kind.options or {})
    return requests.request(kind.method, f"{served.url}{path}", timeout=60, allow_redirects=False, **options)


def row_for(header: str, kind: str) -> Row | None:
    """The row that says what this kind of answer has; of no row, the header must not come."""
    found = [row for row in ROWS if row.header == header and kind in row.kinds]
    others = [row for row in ROWS if row.header == header and row.kinds == (OTHERS,)]
    every = [row for row in ROWS if row.header == header and row.kinds == ("all",)]
    return next(iter(found or others or every), None)


def is_as_told(given: str | None, row: Row | None, *, base: str) -> bool:
    """Whether a header is as its row says: none, the exact value, or the policy of other pages, opened in parts."""
    if row is None or row.value == "none":
        return given is None
    if row.value.startswith("`"):
        return given == row.value.strip("`")
    opened = set(OPENED.findall(row.value))
    found, closed = directives(given or ""), directives(base)
    return found.keys() == closed.keys() and all(
        set(sources) > set(closed[name]) - {"'none'"} if name in opened else sources == closed[name]
        for name, sources in found.items()
    )


def directives(policy: str) -> dict[str, list[str]]:
    """The sources by directive of a policy, or the origins by feature of the permissions."""
    separator = ";" if ";" in policy else ", "
    parts = (part.replace("=(", " ").strip("()").split() for part in policy.split(separator))
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_answer_has_the_headers_of_the_table(
    name: str, served: ServedBridge, world: World
) -> None:
    for kind in (KINDS[name], *LIKEWISE.get(name, [])):
        got = answer(served, world, kind)
        assert got.status_code == kind.status, kind
        for header in HEADERS:
            row, base = row_for(header, name), row_for(header, "error page")
            told = base.value.strip("`") if base else ""
            assert is_as_told(got.headers.get(header), row, base=told), (
                kind,
                header,
                got.headers.get(header),
            )


@pytest.mark.parametrize("name", KINDS)
def test_no_answer_has_a_header_that_the_table_does_not_know(
    name: str, served: ServedBridge, world: World
) -> None:
    known = {header.lower() for header in HEADERS} | SAYS_NOTHING_OF_SAFETY
    for kind in (KINDS[name], *LIKEWISE.get(name, [])):
        assert {header.lower() for header in answer(served, world, kind).headers} - known == set()


def test_the_table_has_a_reason_for_each_row_and_names_no_kind_that_is_not_walked() -> None:
    assert len(ROWS) > 15
    assert [row for row in ROWS if not row.why] == []
    named = {kind for row in ROWS for kind in row.kinds} - {OTHERS, "all"}
    assert named - set(KINDS) == set()


def test_a_bridge_by_http_asks_for_no_https(sandbox: Sandbox) -> None:
    with ServedBridge(sandbox) as served:
        got = requests.get(f"{served.url}/health", timeout=60)
    assert "Strict-Transport-Security" not in got.headers


def test_a_shop_s_page_that_is_not_known_is_let_read_nothing(served: ServedBridge, world: World) -> None:
    headers = {"Origin": "https://evil.example.com"}
    got = requests.post(f"{served.url}/payment", json={}, headers=headers, timeout=60)
    assert got.headers["Vary"] == "Origin"
    assert not [name for name in got.headers if name.startswith("Access-Control-")]
