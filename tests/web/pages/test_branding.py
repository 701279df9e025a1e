"""The looks of a shop: on every page, within the content security policy, and right without."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import fields

import pytest
from bs4 import BeautifulSoup

from monext_bridge.config import Palette, ShopLink
from monext_bridge.config.colors import colors
from monext_bridge.services.results import BuyerStatus
from monext_bridge.web.pages.branding import KEPT, LABELS, PLAIN, Link, PageBranding, sheet_name, stylesheet
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, InProcess
from tests.web.rendered_pages import (
    HOSTILE,
    STATIC,
    only_element,
    payment_result,
    redirect_page,
    result_page,
    visible_text,
    widget_page,
)
from tests.world import World

LOGO = "https://images.example.com/logo.svg?v=2"
SHOP_PAGES = {kind: f"https://shop.example.com/{kind}" for kind in ShopLink}
DRESSED = PageBranding(
    name="Maison",
    logo=LOGO,
    theme="/theme/0123456789abcdef.css",
    links=tuple(Link(LABELS[kind], url) for kind, url in SHOP_PAGES.items()),
)
PAYING: dict[str, Callable[[PageBranding], BeautifulSoup]] = {
    "widget": lambda branding: widget_page(branding=branding),
    "redirect": lambda branding: redirect_page(branding=branding),
}
AFTERWARDS: dict[str, Callable[[PageBranding], BeautifulSoup]] = {
    status.value: lambda branding, status=status: result_page(payment_result(status), branding=branding)  # type: ignore[misc]
    for status in BuyerStatus
}
PAGES = PAYING | AFTERWARDS
GREEN = {"accent": "#0b6e4f"}
SETTINGS = {
    "SHOP_NAME": json.dumps({"fr-store": "Maison", "de-store": "Haus"}),
    "SHOP_LOGO": LOGO,
    "SHOP_COLORS": json.dumps({"fr-store": GREEN}),
    "SHOP_LINKS": json.dumps({"fr-store": {"terms": "https://shop.example.com/cgv"}}),
    "FRAME_ANCESTORS": json.dumps({"fr-store": "https://fr.example.com,https://www.example.com"}),
}
FOR_ALL = {
    "SHOP_NAME": "Maison",
    "SHOP_COLORS": json.dumps(GREEN),
    "FRAME_ANCESTORS": "https://shop.example.com",
}


def on_every_page(branding: PageBranding) -> dict[str, BeautifulSoup]:
    return {name: page(branding) for name, page in PAGES.items()}


@pytest.fixture
def dressed(sandbox: Sandbox, world: World) -> Buyer:
    """A buyer at a bridge whose stores have different looks."""
    return Buyer(InProcess(sandbox, variables=SETTINGS))


def policy(answer: Answer) -> dict[str, str]:
    """The content security policy, by directive."""
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, _, sources in parts}


def name_on(answer: Answer) -> str:
    return only_element(answer.page, "header").get_text(strip=True) or str(
        only_element(answer.page, "header img")["alt"]
    )


# --- on the page


def test_logo_has_its_room_and_the_shops_name_as_its_text() -> None:
    logos = {name: only_element(page, "header img").attrs for name, page in on_every_page(DRESSED).items()}
    wanted = {"src": LOGO, "alt": "Maison", "width": "160", "height": "40"}

    assert {name: logo for name, logo in logos.items() if not wanted.items() <= logo.items()} == {}


def test_without_a_logo_the_name_stands_there() -> None:
    pages = on_every_page(PageBranding(name="Maison"))

    assert [name for name, page in pages.items() if page.select("header img")] == []
    heads = {name: only_element(page, "header").get_text(strip=True) for name, page in pages.items()}
    assert heads == dict.fromkeys(PAGES, "Maison")


def test_every_page_says_who_sells_and_who_handles_the_payment() -> None:
    feet = {
        name: visible_text(BeautifulSoup(str(only_element(page, "footer")), "html.parser"))
        for name, page in on_every_page(DRESSED).items()
    }
    told = "Payments are handled by Monext. Card details never reach the shop."

    assert {name: foot for name, foot in feet.items() if "Seller: Maison" not in foot} == {}
    assert {name for name, foot in feet.items() if told in foot} == set(AFTERWARDS)
    assert {n for n, page in on_every_page(DRESSED).items() if visible_text(page).count(told) != 1} == set()


@pytest.mark.parametrize("name", PAYING)
def test_payment_page_says_beside_the_form_who_handles_the_card(name: str) -> None:
    assert only_element(PAYING[name](DRESSED), ".payment .trust")


def test_page_of_no_shop_is_a_page() -> None:
    pages = on_every_page(PLAIN)

    assert [name for name, page in pages.items() if page.select("header, footer nav, img")] == []
    assert {n for n, page in pages.items() if stylesheets(page) != ["/static/bridge.css"]} == set()
    assert [name for name, page in pages.items() if "Seller" in page.get_text()] == []


def stylesheets(page: BeautifulSoup) -> list[str]:
    return [str(link["href"]) for link in page.select("head link[rel=stylesheet]")]


def test_colours_come_after_our_stylesheet() -> None:
    sheets = {name: stylesheets(page) for name, page in on_every_page(DRESSED).items()}

    assert {name: s for name, s in sheets.items() if s != ["/static/bridge.css", DRESSED.theme]} == {}


def test_links_of_the_shop_stand_at_the_foot_in_their_order() -> None:
    words = [
        "Terms and conditions",
        "Privacy policy",
        "Legal notice",
        "Returns and cancellations",
        "Contact us",
    ]
    wanted = list(zip(SHOP_PAGES.values(), words, strict=True))
    links = {name: links_at_the_foot(page) for name, page in on_every_page(DRESSED).items()}

    assert {name: found for name, found in links.items() if found != wanted} == {}


def links_at_the_foot(page: BeautifulSoup) -> list[tuple[str, str]]:
    """The address and the text of each, without what is said for screen readers."""
    links = page.select("footer nav a")
    return [(str(link["href"]), str(link.find(string=True, recursive=False)).strip()) for link in links]


@pytest.mark.parametrize("name", PAYING)
def test_from_a_page_that_takes_a_payment_they_open_a_new_tab_and_say_so(name: str) -> None:
    for link in PAYING[name](DRESSED).select("footer nav a"):
        assert (link["target"], link["rel"]) == ("_blank", ["noopener"])
        assert link.get_text().endswith("(opens in a new tab)")


@pytest.mark.parametrize("name", AFTERWARDS)
def test_afterwards_they_take_the_place_of_the_page(name: str) -> None:
    for link in AFTERWARDS[name](DRESSED).select("footer nav a"):
        assert link["target"] == "_top"
        assert "new tab" not in link.get_text()


def test_every_kind_of_link_has_a_label() -> None:
    assert set(LABELS) == set(ShopLink)


def test_looks_are_text_not_html() -> None:
    hostile = PageBranding(
        name=HOSTILE, logo=f"https://x.example.com/{HOSTILE}", links=(Link(LABELS[ShopLink.TERMS], HOSTILE),)
    )

    assert len(widget_page(branding=hostile).select("script")) == 2


def test_receipt_names_the_shop() -> None:
    page = result_page(payment_result(BuyerStatus.PAID))

    assert visible_text(BeautifulSoup(str(only_element(page, "header")), "html.parser")) == "Shop"
    assert (
        visible_text(BeautifulSoup(str(only_element(page, "footer p:not(.trust)")), "html.parser"))
        == "Seller: Shop"
    )


# --- the stylesheet of the colours


def test_stylesheet_sets_every_colour_of_ours_light_and_dark() -> None:
    ours = (STATIC / "bridge.css").read_text()
    wanted = {f"--{each.name.replace('_', '-')}" for each in fields(Palette)}
    light, dark = re.findall(r":root\{([^}]*)\}", stylesheet(colors(GREEN)))

    for block in (light, dark):
        assert {entry.partition(":")[0] for entry in block.split(";")} == wanted
    assert wanted <= set(re.findall(r"--[a-z-]+", ours))


def test_colours_that_are_ours_are_those_of_our_stylesheet() -> None:
    light, dark = re.findall(r":root \{(.*?)\}", (STATIC / "bridge.css").read_text(), re.DOTALL)
    found = colors(GREEN)
    for block, palette in ((light, found.light), (dark, found.dark)):
        said = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", block))
        for name in ("ground", "surface", "text", "muted", "line", "done", "waiting", "stopped"):
            written = (
                said[name] if len(said[name]) == 7 else "#" + "".join(2 * digit for digit in said[name][1:])
            )
            assert getattr(palette, name) == written, name


def test_other_colours_have_another_address() -> None:
    assert sheet_name(colors(GREEN)) == sheet_name(colors(dict(GREEN)))
    assert sheet_name(colors(GREEN)) != sheet_name(colors({"accent": "#8a1538"}))


def test_colours_are_served_as_a_stylesheet_to_be_kept_for_good(dressed: Buyer, world: World) -> None:
    address = str(dressed.checkout(world.cart()).page.select("head link[rel=stylesheet]")[1]["href"])
    before = len(world.calls("commercetools"))
    answer = dressed.get(address)

    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert answer.headers["Cache-Control"] == KEPT
    assert GREEN["accent"] in answer.text
    assert len(world.calls("commercetools")) == before


@pytest.mark.parametrize("name", ["0123456789abcdef", "x", "..%2f..%2fapp"])
def test_colours_that_nobody_has_are_not_found_and_not_kept(name: str, dressed: Buyer) -> None:
    answer = dressed.get(f"/theme/{name}.css")

    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "no-store"


# --- by store, and what the headers say


def test_each_store_wears_its_own(dressed: Buyer, world: World) -> None:
    french, german = dressed.checkout(world.cart()), dressed.checkout(world.cart("german-store"))

    assert (name_on(french), name_on(german)) == ("Maison", "Haus")
    assert "https://shop.example.com/cgv" in french.text
    assert not german.page.select("footer nav, head link[href^='/theme/']")


def test_logo_and_colours_need_no_exception_in_the_policy(dressed: Buyer, world: World) -> None:
    said = policy(dressed.checkout(world.cart(), mode="redirect"))

    assert said["style-src"] == "'self'"
    assert said["img-src"] == "'self' data: https://images.example.com"


def test_without_a_logo_no_other_host_may_show_images(buyer: Buyer, world: World) -> None:
    assert policy(buyer.checkout(world.cart(), mode="redirect"))["img-src"] == "'self' data:"


def test_the_stores_frame_may_hold_each_of_its_pages(dressed: Buyer, world: World) -> None:
    paying = dressed.start(world.cart())
    for answer in (
        paying.answer,
        dressed.opens_result(paying),
        dressed.get(f"/return/{paying.ref}?paylinetoken=0"),
    ):
        assert policy(answer)["frame-ancestors"] == "https://fr.example.com https://www.example.com"
        assert "X-Frame-Options" not in answer.headers


def test_nobody_else_may_frame_anything(dressed: Buyer, world: World) -> None:
    for answer in (
        dressed.checkout(world.cart("german-store")),
        dressed.get("/nowhere"),
        dressed.get("/docs"),
    ):
        assert policy(answer)["frame-ancestors"] == "'none'"
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_error_of_a_known_payment_wears_its_stores_looks(dressed: Buyer, world: World) -> None:
    paying = dressed.start(world.cart())
    world.fault(remote="commercetools", path="/carts/", action="status", code=503, times=0)

    answer = dressed.opens_result(paying)
    assert (answer.status, name_on(answer)) == (503, "Maison")


def test_error_without_a_store_wears_what_holds_for_all(sandbox: Sandbox, world: World) -> None:
    buyer = Buyer(InProcess(sandbox, variables=FOR_ALL))

    for path, status in (("/nowhere", 404), (f"/checkout/{world.cart('empty')}", 409), ("/result/x", 400)):
        answer = buyer.get(path)
        assert (answer.status, name_on(answer)) == (status, "Maison")
        assert policy(answer)["frame-ancestors"] == "https://shop.example.com"


def test_error_without_a_store_wears_nothing_of_a_map(dressed: Buyer) -> None:
    for path in ("/nowhere", "/checkout/no-id"):
        answer = dressed.get(path)
        assert not answer.page.select("header, footer nav")


def test_cart_that_can_not_be_paid_wears_its_stores_looks(dressed: Buyer, world: World) -> None:
    answer = dressed.checkout(world.cart("empty"))
    assert (answer.status, name_on(answer)) == (409, "Maison")


def test_cart_that_can_not_be_paid_leads_back_to_the_shop(sandbox: Sandbox, world: World) -> None:
    asked = f"{sandbox.shop_url}/basket"
    ways: list[tuple[dict[str, str], str]] = [
        ({}, f"{sandbox.shop_url}/cancelled"),
        ({"cancelUrl": asked}, asked),
    ]
    for query, home in ways:
        answer = Buyer(InProcess(sandbox)).checkout(world.cart("empty"), **query)
        assert only_element(answer.page, "#shop")["href"] == home


def test_cart_that_can_not_be_paid_leads_back_to_its_own_store(sandbox: Sandbox, world: World) -> None:
    pages = {store: f"{sandbox.shop_url}/{store}" for store in ("fr-store", "de-store")}
    buyer = Buyer(InProcess(sandbox, CANCEL_URL=json.dumps(pages)))

    assert only_element(buyer.checkout(world.cart("empty")).page, "#shop")["href"] == pages["fr-store"]
    shared = only_element(buyer.get("/checkout/no-id").page, "#shop")["href"]
    assert shared == f"{sandbox.shop_url}/", (
        "stores differ in their cancel pages, and not in their RETURN_URL"
    )


def test_error_that_leaves_a_payment_in_doubt_leads_to_the_shop_and_not_to_its_cancel_page(
    buyer: Buyer, world: World, sandbox: Sandbox
) -> None:
    paying = buyer.start(world.cart())
    world.fault(remote="commercetools", path="/carts/", action="status", code=503, times=0)

    assert only_element(buyer.opens_result(paying).page, "#shop")["href"] == f"{sandbox.shop_url}/"


def test_error_of_a_shop_without_pages_leads_to_its_contact(sandbox: Sandbox, world: World) -> None:
    contact = "mailto:help@shop.example.com"
    bare = {"RETURN_URL": "", "CANCEL_URL": "", "SHOP_LINKS": json.dumps({"contact": contact})}
    page = Buyer(InProcess(sandbox, variables=bare)).checkout(world.cart("empty")).page

    assert not page.select("#shop")
    assert only_element(page, "main #contact")["href"] == contact


# --- what a page weighs


def test_page_of_the_widget_stays_light(sandbox: Sandbox, world: World) -> None:
    buyer = Buyer(InProcess(sandbox, variables=FOR_ALL))
    answer = buyer.checkout(world.cart())
    (colours,) = (str(link["href"]) for link in answer.page.select("head link[href^='/theme/']"))
    ours = [(STATIC / name).read_text() for name in ("bridge.css", "bridge.js", "icon.svg")]
    parts = [answer.text, buyer.get(colours).text, *ours]

    assert sum(len(part.encode()) for part in parts) < 30_000
    assert sum(len(gzip.compress(part.encode(), 9)) for part in parts) < 10_000
