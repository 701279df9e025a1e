"""What browsers report against the policy is counted by directive and host, and nothing of it is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monext_bridge.web.api.policy_reports import LARGEST_REPORT
from monext_bridge.web.endpoints import REPORTS
from monext_bridge.web.http import PolicyReports, named_hosts
from monext_bridge.web.http.headers import OWN
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, InProcess
from tests.log_lines import LogLines
from tests.scrapes import scraped
from tests.settings_environment import monext_api_key, settings_with
from tests.world import World

ADDRESS = "/csp-reports"
HOST = "widget.example.com"
SECRET = "jane.doe@example.com"


def old(directive: str, blocked: object) -> dict[str, Any]:
    """The form of `report-uri`."""
    return {"csp-report": {"effective-directive": directive, "blocked-uri": blocked, "document-uri": SECRET}}


def new(directive: str, blocked: object) -> list[dict[str, Any]]:
    """The form of `report-to`."""
    body = {"effectiveDirective": directive, "blockedURL": blocked, "documentURL": SECRET, "sample": SECRET}
    return [{"type": "csp-violation", "age": 3, "url": SECRET, "body": body}]


def counts() -> dict[tuple[str, str], float]:
    """What the metrics of this process have, by directive and host."""
    found = scraped("bridge_policy_violations_total")
    return {(labels["directive"], labels["host"]): value for labels, value in found}


def counted(document: object) -> dict[tuple[str, str], float]:
    before = counts()
    PolicyReports({HOST}).take(document)
    return more_than(before)


def more_than(before: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    return {key: value - before.get(key, 0) for key, value in counts().items() if value > before.get(key, 0)}


def test_hosts_of_pictures_are_named_by_the_policy() -> None:
    assert {"images.example.com", "localhost"} <= named_hosts(
        settings_with(IMAGE_HOSTS="images.example.com,localhost:9000")
    )


@pytest.mark.parametrize("form", [old, new])
@pytest.mark.parametrize(
    ("directive", "blocked", "kept"),
    [
        ("script-src", f"https://{HOST}/a.js?card=4970", ("script-src", HOST)),
        ("script-src-elem", f"https://{HOST.upper()}:443/a.js", ("script-src", HOST)),
        ("style-src-attr", "inline", ("style-src", "inline")),
        ("script-src", "eval", ("script-src", "eval")),
        ("connect-src", f"https://evil.example/{SECRET}", ("connect-src", "other")),
        ("connect-src", f"https://{HOST}.evil.example/", ("connect-src", "other")),
        ("connect-src", "https://[", ("connect-src", "other")),
        ("img-src", "data", ("img-src", "data")),
        ("img-src", None, ("img-src", "other")),
        (SECRET, "inline", ("other", "inline")),
        ("", "", ("other", "other")),
    ],
)
def test_a_report_is_counted_in_closed_words(
    form: Any, directive: str, blocked: object, kept: object
) -> None:
    assert counted(form(directive, blocked)) == {kept: 1}


@pytest.mark.parametrize("directive", OWN)
def test_every_directive_of_ours_has_a_count(directive: str) -> None:
    assert counted(new(directive, "inline")) == {(directive, "inline"): 1}


def test_the_oldest_form_names_the_directive_with_its_sources() -> None:
    document = {"csp-report": {"violated-directive": "script-src 'self'", "blocked-uri": "inline"}}
    assert counted(document) == {("script-src", "inline"): 1}


@pytest.mark.parametrize(
    "document",
    [
        None,
        1,
        "text",
        [],
        {},
        [1, None, "x"],
        {"csp-report": 1},
        [{"type": "deprecation", "body": {}}],
        {"type": "csp-violation"},
    ],
)
def test_what_is_no_report_counts_nothing(document: object) -> None:
    assert counted(document) == {}


def test_each_kind_is_logged_once_an_hour(lines: LogLines) -> None:
    now = [0.0]
    reports = PolicyReports({HOST}, clock=lambda: now[0])
    for second in (0, 10, 3599, 3601):
        now[0] = second
        reports.take(new("script-src", f"https://{HOST}/x?{SECRET}"))
    reports.take(new("script-src", "inline"))
    said = [(line["directive"], line["host"]) for line in lines.of("policy_violated")]
    assert said == [("script-src", HOST)] * 2 + [("script-src", "inline")]
    assert SECRET not in json.dumps(lines.of("policy_violated"))


def test_hosts_of_every_store_count_by_their_names() -> None:
    hosts = named_hosts(
        settings_with(
            MONEXT_ENVIRONMENT='{"de": "HOMOLOGATION", "fr": "PRODUCTION"}',
            MONEXT_API_KEY=f'{{"de": "{monext_api_key()}", "fr": "{monext_api_key()}"}}',
            CHECKOUT_ACCESS="signed",
            CSP_EXTRA_HOSTS="https://extra.example.com,https://*.wild.example.com",
        )
    )
    assert {"homologation-payment.cdn.payline.com", "payment.cdn.payline.com", "extra.example.com"} <= hosts
    assert not {host for host in hosts if "*" in host or "wild" in host}


class TestEndpoint:
    def send(self, bridge: InProcess, body: bytes, *, kind: str = "application/reports+json") -> Answer:
        return bridge.call("POST", ADDRESS, data=body, headers={"Content-Type": kind})

    def test_both_forms_get_204_and_are_counted(self, in_process: InProcess) -> None:
        bridge, before = in_process, counts()
        body = json.dumps(new("script-src", "inline")).encode()
        assert self.send(bridge, body).status == 204
        body = json.dumps(old("script-src", "inline")).encode()
        assert self.send(bridge, body, kind="application/csp-report").status == 204
        assert more_than(before) == {("script-src", "inline"): 2}

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 400),
            (b"{", 400),
            (b'{"a": 1, "a": 2}', 400),
            (b"[" * 4000, 400),
            (b"\xff", 400),
            (b" " * (LARGEST_REPORT + 1), 413),
        ],
    )
    def test_what_can_not_be_read_is_refused(self, body: bytes, status: int, in_process: InProcess) -> None:
        before = counts()
        assert self.send(in_process, body).status == status
        assert more_than(before) == {}

    def test_no_address_counts_more_than_its_share(self, sandbox: Sandbox) -> None:
        bridge = InProcess(sandbox, limits=lambda limit: limit)
        body = json.dumps(new("script-src", "inline")).encode()
        seen = [self.send(bridge, body).status for _ in range(REPORTS.amount + 1)]
        assert seen == [204] * REPORTS.amount + [429]

    def test_every_page_says_where_to_report(self, in_process: InProcess, world: World) -> None:
        buyer = Buyer(in_process)
        for path in (f"/checkout/{world.cart()}", "/checkout/not-a-cart", "/docs"):
            headers = buyer.get(path).headers
            assert headers["Content-Security-Policy"].endswith("; report-uri /csp-reports; report-to policy")
            assert headers["Reporting-Endpoints"] == 'policy="/csp-reports"'

    @pytest.mark.parametrize("path", ["/health", "/openapi.json", "/static/bridge.css"])
    def test_what_is_no_page_does_not(self, path: str, in_process: InProcess) -> None:
        headers = in_process.call("GET", path).headers
        assert "report" not in headers["Content-Security-Policy"]
        assert "Reporting-Endpoints" not in headers
