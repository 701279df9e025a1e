"""Which pictures of products a page shows: what a policy lets in, from a host of IMAGE_HOSTS, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monext_bridge.web.http import picture_origins
from monext_bridge.web.pages import shown_pictures
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.builders import a_line
from tests.settings_environment import in_production, settings_with
from tests.web.pages.test_branding import policy
from tests.world import World

ORIGINS = ("https://images.example.com", "https://cdn.example.com:8443", "http://localhost:9000")
SHOWN = [
    "https://images.example.com/a.jpg",
    "https://images.example.com:443/a.jpg",
    "https://images.example.com/%C3%A9.jpg?w=56&h=56#x",
    "https://IMAGES.example.com/a.jpg",
    "https://cdn.example.com:8443/a.webp",
    "http://localhost:9000/pictures/a.svg",
]
NOT_SHOWN = [
    None,
    "",
    "http://images.example.com/a.jpg",
    "https://images.example.com:8443/a.jpg",
    "https://images.example.com.evil.example/a.jpg",
    "https://evil.example/images.example.com/a.jpg",
    "https://evil.example\\@images.example.com/a.jpg",
    "https://images.example.com@evil.example/a.jpg",
    "https://who:ever@images.example.com/a.jpg",
    "//images.example.com/a.jpg",
    "/a.jpg",
    "data:image/svg+xml,<svg/>",
    "javascript:alert(1)//images.example.com",
    "https://images.example.com/a b.jpg",
    'https://images.example.com/a.jpg" onload="alert(1)',
    "https://images.example.com/\N{LATIN SMALL LETTER E WITH ACUTE}.jpg",
    "https://images.example.com/a.jpg\n",
    "https://[images.example.com/a.jpg",
    "https://images.example.com:x/a.jpg",
    "https://localhost:9000/a.jpg",
    "http://localhost/a.jpg",
    "ftp://images.example.com/a.jpg",
]


@pytest.mark.parametrize("url", SHOWN)
def test_picture_of_a_listed_origin_is_shown_as_it_stands(url: str) -> None:
    assert shown_pictures([a_line(picture=url)], origins=ORIGINS) == (url,)


@pytest.mark.parametrize("url", NOT_SHOWN)
def test_anything_else_is_no_picture(url: str | None) -> None:
    assert shown_pictures([a_line(picture=url)], origins=ORIGINS) == (None,)


def test_each_line_has_its_place_whether_it_has_a_picture_or_not() -> None:
    lines = [replace(a_line(), picture=url) for url in (None, SHOWN[0], NOT_SHOWN[2])]

    assert shown_pictures(lines, origins=ORIGINS) == (None, SHOWN[0], None)
    assert shown_pictures(lines, origins=()) == (None, None, None)


# --- the origins


def of_hosts(hosts: str | None, **changes: str | None) -> tuple[str, ...]:
    return picture_origins(settings_with(IMAGE_HOSTS=hosts, **changes))


def test_without_hosts_there_are_no_origins() -> None:
    assert of_hosts(None) == ()


def test_hosts_are_called_by_https_in_a_fixed_order() -> None:
    assert of_hosts("b.example.com, A.example.com:443,a.example.com:8443") == (
        "https://a.example.com",
        "https://a.example.com:8443",
        "https://b.example.com",
    )


def test_this_machine_is_called_by_http_as_well_and_never_in_production() -> None:
    hosts = "localhost:9000,127.0.0.1:9000"
    https = ("https://127.0.0.1:9000", "https://localhost:9000")

    assert of_hosts(hosts) == (*https, "http://127.0.0.1:9000", "http://localhost:9000")
    assert of_hosts(hosts, **in_production()) == https


# --- over HTTP

SHOP_PICTURE, OTHER_PICTURE = "https://images.example.com/chair.jpg", "https://evil.example/lamp.jpg"


@pytest.mark.parametrize("mode", ["widget", "redirect"])
def test_page_shows_the_pictures_of_the_cart_and_lets_their_hosts_in(
    mode: str, sandbox: Sandbox, world: World
) -> None:
    buyer = Buyer(InProcess(sandbox, variables={"IMAGE_HOSTS": "images.example.com"}))
    answer = buyer.checkout(world.cart_with_pictures(SHOP_PICTURE, OTHER_PICTURE), mode=mode)

    assert [img["src"] for img in answer.page.select(".lines img")] == [SHOP_PICTURE]
    assert "evil.example" not in answer.text
    assert "https://images.example.com" in policy(answer)["img-src"].split()
    if mode == "redirect":
        assert policy(answer)["img-src"] == "'self' data: https://images.example.com"
        assert "payment=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("mode", ["widget", "redirect"])
def test_without_hosts_the_page_shows_no_picture(mode: str, buyer: Buyer, world: World) -> None:
    answer = buyer.checkout(world.cart_with_pictures(SHOP_PICTURE, OTHER_PICTURE), mode=mode)

    assert answer.status == 200
    assert not answer.page.select("main img")
    assert "images.example.com" not in answer.headers["Content-Security-Policy"]


def test_only_the_payment_page_lets_hosts_of_pictures_in(sandbox: Sandbox, world: World) -> None:
    buyer = Buyer(InProcess(sandbox, variables={"IMAGE_HOSTS": "images.example.com"}))

    for answer in (buyer.opens_result(buyer.start(world.cart())), buyer.checkout(world.cart("empty"))):
        assert policy(answer)["img-src"] == "'self' data:"
