"""`/ready`: for the host whether anybody can pay, for the operator which store can't, and why."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from sandbox.bridge_settings import CAPTURE_BY_STORE, api_key
from sandbox.monext.settings import DEFAULT_MERCHANTS
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.log_lines import LogLines
from tests.world import World

TOKEN = "the-token-of-the-operator-s-programs"
OPERATOR = {"Authorization": f"Bearer {TOKEN}"}
STORES = tuple(CAPTURE_BY_STORE)
WRONG = base64.b64encode(b"sandbox:a-key-that-was-withdrawn-long-ago").decode()


def bridge(sandbox: Sandbox, *, wrong: tuple[str, ...] = ()) -> InProcess:
    keys = {store: api_key(merchant) for store, merchant in zip(STORES, DEFAULT_MERCHANTS, strict=True)}
    given = json.dumps(keys | dict.fromkeys(wrong, WRONG))
    return InProcess(sandbox, METRICS_TOKEN=TOKEN, MONEXT_API_KEY=given)


def asked(
    of: InProcess, *, token: bool = False, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    answer = of.call("GET", "/ready", headers=headers or (OPERATOR if token else {}))
    return answer.status, json.loads(answer.text)


@pytest.mark.parametrize("token", [False, True])
def test_one_store_s_wrong_key_is_no_reason_to_take_the_others_down(
    token: bool, sandbox: Sandbox, world: World
) -> None:
    status, body = asked(bridge(sandbox, wrong=STORES[:1]), token=token)
    assert (status, body["monext"]) == (200, "UP")


@pytest.mark.parametrize("token", [False, True])
def test_where_no_store_can_be_paid_it_is_503(token: bool, sandbox: Sandbox, world: World) -> None:
    status, body = asked(bridge(sandbox, wrong=STORES), token=token)
    assert (status, body["commercetools"], body["monext"]) == (503, "UP", "DOWN")


def test_the_operator_reads_which_store_s_key_is_refused(sandbox: Sandbox, world: World) -> None:
    _, body = asked(bridge(sandbox, wrong=STORES[:1]), token=True)
    told = {store["store"]: store for store in body["stores"]}
    assert told[STORES[0]] == {
        "store": STORES[0],
        "environment": "HOMOLOGATION",
        "monext": "DOWN",
        "key": "refused",
        "why": "refused",
    }
    assert told[STORES[1]] == {
        "store": STORES[1],
        "environment": "HOMOLOGATION",
        "monext": "UP",
        "key": "accepted",
    }


def test_a_key_that_is_refused_under_http_200_is_told_too(sandbox: Sandbox, world: World) -> None:
    world.odd_answers(unauthorizedAs200=True)
    _, body = asked(bridge(sandbox, wrong=STORES[:1]), token=True)
    assert {store["store"]: store["key"] for store in body["stores"]}[STORES[0]] == "refused"


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"action": "status", "code": 503}, "failed"),
        ({"action": "drop_before"}, "failed"),
        ({"action": "huge_headers"}, "failed"),
        ({"action": "hang", "seconds": 600}, "timed_out"),
    ],
)
def test_the_operator_reads_why_a_remote_is_of_no_use(
    rule: dict[str, Any], why: str, sandbox: Sandbox, world: World
) -> None:
    world.fault("commercetools", path="/payments$", times=0, **rule)
    status, body = asked(bridge(sandbox), token=True)
    assert (status, body["commercetools"], body["commercetoolsWhy"]) == (503, "DOWN", why)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer another"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": TOKEN}],
)
def test_nobody_else_is_told_more_than_whether_each_answers(
    headers: dict[str, str], sandbox: Sandbox, world: World
) -> None:
    world.fault("commercetools", path="/payments$", times=0, action="status", code=503)
    status, body = asked(bridge(sandbox, wrong=STORES[:1]), headers=headers)
    assert (status, body) == (503, {"commercetools": "DOWN", "monext": "UP"})


def test_without_a_token_of_its_own_nobody_is_an_operator(sandbox: Sandbox, world: World) -> None:
    _, body = asked(InProcess(sandbox), token=True)
    assert body == {"commercetools": "UP", "monext": "UP"}


def test_the_log_names_the_store_whose_key_is_refused(
    sandbox: Sandbox, world: World, lines: LogLines
) -> None:
    asked(bridge(sandbox, wrong=STORES[:1]), token=True)
    refused = [line for line in lines.of("remote_call") if line["status"] == 401]
    assert [(line["remote"], line["store"], line["level"]) for line in refused] == [
        ("monext", STORES[0], "WARNING")
    ]


def test_no_key_is_told_or_logged(sandbox: Sandbox, world: World, lines: LogLines) -> None:
    _, body = asked(bridge(sandbox, wrong=STORES[:1]), token=True)
    for secret in (WRONG, TOKEN, *(api_key(merchant) for merchant in DEFAULT_MERCHANTS)):
        assert secret not in json.dumps(body)
        assert secret not in lines.text
