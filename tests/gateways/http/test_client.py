"""The HTTP client over real connections: what is sent, what comes back, what is known when nothing does."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from decimal import Decimal

import pytest

from monext_bridge.errors import RemoteTimeout, RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.http.client import HttpAnswer
from monext_bridge.logs import correlation_id
from tests.gateways.remotes import (
    AMPLE_TIMEOUTS,
    FOREVER,
    SHORT_TIMEOUTS,
    RecordedSleeps,
    Remote,
    client,
    free_port,
    listening,
)
from tests.log_lines import LogLines

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def get(url: str) -> HttpAnswer:
    return client(url).send("GET", "/thing", route="/thing")


def post(url: str) -> HttpAnswer:
    return client(url).send("POST", "/thing", route="/thing", json={"a": 1})


def answering(raw: bytes) -> Callable[[socket.socket], None]:
    def handle(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(raw)

    return handle


class TestWhatIsSent:
    def test_json_parameters_and_headers_arrive(self, remote: Remote) -> None:
        client(remote.url).send(
            "POST",
            "/a/b%2Fc",
            route="/a/{id}",
            params={"where": 'id="1" & x'},
            json={"é": 1},
            headers={"Authorization": "Bearer t"},
        )
        (request,) = remote.requests
        assert request.method == "POST"
        assert request.target == "/a/b%2Fc?where=id%3D%221%22+%26+x"
        assert request.headers["authorization"] == "Bearer t"
        assert request.headers["content-type"] == "application/json"
        assert request.headers["accept"] == "application/json"

    def test_a_form_arrives_as_a_form(self, remote: Remote) -> None:
        client(remote.url).send("POST", "/t", route="/t", form={"grant_type": "client_credentials"})
        assert remote.requests[0].body == b"grant_type=client_credentials"

    def test_the_correlation_id_is_passed_on(self, remote: Remote) -> None:
        token = correlation_id.set("corr-12345678")
        try:
            get(remote.url)
        finally:
            correlation_id.reset(token)
        assert remote.requests[0].headers["x-correlation-id"] == "corr-12345678"

    def test_without_a_correlation_id_none_is_made_up(self, remote: Remote) -> None:
        get(remote.url)
        assert "x-correlation-id" not in remote.requests[0].headers

    def test_cookies_are_not_kept(self, remote: Remote) -> None:
        once = client(remote.url)
        once.send("GET", "/a", route="/a")
        once.send("GET", "/b", route="/b")
        assert "cookie" not in remote.requests[1].headers

    def test_proxies_of_the_environment_are_not_used(
        self, remote: Remote, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
        monkeypatch.setenv("NO_PROXY", "")
        assert get(remote.url).status == 200

    def test_one_connection_serves_call_after_call(self) -> None:
        connections = []

        def handle(connection: socket.socket) -> None:
            connections.append(connection)
            while connection.recv(65536):
                connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

        with listening(handle) as port:
            once = client(f"http://127.0.0.1:{port}")
            for _ in range(3):
                assert once.send("GET", "/a", route="/a").status == 200
        assert len(connections) == 1


class TestWhatComesBack:
    def test_json_is_parsed_with_exact_fractions(self, remote: Remote) -> None:
        remote.reply = lambda _: (200, b'{"rate": 0.0255, "amount": 100}')
        assert get(remote.url).body == {"rate": Decimal("0.0255"), "amount": 100}

    @pytest.mark.parametrize(
        "content", [b"", b"<html>", b"{", b'{"a": NaN}', b"\xff\xfe\xff", b"[" * 100_000]
    )
    def test_what_is_not_json_is_an_answer_without_body(self, remote: Remote, content: bytes) -> None:
        remote.reply = lambda _: (200, content)
        answer = get(remote.url)
        assert (answer.status, answer.body) == (200, None)

    @pytest.mark.parametrize("status", [200, 201, 301, 302, 400, 401, 404, 409, 500])
    def test_any_status_is_an_answer_and_no_redirect_is_followed(self, remote: Remote, status: int) -> None:
        remote.reply = lambda _: (status, {"a": 1})
        assert (get(remote.url).status, get(remote.url).body) == (status, {"a": 1})
        assert {request.target for request in remote.requests} == {"/thing"}

    def test_a_redirect_that_leads_nowhere_is_an_answer_too(self) -> None:
        raw = b"HTTP/1.1 302 Found\r\nLocation: http://[bad/\r\nContent-Length: 2\r\n\r\n{}"
        with listening(answering(raw)) as port:
            assert post(f"http://127.0.0.1:{port}").status == 302

    def test_headers_are_found_in_any_case(self, remote: Remote) -> None:
        assert get(remote.url).headers["content-TYPE"] == "application/json"

    def test_a_body_in_chunks_is_read_whole(self) -> None:
        raw = HEAD + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n'
        with listening(answering(raw)) as port:
            assert get(f"http://127.0.0.1:{port}").body == {"a": 1}

    def test_what_the_remote_asks_to_wait_is_told(self, remote: Remote) -> None:
        remote.add_fault("status", code=503, retry_after=7, times=0)
        assert get(remote.url).retry_after == 7


class TestTrouble:
    def test_a_port_where_nobody_listens_is_unreachable(self) -> None:
        with pytest.raises(RemoteUnreachable):
            post(f"http://127.0.0.1:{free_port()}")

    def test_a_host_that_does_not_exist_is_unreachable(self) -> None:
        with pytest.raises(RemoteUnreachable):
            post("http://no-such-host.invalid")

    def test_an_address_that_can_not_be_sent_to_is_unreachable(self) -> None:
        with pytest.raises(RemoteUnreachable):
            post("http://.example.com")

    def test_silence_after_the_request_is_a_time_out(self, remote: Remote) -> None:
        remote.add_fault("hang", seconds=FOREVER)
        with pytest.raises(RemoteTimeout):
            client(remote.url, timeouts=SHORT_TIMEOUTS).send("POST", "/thing", route="/thing", json={"a": 1})

    def test_an_answer_that_drips_ends_at_the_deadline(self) -> None:
        def drip(connection: socket.socket) -> None:
            connection.recv(65536)
            connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
            while True:
                connection.sendall(b" ")
                time.sleep(0.01)

        with listening(drip) as port, pytest.raises(RemoteTimeout):
            client(f"http://127.0.0.1:{port}", timeouts=SHORT_TIMEOUTS).send("GET", "/a", route="/a")

    @pytest.mark.parametrize("action", ["drop_before", "drop_after", "half_body"])
    def test_a_write_whose_connection_breaks_is_unknown_and_never_repeated(
        self, remote: Remote, action: str
    ) -> None:
        remote.add_fault(action)
        with pytest.raises(RemoteUnavailable) as raised:
            post(remote.url)
        assert type(raised.value) is RemoteUnavailable
        assert len(remote.calls()) == 1

    @pytest.mark.parametrize("action", ["drop_before", "drop_after", "half_body"])
    def test_a_read_whose_connection_breaks_is_repeated(self, remote: Remote, action: str) -> None:
        remote.reply = lambda _: (200, {"a": "long enough to be halved"})
        remote.add_fault(action)
        assert get(remote.url).status == 200
        assert len(remote.calls()) == 2

    def test_a_connection_closed_while_idle_does_not_pass_for_certainty(self) -> None:
        """The remote may have taken the request up before it closed: only reads may be sent again."""
        connections = []

        def answer_once_then_close_on_the_second(connection: socket.socket) -> None:
            connections.append(connection)
            connection.recv(65536)
            connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
            connection.recv(65536)

        with listening(answer_once_then_close_on_the_second) as port:
            once = client(f"http://127.0.0.1:{port}")
            once.send("GET", "/a", route="/a")
            with pytest.raises(RemoteUnavailable) as raised:
                once.send("POST", "/a", route="/a", json={})
        assert type(raised.value) is RemoteUnavailable
        assert len(connections) == 1

    def test_a_read_is_tried_three_times_and_the_last_answer_counts(self, remote: Remote) -> None:
        remote.add_fault("status", code=503, times=0)
        waits = RecordedSleeps()
        answer = client(remote.url, sleep=waits).send("GET", "/a", route="/a")
        assert (answer.status, len(remote.calls()), waits.seconds) == (503, 3, [0.1, 0.2])

    def test_a_read_waits_as_long_as_the_remote_asks(self, remote: Remote) -> None:
        remote.add_fault("status", code=429, retry_after=1)
        waits = RecordedSleeps()
        assert client(remote.url, sleep=waits).send("GET", "/a", route="/a").status == 200
        assert waits.seconds == [1.0]

    def test_a_write_that_met_a_503_is_not_repeated(self, remote: Remote) -> None:
        remote.add_fault("status", code=503)
        assert post(remote.url).status == 503
        assert len(remote.calls()) == 1

    def test_a_caller_may_give_a_call_more_time(self, remote: Remote) -> None:
        remote.add_fault("delay", seconds=2 * SHORT_TIMEOUTS.read)
        impatient = client(remote.url, timeouts=SHORT_TIMEOUTS)
        answer = impatient.send("GET", "/thing", route="/thing", attempts=1, read_timeout=AMPLE_TIMEOUTS.read)
        assert answer.status == 200


class TestTheLog:
    def test_a_call_is_one_line_with_route_ids_status_and_time(self, remote: Remote, lines: LogLines) -> None:
        client(remote.url).send("GET", "/carts/c-1", route="/carts/{cart}", ids={"cart": "c-1"})
        (line,) = lines.of("remote_call")
        assert line["ms"] >= 0
        assert {name: line[name] for name in ("remote", "method", "route", "cart", "status", "attempt")} == {
            "remote": "commercetools",
            "method": "GET",
            "route": "/carts/{cart}",
            "cart": "c-1",
            "status": 200,
            "attempt": 1,
        }

    def test_each_attempt_has_its_line(self, remote: Remote, lines: LogLines) -> None:
        remote.add_fault("drop_before")
        remote.add_fault("status", code=502)
        get(remote.url)
        found = [(line["attempt"], line["failure"], line["status"]) for line in lines.of("remote_call")]
        assert found == [(1, "broken", None), (2, None, 502), (3, None, 200)]

    def test_no_query_no_body_and_no_credentials(self, remote: Remote, lines: LogLines) -> None:
        remote.reply = lambda _: (200, {"access_token": "of-the-answer"})
        client(remote.url).send(
            "POST",
            "/a",
            route="/a",
            params={"q": "of-the-query"},
            json={"x": "of-the-body"},
            headers={"Authorization": "Basic of-the-header"},
        )
        for secret in ("of-the-answer", "of-the-query", "of-the-body", "of-the-header"):
            assert secret not in lines.text

    def test_an_error_names_remote_and_route_and_no_address(self) -> None:
        with pytest.raises(RemoteUnreachable) as raised:
            post(f"http://127.0.0.1:{free_port()}")
        assert str(raised.value) == "commercetools could not be reached, so nothing was sent: POST /thing"
        assert raised.value.remote == "commercetools"
