"""What a page may load: ours alone, and where Monext's widget is shown, what that needs and no more."""

from __future__ import annotations

import re
from types import MappingProxyType

import pytest
from flask import Flask

from monext_bridge.config import FETCHES, Contracts, MonextEnvironment, PaymentMethod
from monext_bridge.web.http.headers import OWN, allow_sources, allow_widget, init_headers, nonce
from monext_bridge.web.http.widget_sources import ANY_BANK, FONT_HOST, WALLET_SOURCES, Sources, everywhere
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.document_blocks import ROOT
from tests.log_lines import LogLines
from tests.world import World

CDN = {
    MonextEnvironment.HOMOLOGATION: "https://homologation-payment.cdn.payline.com",
    MonextEnvironment.PRODUCTION: "https://payment.cdn.payline.com",
}


REPORTING = {"report-uri", "report-to"}
CARDS_ALONE = Contracts(("1",), {PaymentMethod.CB: "1"})
NOTHING: Sources = MappingProxyType({})


def policy(
    widget_url: str | None,
    environment: MonextEnvironment,
    *,
    contracts: Contracts = CARDS_ALONE,
    extra: Sources = NOTHING,
) -> dict[str, set[str]]:
    """The content security policy of a page, with the nonce called `n0nce`."""
    app, nonces = Flask("headers"), []

    @app.get("/")
    def page() -> str:
        if widget_url:
            allow_widget(widget_url, environment, contracts=contracts, extra=extra)
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


@pytest.mark.parametrize("environment", MonextEnvironment)
@pytest.mark.parametrize("method", PaymentMethod)
def test_a_method_opens_what_its_wallet_needs_and_nothing_else(
    environment: MonextEnvironment, method: PaymentMethod
) -> None:
    without = policy(CDN[environment], environment)
    found = policy(CDN[environment], environment, contracts=Contracts(("1",), {method: "1"}))
    opened = {name: found[name] - without[name] for name in found if found[name] != without[name]}
    wallet = {name: set(hosts) for name, hosts in WALLET_SOURCES.get(method, {}).items()}
    if wallet:
        wallet["style-src"] |= {"'nonce-n0nce'"}
    assert opened == wallet


@pytest.mark.parametrize("contracts", [Contracts(), Contracts(("123", "456"))])
def test_contracts_of_unknown_methods_open_what_every_wallet_needs(contracts: Contracts) -> None:
    by_method = Contracts(("1", "2"), {PaymentMethod.GOOGLE_PAY: "1", PaymentMethod.APPLE_PAY: "2"})
    environment = MonextEnvironment.PRODUCTION
    found = policy(CDN[environment], environment, contracts=contracts)
    assert found == policy(CDN[environment], environment, contracts=by_method)
    for name in FETCHES:
        assert {host for each in WALLET_SOURCES.values() for host in each.get(name, ())} <= found[name]


def test_wallets_are_let_in_by_host_and_only_for_what_is_loaded() -> None:
    for sources in WALLET_SOURCES.values():
        assert set(sources) <= set(FETCHES)
        assert all(
            host.startswith("https://") and "*" not in host for each in sources.values() for host in each
        )


def test_the_document_names_every_host_of_a_wallet() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    hosts = {host for each in WALLET_SOURCES.values() for sources in each.values() for host in sources}
    assert [host for host in hosts if f"`{host.removeprefix('https://')}`" not in text] == []


def test_whatever_is_allowed_no_page_runs_inline_script_or_evaluates_text() -> None:
    for contracts in (Contracts(), CARDS_ALONE):
        found = policy(CDN[MonextEnvironment.PRODUCTION], MonextEnvironment.PRODUCTION, contracts=contracts)
        assert not {
            "'unsafe-inline'",
            "'unsafe-eval'",
            "'unsafe-hashes'",
            "'strict-dynamic'",
            "*",
            "https:",
        } & (found["script-src"] | found["style-src"] | found["connect-src"])
        assert found["default-src"] == found["base-uri"] == found["frame-ancestors"] == {"'none'"}


def test_hosts_can_be_added_for_everything_that_is_loaded_and_for_one_directive() -> None:
    app = Flask("headers")

    @app.get("/")
    def page() -> str:
        allow_sources(everywhere(("https://one.example", "https://two.example")))
        allow_sources({"img-src": ("https://three.example", "https://one.example")})
        return ""

    init_headers(app)
    text = app.test_client().get("/").headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://one.example https://two.example https://three.example;" in text
    found = parsed(text)
    assert {name for name, sources in found.items() if "https://two.example" in sources} == set(FETCHES)
    assert found["frame-src"] == {"https://one.example", "https://two.example"}
    assert found.keys() == OWN.keys()


