"""Bytes of a query that no URL can hold are read as if a browser had encoded them."""

from __future__ import annotations

from werkzeug.test import run_wsgi_app

from monext_bridge.web import create_app
from tests.fuzz.raw_requests import RawRequest
from tests.settings_environment import settings_with


def test_a_byte_beyond_ascii_at_an_unknown_address_is_no_error_of_ours() -> None:
    answer = RawRequest("GET", "/nowhere", query="lang=\x80").send(create_app(settings_with()))
    assert answer.status == 404


def test_a_query_reads_the_same_encoded_or_not() -> None:
    app = create_app(settings_with())
    raw, encoded = (
        RawRequest("GET", "/result/x", query=query).send(app) for query in ("lang=\xc3\xa9", "lang=%C3%A9")
    )
    assert raw.status == encoded.status == 400


def test_other_queries_are_not_touched() -> None:
    from monext_bridge.web.http import AsciiQuery

    seen = []

    def app(environ, start_response):  # type: ignore[no-untyped-def]
        seen.append(environ["QUERY_STRING"])
        start_response("200 OK", [])
        return []

    for query in ("a=%zz&b=[1]", "a=\xff"):
        run_wsgi_app(AsciiQuery(app), {"QUERY_STRING": query})
    assert seen == ["a=%zz&b=[1]", "a=%FF"]
