"""What a page loads and runs is found however it is written."""

from __future__ import annotations

import pytest

from monext_bridge.services.page_check.differences import DifferenceKind, ResourceKind
from monext_bridge.services.page_check.markup import PageMarkup

URL = "https://pay.example.com/checkout/cart?x"
EVIL = "https://evil.example/a.js"


@pytest.mark.parametrize(
    ("html", "kind", "address"),
    [
        ("<script src=/static/a.js></script>", ResourceKind.SCRIPT, "https://pay.example.com/static/a.js"),
        (f"<SCRIPT SRC='{EVIL}'/>", ResourceKind.SCRIPT, EVIL),
        ("<script src=//evil.example/a.js>", ResourceKind.SCRIPT, EVIL),
        (f"<script src={EVIL}>not run</script>", ResourceKind.SCRIPT, EVIL),
        (f"<svg><script href={EVIL} /></svg>", ResourceKind.SCRIPT, EVIL),
        (f"<script src={EVIL} src=/static/a.js></script>", ResourceKind.SCRIPT, EVIL),
        (f"<link rel='preload StyleSheet' href={EVIL}>", ResourceKind.STYLE, EVIL),
    ],
)
def test_scripts_and_styles_are_found_at_their_whole_address(
    html: str, kind: ResourceKind, address: str
) -> None:
    assert PageMarkup(html, url=URL).resources == [(kind, address)]


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<script>a()</script>", DifferenceKind.INLINE_SCRIPT),
        ("<script>a()", DifferenceKind.INLINE_SCRIPT),
        ("<script type=importmap>{}</script>", DifferenceKind.INLINE_SCRIPT),
        ("<svg onload=a()>", DifferenceKind.INLINE_SCRIPT),
        ("<p OnClick='a()'>", DifferenceKind.INLINE_SCRIPT),
        ("<a href='java&#115;cript:a()'>", DifferenceKind.INLINE_SCRIPT),
        ("<meta http-equiv=refresh content='0;url=https://evil.example'>", DifferenceKind.OTHER_ELEMENT),
        ("<link rel=modulepreload href=/a.js>", DifferenceKind.OTHER_ELEMENT),
        ("<form action=https://evil.example>", DifferenceKind.OTHER_ELEMENT),
        ("<object data=a>", DifferenceKind.OTHER_ELEMENT),
        ("<style>a{}</style>", DifferenceKind.OTHER_ELEMENT),
    ],
)
def test_what_does_not_belong_there_is_a_difference(html: str, kind: DifferenceKind) -> None:
    assert [each.kind for each in PageMarkup(html, url=URL).differences] == [kind]


@pytest.mark.parametrize(
    "html",
    [
        "<!-- <script>a()</script> -->",
        "<p>&lt;script&gt;</p>",
        "<link rel=icon href=/static/icon.svg>",
        "<meta charset=utf-8><meta name=robots content=noindex>",
        "<a href=https://shop.example.com target=_top>",
    ],
)
def test_what_runs_nothing_is_no_difference(html: str) -> None:
    markup = PageMarkup(html, url=URL)
    assert (markup.resources, markup.differences) == ([], [])
