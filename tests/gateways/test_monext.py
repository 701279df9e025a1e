"""The gateway to Monext over real HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from monext_bridge.config import MonextCredentials
from monext_bridge.domain.ids import MonextTransactionId, SessionToken
from monext_bridge.domain.monext import OperationKind
from monext_bridge.errors import RemoteTimeout, RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.monext import MonextGateway, refuses_key
from tests.gateways.remotes import FOREVER, SHORT_TIMEOUTS, Remote, client, free_port, serving
from tests.log_lines import LogLines

TOKEN = SessionToken("13fChMDzWfyVw6d2R2391553893852225")
TRANSACTION = MonextTransactionId("28d1a4f0112233")


def credentials(url: str, *, merchant: str = "m1") -> MonextCredentials:
    key = base64.b64encode(f"{merchant}:access-key".encode()).decode()
    return MonextCredentials(api_url=url, api_keys=(SecretStr(key),))


@pytest.fixture
def gateway() -> MonextGateway:
    return MonextGateway(connect=lambda url: client(url, remote="monext"))


@pytest.fixture
def other() -> Iterator[Remote]:
    with serving(Remote()) as running:
        yield running


class TestCalls:
    def test_a_session_is_created_under_its_path(self, gateway: MonextGateway, remote: Remote) -> None:
        remote.reply = lambda _: (201, {"sessionId": TOKEN})
        answer = gateway.create_session(credentials(remote.url), {"pointOfSaleReference": "POS"})
        (request,) = remote.requests
        assert (answer.status, answer.body) == (201, {"sessionId": TOKEN})
        assert (request.method, request.target) == ("POST", "/v1/checkout/payments/sessions")
        assert json.loads(request.body) == {"pointOfSaleReference": "POS"}

    def test_a_session_is_read_by_its_token(self, gateway: MonextGateway, remote: Remote) -> None:
        gateway.get_session(credentials(remote.url), TOKEN)
        assert remote.requests[0].target == f"/v1/checkout/payments/sessions/{TOKEN}"

    def test_a_transaction_is_read_by_its_id(self, gateway: MonextGateway, remote: Remote) -> None:
        gateway.get_transaction(credentials(remote.url), MonextTransactionId("a/b"))
        assert remote.requests[0].target == "/v1/checkout/transactions/a%2Fb"

    @pytest.mark.parametrize("kind", list(OperationKind))
    def test_each_act_has_its_path(self, gateway: MonextGateway, remote: Remote, kind: OperationKind) -> None:
        gateway.execute(credentials(remote.url), kind, TRANSACTION, {"amount": 100})
        (request,) = remote.requests
        assert request.target == f"/v1/checkout/transactions/{TRANSACTION}/{kind.value}"
        assert json.loads(request.body) == {"amount": 100}

    @pytest.mark.parametrize("status", [200, 202, 400, 401, 404, 422, 500])
    def test_an_answer_is_handed_on_whatever_its_status(
        self, gateway: MonextGateway, remote: Remote, status: int
    ) -> None:
        remote.reply = lambda _: (status, {"title": "ERROR", "code": "02305"})
        assert gateway.get_session(credentials(remote.url), TOKEN).status == status

    def test_a_proxy_s_page_is_an_answer_without_body(self, gateway: MonextGateway, remote: Remote) -> None:
        remote.add_fault("html")
        answer = gateway.get_session(credentials(remote.url), TOKEN)
        assert (answer.status, answer.body) == (200, None)


class TestCredentials:
    def test_each_call_carries_those_it_was_given(self, gateway: MonextGateway, remote: Remote) -> None:
        for merchant in ("m1", "m2"):
            gateway.get_session(credentials(remote.url, merchant=merchant), TOKEN)
        sent = [request.headers["authorization"] for request in remote.requests]
        assert sent == [
            f"Basic {credentials(remote.url, merchant=merchant).api_keys[0].get_secret_value()}"
            for merchant in ("m1", "m2")
        ]

    def test_each_host_gets_only_its_own_calls(
        self, gateway: MonextGateway, remote: Remote, other: Remote
    ) -> None:
        gateway.get_session(credentials(remote.url), TOKEN)
        gateway.get_transaction(credentials(other.url), TRANSACTION)
        assert (len(remote.requests), len(other.requests)) == (1, 1)

    def test_neither_key_nor_whole_token_is_logged(
        self, gateway: MonextGateway, remote: Remote, lines: LogLines
    ) -> None:
        gateway.get_session(credentials(remote.url), TOKEN)
        assert TOKEN not in lines.text
        assert credentials(remote.url).api_keys[0].get_secret_value() not in lines.text
        assert lines.of("remote_call")[0]["session"] == "13fChM…"


class TestTrouble:
    def test_a_session_that_could_not_be_read_is_asked_for_again(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        remote.add_fault("drop_before")
        assert gateway.get_session(credentials(remote.url), TOKEN).status == 200

    @pytest.mark.parametrize("action", ["drop_before", "drop_after", "half_body"])
    def test_an_act_is_sent_once_and_its_lost_answer_is_no_certainty(
        self, gateway: MonextGateway, remote: Remote, action: str
    ) -> None:
        remote.add_fault(action)
        with pytest.raises(RemoteUnavailable) as raised:
            gateway.execute(credentials(remote.url), OperationKind.REFUND, TRANSACTION, {"amount": 1})
        assert not isinstance(raised.value, RemoteUnreachable)
        assert len(remote.calls()) == 1

    def test_an_act_that_met_a_503_is_not_sent_again(self, gateway: MonextGateway, remote: Remote) -> None:
        remote.add_fault("status", code=503)
        answer = gateway.execute(credentials(remote.url), OperationKind.CAPTURE, TRANSACTION, {"amount": 1})
        assert (answer.status, len(remote.calls())) == (503, 1)

    def test_an_act_that_certainly_was_not_sent_says_so(self, gateway: MonextGateway) -> None:
        nobody = credentials(f"http://127.0.0.1:{free_port()}")
        with pytest.raises(RemoteUnreachable) as raised:
            gateway.execute(nobody, OperationKind.CAPTURE, TRANSACTION, {"amount": 1})
        assert raised.value.remote == "monext"

    def test_an_act_has_longer_than_a_read_has(self, remote: Remote) -> None:
        impatient = MonextGateway(connect=lambda url: client(url, remote="monext", timeouts=SHORT_TIMEOUTS))
        remote.add_fault("delay", method="POST", seconds=2 * SHORT_TIMEOUTS.read)
        remote.add_fault("hang", method="GET", seconds=FOREVER, times=0)
        assert (
            impatient.execute(
                credentials(remote.url), OperationKind.CANCEL, TRANSACTION, {"amount": 1}
            ).status
            == 200
        )
        with pytest.raises(RemoteTimeout):
            impatient.get_transaction(credentials(remote.url), TRANSACTION)

    @pytest.mark.parametrize(("action", "status"), [("delay", 200), ("status", 503)])
    def test_alive_is_asked_once(
        self, gateway: MonextGateway, remote: Remote, action: str, status: int
    ) -> None:
        remote.add_fault(action, seconds=0)
        assert gateway.alive(credentials(remote.url)).status == status
        assert [call.path for call in remote.calls()] == ["/v1/checkout/alive"]

    def test_alive_is_not_asked_again_where_the_connection_breaks(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        remote.add_fault("drop_before")
        with pytest.raises(RemoteUnavailable):
            gateway.alive(credentials(remote.url))
        assert len(remote.calls()) == 1

    @pytest.mark.parametrize(
        ("answer", "refused"),
        [
            ((200, b"I'm alive"), False),
            ((200, {"title": "Unauthorized", "code": "401"}), True),
            ((200, {"result": {"title": "Unauthorized"}}), True),
            ((401, {}), True),
            ((403, b""), True),
            ((503, {}), False),
        ],
    )
    def test_a_key_is_refused_in_three_ways(
        self, answer: tuple[int, Any], refused: bool, gateway: MonextGateway, remote: Remote
    ) -> None:
        remote.reply = lambda _: answer
        assert refuses_key(gateway.alive(credentials(remote.url))) is refused
