"""`GET /metrics`: who may read it, what flows leave in it, and that no label says more than a closed word."""

from __future__ import annotations

import json
import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monext_bridge import __version__
from monext_bridge.alarms import ALARMS_OF_THE_LOG
from monext_bridge.domain.operations import OWN_PRINCIPALS
from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.gateways.http.outcomes import FAILED, OK, OUTCOME_OF_FAILURE, OUTCOME_OF_STATUS, REFUSED
from monext_bridge.mapping.monext import KNOWN_METHODS
from monext_bridge.observed import METRICS
from monext_bridge.observed.known import METHODS
from monext_bridge.services.operations.audit import CLIENT, KINDS, AuditOutcome
from monext_bridge.services.reconciliation import FindingStatus, Scope
from monext_bridge.services.remotes import RecordedStep
from monext_bridge.web.http.headers import OWN
from monext_bridge.web.http.policy_reports import WITHOUT_HOST
from sandbox.runner import Sandbox
from tests.bridges import METRICS_TOKEN, Answer, Buyer, InProcess
from tests.scrapes import samples, total
from tests.services.paid_payments import a_paid_payment
from tests.settings_environment import settings_with
from tests.web.declared_endpoints import ENDPOINTS
from tests.world import World

GUARDED = {"Authorization": f"Bearer {METRICS_TOKEN}"}
OPERATION = re.compile(r"(GET|POST) (/[a-z0-9.=/-]*|/?\{[a-z_]+\}[=:]?)*", re.IGNORECASE)
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9]{6,}|[0-9A-Za-z]{20,}|@|[?&]|Bearer|Basic", re.ASCII)
"""What ids, tokens, order numbers, addresses and queries look like."""


def read(bridge: InProcess, **headers: str) -> Answer:
    return bridge.call("GET", "/metrics", headers=headers)


def test_who_has_the_token_reads_the_text_format(in_process: InProcess) -> None:
    answer = read(in_process, **GUARDED)
    assert (answer.status, answer.headers["Content-Type"]) == (
        200,
        "text/plain; version=0.0.4; charset=utf-8",
    )
    assert "# TYPE bridge_alarms_total counter\n" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer another-token"}, {"Authorization": f"Basic {METRICS_TOKEN}"}]
)
def test_who_has_another_token_or_none_is_refused(headers: dict[str, str], in_process: InProcess) -> None:
    answer = read(in_process, **headers)
    assert (answer.status, json.loads(answer.text)["statusCode"]) == (401, 401)


def test_without_the_setting_there_is_no_such_address(sandbox: Sandbox) -> None:
    bridge = InProcess(sandbox, METRICS_TOKEN="")
    assert read(bridge, **GUARDED).status == 404
    assert read(bridge).status == 404


def test_each_of_several_tokens_is_taken(sandbox: Sandbox) -> None:
    bridge = InProcess(sandbox, METRICS_TOKEN=f"the-next-token-of-tests,{METRICS_TOKEN}")
    assert read(bridge, **GUARDED).status == 200
    assert read(bridge, Authorization="Bearer the-next-token-of-tests").status == 200


def test_it_is_served_under_any_name_and_without_tls(sandbox: Sandbox) -> None:
    bridge = InProcess(sandbox, TRUSTED_HOSTS="pay.example.com")
    headers = {**GUARDED, "Host": "10.0.0.7:8000", "X-Forwarded-Proto": "http"}
    assert read(bridge, **headers).status == 200


def test_it_asks_no_remote(in_process: InProcess, world: World) -> None:
    world.forget_calls()
    assert read(in_process, **GUARDED).status == 200
    assert world.calls("commercetools") == world.calls("monext") == []


