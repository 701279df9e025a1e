"""What a page shows of a cart has an end, whatever stands in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monext_bridge.domain.record.cart import Address, CartLine, Delivery
from monext_bridge.web.pages.pictures import shown_pictures
from monext_bridge.web.pages.shortening import LONGEST_PICTURE, LONGEST_SHOWN, MOST_LINES, abridged
from tests.web.rendered_pages import cart, eur, started_session, visible_text, widget_page

MUCH = "<&\"'>\N{GRINNING FACE}" * 40_000
LARGEST_PAGE = 150_000
"""Bytes, where each character shown is the costliest to write in HTML."""

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
TOGETHER = {
    "a letter with a mark": "e\N{COMBINING ACUTE ACCENT}",
    "a family": FAMILY,
    "a hand of a colour": "\N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}",
    "a flag": "\N{REGIONAL INDICATOR SYMBOL LETTER F}\N{REGIONAL INDICATOR SYMBOL LETTER R}",
}


def line(number: int, **changes: object) -> CartLine:
    return replace(CartLine(f"sku-{number}", f"Thing {number}", 2, eur(100)), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "Merino jumper", "x" * LONGEST_SHOWN])
def test_an_honest_text_stays_as_it_is(text: str) -> None:
    assert abridged(text) == text


def test_a_long_text_ends_with_an_ellipsis() -> None:
    assert abridged("x" * 200_000) == "x" * LONGEST_SHOWN + "…"


@pytest.mark.parametrize("one", TOGETHER.values(), ids=TOGETHER)
def test_what_a_reader_takes_for_one_character_is_not_cut(one: str) -> None:
    for before in range(LONGEST_SHOWN - len(one), LONGEST_SHOWN):
        cut = abridged("x" * before + one + "y" * 100)
        assert cut in ("x" * before + "…", "x" * before + one + "…")


def test_a_text_of_nothing_but_marks_is_cut_all_the_same() -> None:
    assert len(abridged("\N{COMBINING ACUTE ACCENT}" * 200_000)) == LONGEST_SHOWN + 1


@pytest.mark.parametrize(
    "changes",
    [
        {"lines": tuple(line(number, name=MUCH) for number in range(500))},
        {"deliveries": tuple(Delivery(MUCH, eur(number)) for number in range(500))},
        {
            "deliveries": tuple(
                Delivery("", eur(1), Address(city=f"{n}{MUCH}", country="FR")) for n in range(500)
            )
        },
    ],
    ids=["lines", "deliveries", "towns"],
)
def test_a_page_is_never_large(changes: dict[str, object]) -> None:
    page = widget_page(started_session(cart=cart(**changes)))
    assert len(str(page).encode()) < LARGEST_PAGE


def test_lines_beyond_those_shown_are_counted() -> None:
    shown = visible_text(
        widget_page(started_session(cart=cart(lines=tuple(map(line, range(MOST_LINES + 3))))))
    )
    assert f"Thing {MOST_LINES - 1}" in shown
    assert f"Thing {MOST_LINES}" not in shown
    assert "and 6 more items" in shown


def test_as_many_lines_as_are_shown_leave_none() -> None:
    assert "more item" not in visible_text(
        widget_page(started_session(cart=cart(lines=tuple(map(line, range(MOST_LINES))))))
    )


def test_a_picture_with_a_long_address_is_not_shown() -> None:
    url = "https://images.example.com/".ljust(LONGEST_PICTURE, "x")
    lines = [line(1, picture=url), line(2, picture=url + "x")]
    assert shown_pictures(lines, origins={"https://images.example.com"}) == (url, None)
