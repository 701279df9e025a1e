"""No page without a look at it in a browser: accessibility, narrow screens and screenshots walk the scenes."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, meta

from monext_bridge.domain.record.cart import NotPayable
from monext_bridge.web.pages.error_words import BY_STATUS
from tests.browser.scenes import ERRORS, NOT_PAYABLE, SCENES

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
UNREACHABLE = {NotPayable.STATE}
"""A state that commercetools does not have yet."""

OTHER_STATUSES = {
    401: "JSON only",
    405: "nobody types another method",
    409: "each reason is a scene of its own",
    502: "the page of 503",
    504: "the page of 503",
}


def test_every_template_is_a_scene() -> None:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"], autoescape=True
    )
    names = set(environment.list_templates(extensions=["html"]))
    parts = {
        part
        for name in names
        for part in meta.find_referenced_templates(environment.parse((TEMPLATES / name).read_text()))
        if part
    }

    assert {scene.template for scene in SCENES.values()} == names - parts


def test_every_reason_not_to_pay_is_a_scene() -> None:
    assert len(NOT_PAYABLE) == len(set(NotPayable) - UNREACHABLE)


def test_every_status_with_words_of_its_own_is_a_scene_or_excused() -> None:
    shown = {int(scene.shows.split('data-error="')[1].rstrip('"]')) for scene in ERRORS.values()}

    assert set(BY_STATUS) - shown <= set(OTHER_STATUSES)