class TestFlows:
    """What a flow adds; counts of a process go on from test to test, so differences are looked at."""

    def after(self, bridge: InProcess) -> str:
        return read(bridge, **GUARDED).text

    def test_a_payment_is_counted_once_though_it_is_told_three_times(
        self, in_process: InProcess, buyer: Buyer, world: World
    ) -> None:
        before = self.after(in_process)
        cart = world.cart()
        page = buyer.start(cart)
        world.pay(page.token, outcome="accepted")
        buyer.notification_arrives(page)
        buyer.comes_back(page)
        buyer.opens_result(page)
        after = self.after(in_process)

        def more(name: str, **labels: str) -> float:
            return total(name, after, **labels) - total(name, before, **labels)

        assert more("bridge_payments_total", outcome="begun", method="none") == 1
        assert more("bridge_payments_total", outcome="accepted") == 1
        assert more("bridge_orders_total") == 1
        assert more("bridge_notifications_total") == 1
        assert more("bridge_requests_total", endpoint="notifications.notify", status="2xx") == 1
        assert more("bridge_request_duration_seconds_count", endpoint="checkout.start") == 1
        assert more("bridge_remote_calls_total", operation="POST /{project}/orders", outcome="ok") == 1
        assert more("bridge_remote_call_duration_seconds_count", remote="monext") > 0
        assert total("bridge_slots_in_use", after) == 0

    def test_an_act_is_counted_by_kind_outcome_and_kind_of_principal(
        self, in_process: InProcess, world: World
    ) -> None:
        before = self.after(in_process)
        a_paid_payment(in_process, world, situation="guest").refund(100, key="a-key")
        labels = {"kind": "refund", "outcome": "approved", "principal": "client"}
        assert total("bridge_acts_total", self.after(in_process), **labels) == 1 + total(
            "bridge_acts_total", before, **labels
        )

    def test_a_pass_that_finishes_says_when(self, in_process: InProcess) -> None:
        in_process.services.reconcile.run(Scope(), tell=lambda _: None)
        after = self.after(in_process)
        assert total("bridge_last_pass_timestamp_seconds", after) > 1_700_000_000

    def test_a_dry_run_and_a_pass_of_one_store_are_no_finished_pass(self, in_process: InProcess) -> None:
        before = total("bridge_last_pass_timestamp_seconds", self.after(in_process))
        for scope in (Scope(dry_run=True), Scope(store_key="german-store")):
            in_process.services.reconcile.run(scope, tell=lambda _: None)
        assert total("bridge_last_pass_timestamp_seconds", self.after(in_process)) == before

    def test_what_exceeds_a_limit_is_counted_each_time(self, sandbox: Sandbox) -> None:
        bridge = InProcess(sandbox, limits=lambda limit: limit)
        before = total("bridge_rate_limited_total", limit="refusals")
        statuses = [read(bridge).status for _ in range(125)]
        refused = statuses.count(429)
        assert total("bridge_rate_limited_total", limit="refusals") - before == refused > 0


OF_OTHER_BRIDGES = re.compile(r"127\.0\.0\.1:[0-9]+")
"""Hosts of the settings of bridges that other tests have built in this process."""


def closed_words(bridge: InProcess) -> dict[tuple[str, str], set[str]]:
    """What each label of each metric may hold, by the metric's name and the label's."""
    settings = bridge.settings
    stores = {*settings.store_keys(), "none", "default", "other"}
    endpoints = {*ENDPOINTS, "none"}
    outcomes = {OK, REFUSED, FAILED, *OUTCOME_OF_FAILURE.values(), *OUTCOME_OF_STATUS.values()}
    remotes = {"commercetools", "monext"}
    limits = {limit.name for each in ENDPOINTS.values() for limit in each.limits}
    return {
        ("bridge_info", "version"): {__version__},
        ("bridge_requests_total", "endpoint"): endpoints,
        ("bridge_requests_total", "method"): {*METHODS, "other"},
        ("bridge_requests_total", "status"): {"2xx", "3xx", "4xx", "5xx"},
        ("bridge_request_duration_seconds", "endpoint"): endpoints,
        ("bridge_remote_calls_total", "remote"): remotes,
        ("bridge_remote_calls_total", "store"): stores,
        ("bridge_remote_calls_total", "outcome"): outcomes,
        ("bridge_remote_call_duration_seconds", "remote"): remotes,
        ("bridge_payments_total", "outcome"): {each.value for each in RecordedStep},
        ("bridge_payments_total", "method"): {*KNOWN_METHODS, "none", "other"},
        ("bridge_payments_total", "store"): stores,
        ("bridge_orders_total", "store"): stores,
        ("bridge_acts_total", "kind"): {*KINDS.values(), "none"},
        ("bridge_acts_total", "outcome"): {each.value for each in AuditOutcome},
        ("bridge_acts_total", "principal"): {*OWN_PRINCIPALS, CLIENT},
        ("bridge_findings_total", "follow_up"): {each.value for each in FollowUp},
        ("bridge_findings_total", "status"): {each.value for each in FindingStatus},
        ("bridge_breaker_open", "remote"): remotes,
        ("bridge_breaker_open", "host"): {*settings.remote_hosts(), *settings_with().remote_hosts(), "other"},
        ("bridge_slots_in_use", "of"): {"requests", *remotes},
        ("bridge_rate_limited_total", "limit"): limits,
        ("bridge_policy_violations_total", "directive"): {*OWN, "other"},
        ("bridge_alarms_total", "event"): {*ALARMS_OF_THE_LOG, "other"},
    }