def test_an_extra_host_of_one_directive_opens_that_directive_alone() -> None:
    environment, host = MonextEnvironment.PRODUCTION, "https://*.bank.example.com"
    without = policy(CDN[environment], environment)
    found = policy(CDN[environment], environment, extra={"connect-src": (host,), "form-action": (host,)})
    opened = {name: found[name] - without[name] for name in found if found[name] != without[name]}
    assert opened == {"connect-src": {host}, "form-action": {host}}


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


def test_extra_hosts_are_let_in_on_the_page_with_the_widget_alone(sandbox: Sandbox, world: World) -> None:
    host = "https://extra.example.com"
    buyer = Buyer(InProcess(sandbox, variables={"CSP_EXTRA_HOSTS": host}))
    page = buyer.start(world.cart())
    found = parsed(page.answer.headers["Content-Security-Policy"])
    assert {name for name, sources in found.items() if host in sources} == set(FETCHES)
    others = [buyer.opens_result(page), buyer.checkout(world.cart(), mode="redirect"), buyer.get("/nowhere")]
    assert [each.status for each in others] == [200, 200, 404]
    assert not [each for each in others if host in each.headers["Content-Security-Policy"]]


class TestReportOnly:
    @pytest.fixture
    def tried(self, sandbox: Sandbox) -> Buyer:
        """A buyer at a bridge whose policy is tried out, and whose pages one shop may frame."""
        variables = {"CSP_REPORT_ONLY": "on", "FRAME_ANCESTORS": "https://shop.example.com"}
        return Buyer(InProcess(sandbox, variables=variables))

    def test_each_directive_is_reported_or_enforced_as_without(
        self, tried: Buyer, buyer: Buyer, world: World
    ) -> None:
        for path in (f"/checkout/{world.cart()}", "/checkout/not-a-cart", "/nowhere"):
            answer, usual = tried.get(path), buyer.get(path)
            reported = without_nonce(answer.headers["Content-Security-Policy-Report-Only"])
            enforced = without_nonce(answer.headers["Content-Security-Policy"])
            assert set(enforced) == {"object-src", "base-uri", "frame-ancestors", *REPORTING}
            as_usual = without_nonce(usual.headers["Content-Security-Policy"])
            assert reported | enforced == as_usual | {"frame-ancestors": {"https://shop.example.com"}}
            assert reported.keys() & enforced.keys() == REPORTING

    def test_the_pages_stay_closed_to_frames_of_others(self, sandbox: Sandbox, world: World) -> None:
        buyer = Buyer(InProcess(sandbox, variables={"CSP_REPORT_ONLY": "on"}))
        answer = buyer.checkout(world.cart())
        assert parsed(answer.headers["Content-Security-Policy"])["frame-ancestors"] == {"'none'"}
        assert answer.headers["X-Frame-Options"] == "DENY"

    @pytest.mark.parametrize("path", ["/health", "/operations/nothing", "/theme/none.css", "/openapi.json"])
    def test_what_is_no_page_keeps_all_of_its_policy(self, path: str, tried: Buyer, buyer: Buyer) -> None:
        answer, usual = tried.get(path), buyer.get(path)
        assert "Content-Security-Policy-Report-Only" not in answer.headers
        found = parsed(answer.headers["Content-Security-Policy"])
        assert found.keys() == parsed(usual.headers["Content-Security-Policy"]).keys() == OWN.keys()

    def test_without_it_nothing_is_only_reported(self, buyer: Buyer, world: World) -> None:
        assert "Content-Security-Policy-Report-Only" not in buyer.checkout(world.cart()).headers

    @pytest.mark.parametrize(("given", "said"), [("on", 1), ("off", 0), ("", 0)])
    def test_the_start_warns_of_it(self, given: str, said: int, sandbox: Sandbox, lines: LogLines) -> None:
        InProcess(sandbox, variables={"CSP_REPORT_ONLY": given})
        assert [line["level"] for line in lines.of("policy_report_only")] == said * ["WARNING"]


def without_nonce(text: str) -> dict[str, set[str]]:
    return parsed(re.sub("'nonce-[^']+'", "'nonce-n0nce'", text))


def test_the_enablers_types_are_text_to_read(buyer: Buyer) -> None:
    answer = buyer.get("/static/enabler.d.ts")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
