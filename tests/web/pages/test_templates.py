"""What every template must be: parsed, translatable, without inline code, and a well-formed page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bs4 import BeautifulSoup

from monext_bridge.services.results import BuyerStatus
from tests.web.rendered_pages import (
    STATIC,
    TEMPLATES,
    finished_app,
    only_element,
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


def sources() -> dict[str, str]:
    return {relative(path): path.read_text() for path in FILES}


def test_templates_compile() -> None:
    environment = finished_app().jinja_env
    assert all(environment.get_template(relative(path)) for path in FILES)


def test_every_status_has_a_template_and_every_result_template_a_status() -> None:
    found = {path.stem for path in (TEMPLATES / "result").glob("*.html")} - {"page"}

    assert found == {status.value for status in BuyerStatus}


def test_no_inline_code_or_style() -> None:
    inline = re.compile(r"<[^>]+\s(?:on[a-z]+|style)\s*=|<style|javascript:|<script(?![^>]*src=)[^>]*>")
    assert {name: inline.findall(source) for name, source in sources().items() if inline.search(source)} == {}


def test_no_words_outside_translations() -> None:
    told = {name: source for name, source in sources().items() if name not in ENGLISH_ONLY}
    without_words = {name: JINJA.sub("", TRANSLATED.sub("", source)) for name, source in told.items()}
    texts = {name: re.sub(r"<[^>]*>", " ", source) for name, source in without_words.items()}

    words = {name: re.findall(r"[^\W\d_]{2,}", text) for name, text in texts.items()}
    assert {name: found for name, found in words.items() if found} == {}
    assert [name for name, source in without_words.items() if SPOKEN_ATTRIBUTES.search(source)] == []


def test_nothing_is_marked_as_safe_html() -> None:
    marked = re.compile(r"\| *safe|autoescape")
    assert [name for name, source in sources().items() if marked.search(source)] == []


def test_pages_are_well_formed() -> None:
    pages = {name: page() for name, page in PAGES.items()}
    declared = {name: only_element(page, "html").attrs for name, page in pages.items()}

    assert [name for name, at in declared.items() if (at["lang"], at["dir"]) != ("en", "ltr")] == []
    landmarks = ("main", "h1", "title", "header", "footer")
    places = [(name, landmark) for name in PAGES for landmark in landmarks]
    assert [place for place in places if len(pages[place[0]].select(place[1])) != 1] == []


def test_ids_are_unique_and_references_to_them_lead_somewhere() -> None:
    pages = {name: page() for name, page in PAGES.items()}
    ids = {name: Counter(str(tag["id"]) for tag in page.select("[id]")) for name, page in pages.items()}
    named = [
        (n, str(tag["aria-labelledby"])) for n, p in pages.items() for tag in p.select("[aria-labelledby]")
    ]

    assert [(name, id_) for name, found in ids.items() for id_, times in found.items() if times > 1] == []
    assert [(name, id_) for name, id_ in named if id_ not in ids[name]] == []


def test_page_that_changes_says_so_in_a_live_region() -> None:
    pages = {name: page() for name, page in PAGES.items() if name != "redirect"}
    changing = {name for name, page in pages.items() if page.select("template[data-notice]")}
    regions = {name: len(page.select('[role="status"][data-notices]')) for name, page in pages.items()}

    assert regions == {name: int(name in changing) for name in pages}


def test_stylesheet_and_script_stay_small() -> None:
    assert sum((STATIC / name).stat().st_size for name in ("bridge.css", "bridge.js")) < 20_000


def test_stylesheet_works_from_right_to_left() -> None:
    css = (STATIC / "bridge.css").read_text()

    assert not re.findall(
        r"(?:margin|padding|border)-(?:left|right)|text-align: *(?:left|right)|(?:^|[;{ ])(?:left|right):",
        css,
    )