OPERATIONS = {
    ("bridge_remote_calls_total", "operation"),
    ("bridge_remote_call_duration_seconds", "operation"),
}
HOSTS_OF_THE_POLICY = ("bridge_policy_violations_total", "host")


def play(bridge: InProcess, world: World) -> list[str]:
    """Play flows that end well and badly, and return the ids that they have seen."""
    buyer, seen = Buyer(bridge), list[str]()
    for outcome in ("accepted", "refused", "pending"):
        cart = world.cart()
        page = buyer.start(cart)
        world.pay(page.token, outcome=outcome)
        buyer.notification_arrives(page)
        buyer.comes_back(page)
        seen += [cart, page.token, page.ref, str(world.payment(cart)["id"])]
    page = buyer.start(world.cart())
    buyer.cancels(page)
    paid = a_paid_payment(bridge, world, situation="german-store")
    paid.capture(100, key="an-act-of-this-test")
    seen += [paid.cart, paid.id, paid.token, "an-act-of-this-test", "back-office"]
    bridge.call("GET", "/checkout/jane.doe@example.com?card=4970100000000000")
    bridge.call("PROPFIND", "/nowhere/4970100000000000")
    bridge.call("POST", "/operations/payment-intents/not-an-id", headers={"Authorization": "Bearer made-up"})
    report = {"csp-report": {"effective-directive": "script-src", "blocked-uri": "https://evil.example/x"}}
    bridge.call("POST", "/csp-reports", json=report)
    bridge.services.reconcile.run(Scope(), tell=lambda _: None)
    return seen


def test_no_label_says_more_than_a_closed_word(in_process: InProcess, world: World) -> None:
    seen = play(in_process, world)
    text = read(in_process, **GUARDED).text
    closed, families = closed_words(in_process), list(text_string_to_metric_families(text))
    declared = {metric.name.removesuffix("_total"): metric for metric in METRICS}
    assert {each.name for each in families} == set(declared)
    wrong = []
    for family in families:
        metric = declared[family.name]
        for sample in family.samples:
            for label, word in sample.labels.items():
                place = (metric.name, label)
                if label == "le":
                    continue
                if place in OPERATIONS:
                    fits = bool(OPERATION.fullmatch(word))
                elif place == HOSTS_OF_THE_POLICY:
                    fits = word in WITHOUT_HOST or word == "other" or "." in word
                elif place == ("bridge_breaker_open", "host"):
                    fits = word in closed[place] or bool(OF_OTHER_BRIDGES.fullmatch(word))
                else:
                    fits = word in closed[place]
                if not fits:
                    wrong.append((*place, word))
    assert wrong == []
    assert [each for each in seen if each in text] == []


def test_nothing_in_a_scrape_looks_like_an_id(in_process: InProcess, world: World) -> None:
    play(in_process, world)
    text = read(in_process, **GUARDED).text
    values = {word for _, labels, _ in samples(text) for word in labels.values()}
    assert [word for word in values if IDS.search(word) and word not in ALARMS_OF_THE_LOG] == []
