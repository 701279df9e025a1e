"""What a page may load: ours alone, and where Monext's widget is shown, what that needs and no more."""

from __future__ import annotations

import pytest
from flask import Flask

from monext_bridge.config import MonextEnvironment
from monext_bridge.web.headers import FONT_HOST, allow_widget, init_headers, nonce

CDN = {
    MonextEnvironment.HOMOLOGATION: "https://homologation-payment.cdn.payline.com",
    MonextEnvironment.PRODUCTION: "https://payment.cdn.payline.com",
}


def policy(widget_url: str | None, environment: MonextEnvironment) -> dict[str, set[str]]:
    """The content security policy of a page, with the nonce called `n0nce`."""
    app, nonces = Flask("headers"), []

    @app.get("/")
    def page() -> str:
        if widget_url:
            allow_widget(widget_url, environment)
            nonces.append(nonce())
        return ""

    init_headers(app)
    text = app.test_client().get("/").headers["Content-Security-Policy"]
    for each in nonces:
        text = text.replace(each, "n0nce")
    return {name: set(sources) for name, *sources in map(str.split, text.split(";"))}


def test_page_without_the_widget_loads_nothing_of_others() -> None:
    found = policy(None, MonextEnvironment.PRODUCTION)

    assert not [source for sources in found.values() for source in sources if "//" in source]
    assert found["default-src"] == found["frame-src"] == found["base-uri"] == {"'none'"}
    assert found["script-src"] == {"'self'"}


@pytest.mark.parametrize("environment", MonextEnvironment)
def test_widget_page_loads_what_monext_names_for_its_environment_alone(
    environment: MonextEnvironment,
) -> None:
    found = policy(CDN[environment], environment)
    site = CDN[environment].replace(".cdn", "")
    monext = {CDN[environment], site, site.replace("payment.", "payment-2.")}

    assert found["script-src"] == {"'self'", "'nonce-n0nce'", *monext}
    assert found["frame-src"] == monext
    for name in ("style-src", "connect-src", "form-action"):
        assert found[name] == {"'self'", *monext}
    assert found["font-src"] == {"'self'", *monext, FONT_HOST}
    assert FONT_HOST not in {host for name in found.keys() - {"font-src"} for host in found[name]}


def test_widget_of_another_host_gets_that_host_alone() -> None:
    found = policy("http://127.0.0.1:9003/widget", MonextEnvironment.HOMOLOGATION)

    assert found["font-src"] == {"'self'", "http://127.0.0.1:9003"}
    assert found["frame-src"] == {"http://127.0.0.1:9003"}
