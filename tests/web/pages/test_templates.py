"""What every template must be: parsed, translatable, without inline code, and a well-formed page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from monext_bridge.services.results import BuyerStatus
from tests.web.rendered_pages import (
    STATIC,
    TEMPLATES,
    finished_app,
    payment_result,
    redirect_page,
    result_page,
    widget_page,
)

FILES = sorted(TEMPLATES.rglob("*.html"))
PAGES: dict[str, Callable[[], BeautifulSoup]] = {
    "widget": widget_page,
    "redirect": redirect_page,
    **{status.value: lambda status=status: result_page(payment_result(status)) for status in BuyerStatus},  # type: ignore[misc]
}
ENGLISH_ONLY = {"docs.html"}
"""For developers, not for buyers."""

TRANSLATED = re.compile(r"{%-?\s*trans\b.*?{%-?\s*endtrans\s*-?%}", re.DOTALL)
JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
SPOKEN_ATTRIBUTES = re.compile(r'\b(?:title|alt|placeholder|aria-label|aria-description)="[^"]*[A-Za-z]')


def relative(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@pytest.fixture(params=FILES, ids=relative)
def source(request: pytest.FixtureRequest) -> str:
    path: Path = request.param
    return path.read_text()


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_template_compiles(path: Path) -> None:
    assert finished_app().jinja_env.get_template(relative(path))


def test_every_status_has_a_template_and_every_result_template_a_status() -> None:
    found = {path.stem for path in (TEMPLATES / "result").glob("*.html")} - {"page"}

    assert found == {status.value for status in BuyerStatus}


def test_no_inline_code_or_style(source: str) -> None:
    assert not re.search(r"<[^>]+\s(?:on[a-z]+|style)\s*=", source)
    assert not re.search(r"<style|javascript:", source)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))


@pytest.mark.parametrize("path", [p for p in FILES if relative(p) not in ENGLISH_ONLY], ids=relative)
def test_no_words_outside_translations(path: Path) -> None:
    without_words = JINJA.sub("", TRANSLATED.sub("", path.read_text()))
    text = re.sub(r"<[^>]*>", " ", without_words)

    assert not re.findall(r"[^\W\d_]{2,}", text)
    assert not SPOKEN_ATTRIBUTES.search(without_words)


def test_nothing_is_marked_as_safe_html(source: str) -> None:
    assert "|safe" not in source.replace(" ", "")
    assert "autoescape" not in source


@pytest.mark.parametrize("name", PAGES)
def test_page_is_well_formed(name: str) -> None:
    page = PAGES[name]()

    assert page.html is not None
    assert page.html["lang"] == "en"
    assert page.html["dir"] == "ltr"
    for landmark in ("main", "h1", "title", "header", "footer"):
        assert len(page.select(landmark)) == 1, landmark


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique_and_references_to_them_lead_somewhere(name: str) -> None:
    page = PAGES[name]()
    ids = Counter(str(tag["id"]) for tag in page.select("[id]"))

    assert [name for name, times in ids.items() if times > 1] == []
    assert {str(tag["aria-labelledby"]) for tag in page.select("[aria-labelledby]")} <= set(ids)


@pytest.mark.parametrize("name", ["widget", *(status.value for status in BuyerStatus)])
def test_page_that_changes_says_so_in_a_live_region(name: str) -> None:
    page = PAGES[name]()
    notices = page.select("template[data-notice]")

    assert len(page.select('[role="status"][data-notices]')) == (1 if notices else 0)


def test_stylesheet_and_script_stay_small() -> None:
    assert sum((STATIC / name).stat().st_size for name in ("bridge.css", "bridge.js")) < 20_000


def test_stylesheet_works_from_right_to_left() -> None:
    css = (STATIC / "bridge.css").read_text()

    assert not re.findall(
        r"(?:margin|padding|border)-(?:left|right)|text-align: *(?:left|right)|(?:^|[;{ ])(?:left|right):",
        css,
    )
