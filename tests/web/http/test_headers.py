"""What a page may load: ours alone, and where Monext's widget is shown, what that needs and no more."""

from __future__ import annotations

import pytest
from flask import Flask

from monext_bridge.config import MonextEnvironment
from monext_bridge.web.http.headers import ANY_BANK, FONT_HOST, allow_widget, init_headers, nonce
from tests.bridges import Buyer
from tests.world import World

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
    return parsed(text)


def parsed(text: str) -> dict[str, set[str]]:
    return {name: set(sources) for name, *sources in map(str.split, text.split(";"))}


def test_page_without_the_widget_loads_nothing_of_others() -> None:
    found = policy(None, MonextEnvironment.PRODUCTION)

    assert not [source for sources in found.values() for source in sources if "//" in source]
    assert found["default-src"] == found["frame-src"] == found["base-uri"] == {"'none'"}
    assert found["script-src"] == found["form-action"] == found["connect-src"] == {"'self'"}
    assert not [name for name, sources in found.items() if ANY_BANK in sources]


@pytest.mark.parametrize("environment", MonextEnvironment)
def test_widget_page_loads_what_monext_names_for_its_environment_alone(
    environment: MonextEnvironment,
) -> None:
    found = policy(CDN[environment], environment)
    site = CDN[environment].replace(".cdn", "")
    monext = {CDN[environment], site, site.replace("payment.", "payment-2.")}

    assert found["script-src"] == {"'self'", "'nonce-n0nce'", *monext}
    for name in ("style-src", "connect-src"):
        assert found[name] == {"'self'", *monext}
    assert found["font-src"] == {"'self'", *monext, FONT_HOST}
    assert FONT_HOST not in {host for name in found.keys() - {"font-src"} for host in found[name]}


@pytest.mark.parametrize("environment", MonextEnvironment)
def test_widget_page_opens_frames_and_forms_of_every_bank_and_nothing_else_of_theirs(
    environment: MonextEnvironment,
) -> None:
    found = policy(CDN[environment], environment)

    assert {name for name, sources in found.items() if ANY_BANK in sources} == {"frame-src", "form-action"}
    assert found["form-action"] - found["frame-src"] == {"'self'"}
    assert CDN[environment] in found["frame-src"]
    assert not {"http:", "*", "data:"} & (found["frame-src"] | found["form-action"])


def test_widget_of_another_host_gets_that_host_alone() -> None:
    found = policy("http://127.0.0.1:9003/widget", MonextEnvironment.HOMOLOGATION)

    assert found["font-src"] == {"'self'", "http://127.0.0.1:9003"}
    assert found["frame-src"] == {"http://127.0.0.1:9003", ANY_BANK}
    assert found["form-action"] == {"'self'", "http://127.0.0.1:9003", ANY_BANK}


def test_of_all_pages_only_the_widget_s_lets_banks_in(buyer: Buyer, world: World) -> None:
    page = buyer.start(world.cart())
    others = ["/docs", "/nowhere", f"/result/{page.ref}", f"/return/{page.ref}?paylinetoken=x"]
    answers = [buyer.get(path) for path in others] + [buyer.checkout(world.cart(), mode="redirect")]
    policies = [parsed(each.headers["Content-Security-Policy"]) for each in (page.answer, *answers)]
    assert [ANY_BANK in found["form-action"] for found in policies] == [True] + len(answers) * [False]
    assert all(found["form-action"] == {"'self'"} for found in policies[1:])
    assert all(found["frame-src"] == {"'none'"} for found in policies[1:])
