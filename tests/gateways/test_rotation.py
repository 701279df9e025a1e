"""Several keys of one account: the next one where the remote answers 401, and no operation sent twice for it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from pydantic import SecretStr

from monext_bridge.config import CommercetoolsSettings, MonextCredentials
from monext_bridge.domain.ids import MonextTransactionId, SessionToken
from monext_bridge.domain.monext import OperationKind
from monext_bridge.errors import RemoteRefused, RemoteUnreachable
from monext_bridge.gateways.commercetools.api import CommercetoolsGateway
from monext_bridge.gateways.monext import MonextGateway
from tests.gateways.remotes import AMPLE_TIMEOUTS, Remote, Request, client
from tests.log_lines import LogLines

TOKEN = SessionToken("13fChMDzWfyVw6d2R2391553893852225")
TRANSACTION = MonextTransactionId("28d1a4f0112233")
OLD, NEW, THIRD = (base64.b64encode(f"m1:{name}".encode()).decode() for name in ("old", "new", "third"))
NAMES = {OLD: "old", NEW: "new", THIRD: "third"}
READ = {"result": {"title": "ACCEPTED", "code": "00000"}}
UNAUTHORIZED = {"title": "Unauthorized", "code": "401", "detail": "no"}
THREADS = 24


class Keys:
    """Answers 401 to all keys that are not `taken`, and notes method and key of each call."""

    def __init__(self, remote: Remote, *taken: str) -> None:
        self.taken = set(taken)
        self.answer: tuple[int, Any] = (200, READ)
        self.seen: list[tuple[str, str]] = []
        remote.reply = self

    def __call__(self, request: Request) -> tuple[int, Any]:
        key = request.headers["authorization"].removeprefix("Basic ")
        self.seen.append((request.method, NAMES[key]))
        return self.answer if key in self.taken else (401, UNAUTHORIZED)

    @property
    def used(self) -> list[str]:
        return [name for _, name in self.seen]


@pytest.fixture
def gateway() -> MonextGateway:
    return MonextGateway(connect=lambda url: client(url, remote="monext", timeouts=AMPLE_TIMEOUTS))


def of(remote: Remote, *keys: str) -> MonextCredentials:
    return MonextCredentials(api_url=remote.url, api_keys=tuple(SecretStr(key) for key in keys))


class TestReads:
    def test_the_first_key_is_used_while_it_is_taken(self, gateway: MonextGateway, remote: Remote) -> None:
        keys = Keys(remote, OLD, NEW)
        for _ in range(3):
            gateway.get_session(of(remote, OLD, NEW), TOKEN)
        assert keys.used == ["old"] * 3

    def test_the_next_is_used_where_it_is_answered_401_and_is_remembered(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        keys = Keys(remote, THIRD)
        asked = of(remote, OLD, NEW, THIRD)
        assert [gateway.get_session(asked, TOKEN).status for _ in range(2)] == [200, 200]
        assert keys.used == ["old", "new", "third", "third"]

    def test_the_first_serves_again_where_the_next_is_refused(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        keys = Keys(remote, NEW)
        gateway.get_session(of(remote, OLD, NEW), TOKEN)
        keys.taken = {OLD}
        assert gateway.get_session(of(remote, OLD, NEW), TOKEN).status == 200
        assert keys.used == ["old", "new", "new", "old"]

    def test_a_401_is_the_answer_where_every_key_is_refused(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        keys = Keys(remote)
        assert gateway.get_session(of(remote, OLD, NEW), TOKEN).status == 401
        assert keys.used == ["old", "new"]

    @pytest.mark.parametrize("status", [200, 403, 404, 500])
    def test_nothing_but_a_401_leads_to_the_next_key(
        self, gateway: MonextGateway, remote: Remote, status: int
    ) -> None:
        keys = Keys(remote, OLD)
        keys.answer = status, UNAUTHORIZED
        gateway.get_session(of(remote, OLD, NEW), TOKEN)
        assert keys.used == ["old"]

    def test_whether_monext_is_alive_is_asked_with_the_next_key_too(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        Keys(remote, NEW)
        assert gateway.alive(of(remote, OLD, NEW))

    def test_a_session_is_made_once_with_the_next_key(self, gateway: MonextGateway, remote: Remote) -> None:
        keys = Keys(remote, NEW)
        keys.answer = 201, {"sessionId": TOKEN}
        assert gateway.create_session(of(remote, OLD, NEW), {}).status == 201
        assert keys.seen == [("POST", "old"), ("POST", "new")]

    def test_two_lists_know_nothing_of_each_other(self, gateway: MonextGateway, remote: Remote) -> None:
        keys = Keys(remote, NEW, THIRD)
        gateway.get_session(of(remote, OLD, NEW), TOKEN)
        gateway.get_session(of(remote, OLD, THIRD), TOKEN)
        assert keys.used == ["old", "new", "old", "third"]


class TestOperations:
    def refund(self, gateway: MonextGateway, credentials: MonextCredentials) -> int:
        return gateway.execute(credentials, OperationKind.REFUND, TRANSACTION, {"amount": 1}).status

    def test_it_goes_out_with_the_key_that_a_read_has_proved(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        keys = Keys(remote, NEW)
        gateway.get_session(of(remote, OLD, NEW), TOKEN)
        keys.seen.clear()
        assert self.refund(gateway, of(remote, OLD, NEW)) == 200
        assert keys.seen == [("POST", "new")]

    def test_the_transaction_is_read_first_where_no_key_is_proved(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        keys = Keys(remote, NEW)
        assert self.refund(gateway, of(remote, OLD, NEW)) == 200
        assert keys.seen == [("GET", "old"), ("GET", "new"), ("POST", "new")]

    def test_a_new_session_proves_no_key(self, gateway: MonextGateway, remote: Remote) -> None:
        keys = Keys(remote, OLD)
        gateway.create_session(of(remote, OLD, NEW), {})
        self.refund(gateway, of(remote, OLD, NEW))
        assert keys.seen == [("POST", "old"), ("GET", "old"), ("POST", "old")]

    def test_a_401_is_its_answer_and_it_is_not_sent_again(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        keys = Keys(remote, OLD)
        gateway.get_session(of(remote, OLD, NEW), TOKEN)
        keys.taken = {NEW}
        keys.seen.clear()
        assert self.refund(gateway, of(remote, OLD, NEW)) == 401
        assert keys.seen == [("POST", "old")]

    def test_after_a_401_the_next_operation_waits_for_a_key_that_is_proved_again(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        keys = Keys(remote, OLD)
        gateway.get_session(of(remote, OLD, NEW), TOKEN)
        keys.taken = {NEW}
        self.refund(gateway, of(remote, OLD, NEW))
        keys.seen.clear()
        assert self.refund(gateway, of(remote, OLD, NEW)) == 200
        assert keys.seen == [("GET", "old"), ("GET", "new"), ("POST", "new")]

    @pytest.mark.parametrize(
        "answer", [(200, UNAUTHORIZED), (200, {"result": UNAUTHORIZED}), (200, []), (404, READ), (500, READ)]
    )
    def test_nothing_is_sent_where_the_read_proves_no_key(
        self, gateway: MonextGateway, remote: Remote, answer: tuple[int, Any]
    ) -> None:
        keys = Keys(remote, OLD)
        keys.answer = answer
        with pytest.raises(RemoteUnreachable):
            self.refund(gateway, of(remote, OLD, NEW))
        assert {method for method, _ in keys.seen} == {"GET"}

    def test_nothing_is_sent_where_every_key_is_refused(self, gateway: MonextGateway, remote: Remote) -> None:
        keys = Keys(remote)
        with pytest.raises(RemoteUnreachable):
            self.refund(gateway, of(remote, OLD, NEW))
        assert keys.seen == [("GET", "old"), ("GET", "new")]

    def test_nothing_is_sent_where_the_read_gets_no_answer(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        keys = Keys(remote, OLD)
        remote.add_fault("drop_before", times=0)
        with pytest.raises(RemoteUnreachable):
            self.refund(gateway, of(remote, OLD, NEW))
        assert keys.seen == []

    def test_a_single_key_needs_no_proof(self, gateway: MonextGateway, remote: Remote) -> None:
        keys = Keys(remote, OLD)
        self.refund(gateway, of(remote, OLD))
        assert keys.seen == [("POST", "old")]


class TestManyThreads:
    def at_once(self, act: Callable[[], object]) -> list[object]:
        together = Barrier(THREADS)

        def run(_: int) -> object:
            together.wait()
            return act()

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(run, range(THREADS)))

    def test_every_read_is_answered_while_a_key_is_withdrawn(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        keys = Keys(remote, OLD)
        gateway.get_session(of(remote, OLD, NEW), TOKEN)
        keys.taken = {NEW}
        found = self.at_once(lambda: gateway.get_session(of(remote, OLD, NEW), TOKEN).status)
        assert set(found) == {200}
        keys.seen.clear()
        gateway.get_session(of(remote, OLD, NEW), TOKEN)
        assert keys.used == ["new"]

    def test_each_operation_is_sent_once_however_many_find_no_proved_key(
        self, gateway: MonextGateway, remote: Remote
    ) -> None:
        keys = Keys(remote, NEW)
        kind, asked = OperationKind.CAPTURE, of(remote, OLD, NEW)
        found = self.at_once(lambda: gateway.execute(asked, kind, TRANSACTION, {"amount": 1}).status)
        assert set(found) == {200}
        assert [name for method, name in keys.seen if method == "POST"] == ["new"] * THREADS

    def test_the_change_is_told_once_without_a_key(
        self, gateway: MonextGateway, remote: Remote, lines: LogLines
    ) -> None:
        Keys(remote, NEW)
        self.at_once(lambda: gateway.get_session(of(remote, OLD, NEW), TOKEN))
        (told,) = lines.of("next_key_in_use")
        assert (told["setting"], told["place"], told["refused"]) == ("MONEXT_API_KEY", 2, 1)
        (proved,) = lines.of("key_proved")
        assert (proved["setting"], proved["place"]) == ("MONEXT_API_KEY", 2)
        assert OLD not in lines.text
        assert NEW not in lines.text


class ApiClients:
    """Grants tokens to the API clients that are `known`, and takes no token of another one."""

    def __init__(self, remote: Remote, *known: str) -> None:
        self.known = set(known)
        self.asked: list[tuple[str, str]] = []
        remote.reply = self

    def __call__(self, request: Request) -> tuple[int, Any]:
        kind, _, credentials = request.headers["authorization"].partition(" ")
        if kind == "Basic":
            name = base64.b64decode(credentials).decode().partition(":")[0]
            self.asked.append((request.target.rpartition("/")[2], name))
            if name not in self.known:
                return 401, {"error": "invalid_client"}
            return 200, {"access_token": f"of-{name}", "expires_in": 172800, "active": True}
        if credentials.removeprefix("of-") not in self.known:
            return 401, {"statusCode": 401, "errors": [{"code": "invalid_token"}]}
        return 200, {"id": "x"}


class TestApiClients:
    def gateway(self, remote: Remote) -> CommercetoolsGateway:
        settings = CommercetoolsSettings(
            project_key="shop",
            client_ids=("old", "new"),
            client_secrets=(SecretStr("pass-of-old"), SecretStr("pass-of-new")),
            auth_url=remote.url,
            api_url=remote.url,
            session_url=None,
            jwks_url=None,
            jwt_issuer=None,
        )
        one = client(remote.url, timeouts=AMPLE_TIMEOUTS)
        return CommercetoolsGateway(settings, api=one, auth=one)

    def test_the_next_pair_gets_the_token_where_the_first_is_refused(
        self, remote: Remote, lines: LogLines
    ) -> None:
        clients = ApiClients(remote, "new")
        assert self.gateway(remote).get_payment("p-1") == {"id": "x"}
        assert clients.asked == [("token", "old"), ("token", "new")]
        (told,) = lines.of("next_key_in_use")
        assert (told["remote"], told["setting"], told["place"]) == ("commercetools", "CTP_CLIENT_SECRET", 2)
        assert "pass-of" not in lines.text

    def test_an_api_client_that_is_deleted_meanwhile_is_followed_by_the_next(self, remote: Remote) -> None:
        clients = ApiClients(remote, "old", "new")
        gateway = self.gateway(remote)
        gateway.get_payment("p-1")
        clients.known = {"new"}
        assert gateway.update_payment("p-1", {"version": 1}) == {"id": "x"}
        assert clients.asked == [("token", "old"), ("token", "old"), ("token", "new")]

    def test_introspection_uses_the_pair_that_works(self, remote: Remote) -> None:
        clients = ApiClients(remote, "new")
        gateway = self.gateway(remote)
        assert [gateway.introspect("theirs")["active"] for _ in range(2)] == [True, True]
        gateway.get_payment("p-1")
        introspected = [("introspect", "old"), ("introspect", "new"), ("introspect", "new")]
        assert clients.asked == [*introspected, ("token", "new")]

    def test_a_refusal_of_every_pair_is_a_refusal(self, remote: Remote) -> None:
        ApiClients(remote)
        with pytest.raises(RemoteRefused) as raised:
            self.gateway(remote).get_payment("p-1")
        assert raised.value.status == 401
