"""Builds requests as bytes of any kind: paths, queries, headers and bodies that no polite client sends."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from hypothesis import strategies as st
from werkzeug.test import run_wsgi_app

from tests.bridges import Answer
from tests.fuzz.mutations import MARKUP, any_json, mutated, on_the_wire
from tests.push_samples import pub_sub, sns
from tests.web.back_office import capture

HEADERS = (
    "Authorization",
    "X-Session-Id",
    "Idempotency-Key",
    "X-Correlation-ID",
    "X-Request-ID",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "Forwarded",
    "Accept",
    "Accept-Language",
    "Host",
    "Content-Type",
    "Content-Encoding",
    "Origin",
    "Access-Control-Request-Method",
    "WebHook-Request-Origin",
    "Sec-Fetch-Mode",
    "Sec-Fetch-Dest",
    "Sec-Fetch-Site",
    "Sec-Purpose",
    "Cookie",
    "Range",
    "If-None-Match",
    "If-Modified-Since",
    "aeg-event-type",
)
PARAMETERS = (
    *("lang", "mode", "method", "returnUrl", "cancelUrl", "ref", "session", "expires", "signature", "v"),
    *("paylinetoken", "monext_session_id", "token", "notificationType", "waiting", "secret", "refresh"),
)
VALUES = (
    *(
        "",
        " ",
        "%00",
        "%ff%fe",
        "%ED%A0%80",
        "%",
        "%zz",
        "a" * 8000,
        "-1",
        "9" * 400,
        "1e9",
        "NaN",
        "null",
        "..%2f..%2fetc",
    ),
    *(
        "https://%5B::1",
        "https://shop.example.com%5Cevil",
        "javascript:alert(1)",
        "//evil.example",
        "https://a@b/",
    ),
    *(
        "fr",
        "fr-FR-x-private",
        "x-klingon",
        "widget",
        "direct",
        "CB",
        "2",
        "%0d%0aSet-Cookie:%20a=b",
        "%F0%9F%98%80",
    ),
    "%3Cscript%3Ealert(1)%3C/script%3E%27%22%3E%3Cimg%20src=x%3E",
)
HEADER_VALUES = (
    *(
        "",
        " ",
        "\x00",
        "\xff\xfe",
        "Bearer",
        "Bearer ",
        "Bearer " + "a" * 4097,
        "Bearer é",
        "Basic Og==",
        "Bearer a.b.c",
    ),
    *(
        "Bearer W1tb" + "W1tb" * 1500 + ".e30.AAAA",
        "bytes=0-,-1,5-2",
        "bytes=999999999999999999999-",
        'W/"x", *',
    ),
    *(
        "unknown, [::1]:80, 1.2.3.4:99999",
        "for=unknown;proto=http;host=evil",
        "http,https",
        ",,,",
        "256.256.256.256",
    ),
    *(
        "application/json; charset=utf-7",
        "text/html; charset=\xff",
        "multipart/form-data",
        "multipart/form-data; boundary=",
    ),
    *(
        "multipart/form-data; boundary=" + "b" * 300,
        "application/x-www-form-urlencoded",
        "a/b/c;;;=",
        "application/json",
    ),
    *(
        "*;q=2",
        "fr;q=x, de;q=-1, *;q=0.0001",
        "zh-Hant-TW-x-y-z, " * 300,
        "x" * 5000,
        "evil.example:99999",
        "[::1",
        "a b",
    ),
    *(
        "navigate",
        "document",
        "iframe",
        "cors",
        "no-cors",
        "same-origin",
        "prefetch;anonymous-client-ip",
        "null",
    ),
    *("https://evil.example", "Thu, 99 Foo 2026", "gzip", "a=b; c=\x80; =; ;;", "\xed\xa0\xbd"),
    MARKUP,
)
BODIES = (
    *(
        b"",
        b"\x00",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"{",
        b"[" * 20_000,
        b'{"a":' * 20_000,
        b"1e999999999",
        b'"\\ud800"',
    ),
    *(
        b"NaN",
        b"a=b&a=c&=&&%ff",
        b"lang=fr&lang=de&mode=widget&mode=direct",
        b"--b\r\n\r\n",
        b"9" * 5000,
        b"x" * 70_000,
    ),
    *(b'{"languageCode":"fr","languageCode":7}', b"\xef\xbb\xbf{}", '{"é":"☃"}'.encode("utf-16")),
)
ACTIONS = (
    {"actions": [capture()]},
    {"actions": [{"action": "refundPayment", "amount": {"centAmount": 1, "currencyCode": "EUR"}}]},
    {"cartId": "6f1e2c1a-2d7a-4c35-9f3f-1c6f5d0b7a10", "mode": "widget", "language": "fr", "expiresIn": 60},
    {"languageCode": "fr", "paymentMethod": "CB", "mode": "widget"},
)


@dataclass(frozen=True, slots=True)
class RawRequest:
    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    scheme: str = field(default="http")

    def send(self, app: Flask) -> Answer:
        """Give the request to the application as a server does, header by header and byte by byte."""
        parts, status, answered = run_wsgi_app(app, self._environ(), buffered=True)
        return Answer(int(status.split()[0]), dict(answered), b"".join(parts).decode("utf-8", "replace"))

    def _environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1",
            "REMOTE_ADDR": "203.0.113.9",
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.url_scheme": self.scheme,
            "wsgi.version": (1, 0),
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers:
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        return environ


def _pairs(names: tuple[str, ...], values: st.SearchStrategy[str], *, most: int) -> Any:
    return st.lists(st.tuples(st.sampled_from(names), values), max_size=most)


latin = st.text(st.characters(max_codepoint=255), max_size=30)
queries = _pairs(PARAMETERS, st.sampled_from(VALUES) | latin, most=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
in_a_line = latin.map(lambda text: text.replace("\r", "").replace("\n", ""))
"""What a server lets through: it refuses a header with the end of a line in it."""

headers = _pairs(HEADERS, st.sampled_from(HEADER_VALUES) | in_a_line, most=4)
bodies = (
    st.sampled_from(BODIES)
    | st.binary(max_size=40)
    | any_json.map(on_the_wire)
    | st.sampled_from((*ACTIONS, pub_sub(), sns())).flatmap(mutated).map(on_the_wire)
)
path_parts = (
    st.sampled_from(("", ".", "..", "\x00", "\xff", "a" * 3000, "x/y", "%2e%2e", MARKUP, "\xe2\x98\x83"))
    | latin
)
