"""The gateway to commercetools and its token: asked for once, replaced once, never shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from monext_bridge.errors import RemoteRefused, RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.commercetools.api import CommercetoolsGateway
from tests.gateways.project import SECRET, Project, basic_credentials, error, gateway_to, requests_but_tokens
from tests.gateways.remotes import FOREVER, SHORT_TIMEOUTS, Remote, free_port
from tests.log_lines import LogLines


def test_the_token_is_asked_for_once_without_naming_a_scope(
    commercetools: CommercetoolsGateway, remote: Remote
) -> None:
    for _ in range(3):
        commercetools.get_payment("p-1")
    (request,) = [each for each in remote.requests if each.target == "/oauth/token"]
    assert request.body == b"grant_type=client_credentials"
    assert request.headers["authorization"] == f"Basic {basic_credentials()}"


def test_a_refused_token_is_replaced_once(commercetools: CommercetoolsGateway, project: Project) -> None:
    commercetools.get_payment("p-1")
    project.accepted.clear()
    assert commercetools.update_payment("p-1", {"version": 1}) == {"id": "x", "results": []}
    assert (project.granted, project.unauthenticated) == (2, 1)


def test_a_token_that_is_refused_again_is_a_refusal(
    commercetools: CommercetoolsGateway, remote: Remote, project: Project
) -> None:
    project.reply = lambda _: (401, error(401, "invalid_token"))
    with pytest.raises(RemoteRefused) as raised:
        commercetools.get_payment("p-1")
    assert (raised.value.status, project.granted, len(requests_but_tokens(remote))) == (401, 2, 2)


def test_a_wrong_client_secret_is_a_refusal(remote: Remote) -> None:
    remote.reply = lambda _: (401, {"error": "invalid_client", "error_description": "no such client"})
    with pytest.raises(RemoteRefused) as raised:
        gateway_to(remote.url).get_payment("p-1")
    assert raised.value.codes == ("invalid_client",)


@pytest.mark.parametrize(
    "grant", [{}, {"access_token": "", "expires_in": 60}, {"access_token": "t", "expires_in": "60"}]
)
def test_an_answer_without_a_token_is_no_usable_answer(remote: Remote, grant: dict[str, object]) -> None:
    remote.reply = lambda _: (200, grant)
    with pytest.raises(RemoteUnavailable):
        gateway_to(remote.url).get_payment("p-1")


@pytest.mark.parametrize("trouble", ["status", "drop_before", "html"])
def test_without_a_token_nothing_was_sent_for_certain(
    commercetools: CommercetoolsGateway, remote: Remote, trouble: str
) -> None:
    remote.add_fault(trouble, path="/oauth/token")
    with pytest.raises(RemoteUnreachable):
        commercetools.create_order({"version": 1})
    assert requests_but_tokens(remote) == []


def test_a_token_that_never_comes_means_that_nothing_was_sent(remote: Remote) -> None:
    remote.add_fault("hang", path="/oauth/token", seconds=FOREVER)
    with pytest.raises(RemoteUnreachable):
        gateway_to(remote.url, timeouts=SHORT_TIMEOUTS).create_order({"version": 1})
    assert requests_but_tokens(remote) == []


def test_an_authorisation_server_that_is_down_is_told_as_commercetools(remote: Remote) -> None:
    alone = gateway_to(remote.url, auth_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(RemoteUnreachable) as raised:
        alone.get_payment("p-1")
    assert raised.value.remote == "commercetools"


def test_32_threads_make_one_token_call_and_no_unauthenticated_request(
    commercetools: CommercetoolsGateway, project: Project
) -> None:
    start = Barrier(32)

    def read(_: int) -> object:
        start.wait(60)
        return commercetools.get_payment("p-1")

    with ThreadPoolExecutor(32) as pool:
        assert len(list(pool.map(read, range(32)))) == 32
    assert (project.granted, project.unauthenticated) == (1, 0)


def test_no_secret_is_in_the_log(
    commercetools: CommercetoolsGateway, project: Project, lines: LogLines
) -> None:
    commercetools.get_payment("p-1")
    project.accepted.clear()
    commercetools.get_session("secret-session-id")
    for secret in (SECRET, basic_credentials(), "Bearer", '"t1"', '"t2"', "secret-session-id"):
        assert secret not in lines.text
