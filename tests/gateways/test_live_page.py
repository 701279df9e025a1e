"""A live page is fetched as a browser without cookies does, within limits of its own."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest
from flask import Flask, Response, redirect, request

from monext_bridge.errors import PageNotFetched
from monext_bridge.gateways.live_page import (
    LARGEST_PAGE,
    fetch_page,
    fetch_subresource,
    is_fetchable,
)
from sandbox.serving import Server

ENDED = Event()


def remote() -> Flask:
    app = Flask("remote")

    @app.get("/headers")
    def headers() -> Response:
        answer = Response("\n".join(f"{name}: {value}" for name, value in request.headers.items()))
        answer.set_cookie("a", "b")
        answer.headers["X-Once"] = "one"
        answer.headers.add("X-Twice", "one")
        answer.headers.add("X-Twice", "two")
        return answer

    @app.get("/away")
    def away() -> Response:
        return redirect("/headers", code=302)  # type: ignore[return-value]

    @app.get("/large")
    def large() -> bytes:
        return b"a" * (LARGEST_PAGE + 1)

    @app.get("/silent")
    def silent() -> str:
        ENDED.wait(60)
        return ""

    return app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = Server(remote())
    server.start()
    yield server.url
    ENDED.set()
    server.stop()


def test_it_comes_as_somebody_who_types_the_address_and_brings_no_cookie(url: str) -> None:
    for _ in range(2):
        sent = fetch_page(f"{url}/headers").content.decode()
        assert "Sec-Fetch-Mode: navigate" in sent
        assert "Sec-Fetch-Dest: document" in sent
        assert "User-Agent: Mozilla/5.0" in sent
        assert "Cookie" not in sent


def test_what_a_page_loads_is_no_navigation(url: str) -> None:
    assert "navigate" not in fetch_subresource(f"{url}/headers").content.decode()


def test_a_header_that_comes_twice_is_one_in_lower_case(url: str) -> None:
    headers = fetch_page(f"{url}/headers").headers
    assert (headers["x-once"], headers["x-twice"]) == ("one", "one, two")


def test_a_redirect_is_an_answer_and_is_not_followed(url: str) -> None:
    answer = fetch_page(f"{url}/away")
    assert (answer.status, answer.headers["location"]) == (302, "/headers")


def test_a_page_that_is_too_large_is_refused_and_a_script_of_that_size_taken(url: str) -> None:
    with pytest.raises(PageNotFetched, match="more than"):
        fetch_page(f"{url}/large")
    assert len(fetch_subresource(f"{url}/large").content) == LARGEST_PAGE + 1


def test_an_answer_that_does_not_come_in_time_is_none(url: str) -> None:
    with pytest.raises(PageNotFetched):
        fetch_page(f"{url}/silent?signature=5ec7e7", seconds=0.2)


def test_who_can_t_be_reached_is_told_without_the_query() -> None:
    with pytest.raises(PageNotFetched) as raised:
        fetch_page("http://127.0.0.1:9/checkout/a?signature=5ec7e7")
    assert "127.0.0.1:9/checkout/a" in str(raised.value)
    assert "5ec7e7" not in str(raised.value)


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://pay.example.com/a", True),
        ("http://localhost:8000/a", True),
        ("http://[::1]:8000/a", True),
        ("http://pay.example.com/a", False),
        ("http://127.0.0.1.evil.example/a", False),
        ("ftp://localhost/a", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://[", False),
        ("https://a:port/", False),
    ],
)
def test_only_https_and_this_machine_are_fetched(address: str, is_taken: bool) -> None:
    assert is_fetchable(address) is is_taken
