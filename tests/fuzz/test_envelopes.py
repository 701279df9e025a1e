"""Messages of any shape: an envelope is opened, or it is malformed; nothing else comes out of it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from monext_bridge.errors import InvalidJson, Malformed
from monext_bridge.mapping.clouds import (
    Validation,
    is_sns,
    moved_orders,
    names_listed_topic,
    read_push,
    read_sns,
    read_text,
)
from monext_bridge.mapping.inbound_json import read_json
from monext_bridge.web.http.policy_reports import PolicyReports
from tests.fuzz.effort import effort
from tests.fuzz.mutations import any_json, mutated, on_the_wire
from tests.push_samples import GRID_TOPIC, TOPIC, cloud_event, event_grid, message, pub_sub, sns
from tests.scrapes import scraped

VALIDATION = [
    {
        "id": "1",
        "topic": GRID_TOPIC,
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "data": {"validationCode": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"},
    }
]
DEEP = b"[" * 20_000, b'{"data":' * 20_000, b'{"a":' * 400 + b"1" + b"}" * 400
ENVELOPES = (
    message(),
    pub_sub(),
    pub_sub(cloud_event()),
    event_grid(),
    [*event_grid(), *event_grid(cloud_event())],
    cloud_event(),
    VALIDATION,
)
REPORTS = (
    {"csp-report": {"effective-directive": "script-src-elem", "blocked-uri": "https://evil.example/x"}},
    [{"type": "csp-violation", "body": {"effectiveDirective": "img-src", "blockedURL": "inline"}}],
)


@given(data=st.data())
@effort(60)
def test_an_envelope_is_opened_or_malformed(data: st.DataObject) -> None:
    document = data.draw(mutated(data.draw(st.sampled_from(ENVELOPES))))
    content = data.draw(st.just(on_the_wire(document)) | st.sampled_from(DEEP) | st.binary(max_size=30))
    with suppress(Malformed, InvalidJson):
        read = read_json(content)
        names_listed_topic(read, [TOPIC, GRID_TOPIC])
        opened = read_push(read)
        if not isinstance(opened, Validation):
            for order in moved_orders(opened.payloads, project_key="sandbox"):
                assert len(order) == 36


@given(document=mutated(sns()))
@effort(60)
def test_a_message_of_sns_is_read_or_malformed(document: Any) -> None:
    with suppress(Malformed, InvalidJson):
        read = read_json(on_the_wire(document))
        if is_sns(read):
            found = read_sns(read)
            assert found.certificate_url.startswith("https://sns.")
            moved_orders(read_text(found.message).payloads, project_key="sandbox")


@given(document=st.sampled_from(REPORTS).flatmap(lambda report: mutated(report)) | any_json)
@effort(80)
def take_a_report(document: Any) -> None:
    PolicyReports(["cdn.example.com"]).take(json.loads(on_the_wire(document)))


def test_reports_of_any_shape_count_only_words_of_closed_lists() -> None:
    """What was counted is looked at once, after all of them: a scrape costs more than any report."""
    take_a_report()
    for labels, _ in scraped("bridge_policy_violations_total"):
        directive, host = labels["directive"], labels["host"]
        assert directive == "other" or directive.endswith("-src")
        assert host in ("other", "cdn.example.com", "inline", "eval", "wasm-eval", "data", "blob", "self")
