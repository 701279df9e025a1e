"""Introspection as the gateway asks it: with our own credentials, once, and without showing the token."""

from __future__ import annotations

import pytest

from monext_bridge.errors import RemoteRefused, RemoteUnavailable
from monext_bridge.gateways.commercetools.api import CommercetoolsGateway
from tests.gateways.project import basic_credentials, gateway_to, requests_but_tokens
from tests.gateways.remotes import Remote, free_port
from tests.log_lines import LogLines

TOKEN = "a+token/of&somebody=else"


@pytest.fixture
def gateway(remote: Remote) -> CommercetoolsGateway:
    remote.reply = lambda _: (200, {"active": True, "scope": "manage_project:shop"})
    return gateway_to(remote.url)


def test_the_token_is_posted_as_a_form_with_the_client_s_own_credentials(
    gateway: CommercetoolsGateway, remote: Remote
) -> None:
    assert gateway.introspect(TOKEN) == {"active": True, "scope": "manage_project:shop"}
    (request,) = remote.requests
    assert (request.method, request.target) == ("POST", "/oauth/introspect")
    assert request.headers["authorization"] == f"Basic {basic_credentials()}"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.body == b"token=a%2Btoken%2Fof%26somebody%3Delse"


def test_no_token_of_our_own_is_needed_for_it(gateway: CommercetoolsGateway, remote: Remote) -> None:
    gateway.introspect(TOKEN)
    assert [each.target for each in requests_but_tokens(remote)] == [each.target for each in remote.requests]


def test_a_client_that_may_not_ask_is_a_refusal(gateway: CommercetoolsGateway, remote: Remote) -> None:
    remote.reply = lambda _: (401, {"error": "invalid_client", "error_description": "no such client"})
    with pytest.raises(RemoteRefused) as raised:
        gateway.introspect(TOKEN)
    assert raised.value.codes == ("invalid_client",)


@pytest.mark.parametrize("action", ["status", "drop_before", "half_body", "html"])
def test_an_answer_that_does_not_come_is_asked_for_once(
    action: str, gateway: CommercetoolsGateway, remote: Remote
) -> None:
    remote.add_fault(action, times=0)
    with pytest.raises(RemoteUnavailable):
        gateway.introspect(TOKEN)
    assert len(remote.calls()) == 1


def test_an_authorisation_server_that_is_away_is_unavailable() -> None:
    with pytest.raises(RemoteUnavailable):
        gateway_to(f"http://127.0.0.1:{free_port()}").introspect(TOKEN)


def test_neither_log_nor_error_holds_the_token(
    gateway: CommercetoolsGateway, remote: Remote, lines: LogLines
) -> None:
    gateway.introspect(TOKEN)
    remote.reply = lambda _: (400, {"error": "invalid_request", "error_description": f"what is {TOKEN}?"})
    with pytest.raises(RemoteRefused) as raised:
        gateway.introspect(TOKEN)
    assert TOKEN not in str(raised.value)
    assert TOKEN not in lines.text
    assert [line["route"] for line in lines.of("remote_call")] == ["/oauth/introspect"] * 2
