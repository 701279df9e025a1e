import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from flask import Flask, request

from sandbox.faults import ACTIONS, KILLS, OBSERVER, Faults, faulty
from sandbox.serving import Server

ANSWER = {"done": True, "padding": "x" * 200}


@dataclass
class Remote:
    """An application that counts what it did, behind faults, on a real port."""

    url: str = ""
    done: list[str] = field(default_factory=list)
    resets: list[str] = field(default_factory=list)

    def add(self, **rule: Any) -> int:
        response = requests.post(f"{self.url}/_control/faults", json=rule, timeout=60)
        assert response.status_code == 201, response.text
        identity: int = response.json()["id"]
        return identity

    def act(self, path: str = "/act", *, method: str = "POST", **options: Any) -> requests.Response:
        return requests.request(method, f"{self.url}{path}", timeout=60, **options)

    def calls(self) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = requests.get(f"{self.url}/_control/calls", timeout=60).json()["calls"]
        return calls

    def rules(self) -> list[dict[str, Any]]:
        rules: list[dict[str, Any]] = requests.get(f"{self.url}/_control/faults", timeout=60).json()["faults"]
        return rules


@pytest.fixture
def remote() -> Iterator[Remote]:
    remote = Remote()
    app = Flask("remote")

    @app.route("/act", methods=["GET", "POST"])
    @app.route("/other", methods=["GET", "POST"])
    def act() -> dict[str, Any]:
        remote.done.append(request.path)
        return ANSWER

    @app.post("/_control/reset")
    def reset() -> tuple[str, int]:
        remote.resets.append("reset")
        return "", 204

    server = Server(faulty(app, Faults()))
    server.start()
    remote.url = server.url
    yield remote
    server.stop()


def test_without_a_rule_the_answer_is_the_applications_own(remote: Remote) -> None:
    assert remote.act().json() == ANSWER


def test_status_answers_without_doing_the_act(remote: Remote) -> None:
    remote.add(action="status", code=429, retry_after=7)
    response = remote.act()
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert response.json()["statusCode"] == 429
    assert remote.done == []


def test_status_answers_the_body_and_type_it_was_given(remote: Remote) -> None:
    remote.add(action="status", code=502, body="<h1>Bad gateway</h1>", content_type="text/html")
    response = remote.act()
    assert (response.text, response.headers["Content-Type"]) == ("<h1>Bad gateway</h1>", "text/html")


def test_status_after_does_the_act_all_the_same(remote: Remote) -> None:
    remote.add(action="status_after", code=504)
    assert remote.act().status_code == 504
    assert remote.done == ["/act"]


def test_drop_before_closes_the_connection_without_the_act(remote: Remote) -> None:
    remote.add(action="drop_before")
    with pytest.raises(requests.ConnectionError):
        remote.act()
    assert remote.done == []


def test_drop_after_does_the_act_and_closes_the_connection(remote: Remote) -> None:
    remote.add(action="drop_after")
    with pytest.raises(requests.ConnectionError):
        remote.act()
    assert remote.done == ["/act"]


def test_a_drop_hits_a_connection_that_was_used_before(remote: Remote) -> None:
    with requests.Session() as session:
        assert session.post(f"{remote.url}/act", timeout=60).status_code == 200
        remote.add(action="drop_after")
        with pytest.raises(requests.ConnectionError):
            session.post(f"{remote.url}/act", timeout=60)
    assert remote.done == ["/act", "/act"]


def test_half_body_sends_less_than_it_announces(remote: Remote) -> None:
    remote.add(action="half_body")
    response = remote.act(stream=True)
    announced = int(response.headers["Content-Length"])
    received: list[bytes] = []
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        received.extend(response.iter_content(16))
    assert 0 < len(b"".join(received)) < announced
    assert remote.done == ["/act"]


def test_html_is_a_page_with_status_200_and_no_act(remote: Remote) -> None:
    remote.add(action="html")
    response = remote.act()
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert remote.done == []


def test_delay_answers_normally_later(remote: Remote) -> None:
    remote.add(action="delay", seconds=0.05)
    assert remote.act().json() == ANSWER
    call = remote.calls()[0]
    assert call["end"] - call["start"] >= 0.05


def test_hang_ends_without_an_answer_or_an_act(remote: Remote) -> None:
    remote.add(action="hang", seconds=0.05)
    with pytest.raises(requests.ConnectionError):
        remote.act()
    assert remote.done == []


def test_drip_begins_an_answer_that_never_ends_without_the_act(remote: Remote) -> None:
    remote.add(action="drip", seconds=0.3)
    response = remote.act(stream=True)
    received: list[bytes] = []
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        received.extend(response.iter_content(1))
    assert response.status_code == 200
    assert set(received) == {b" "}
    assert remote.done == []


def test_a_gzip_bomb_is_200_mb_of_spaces_and_the_answer(remote: Remote) -> None:
    remote.add(action="gzip_bomb")
    response = remote.act(stream=True)
    assert response.headers["Content-Encoding"] == "gzip"
    assert int(response.headers["Content-Length"]) < 2_000_000
    last, size = b"", 0
    for piece in response.iter_content(1_000_000):
        last, size = (last + piece)[-1000:], size + len(piece)
    assert json.loads(last) == ANSWER
    assert size > 200_000_000
    assert remote.done == ["/act"]


def test_an_endless_answer_has_more_than_anybody_reads_and_the_act_is_done(remote: Remote) -> None:
    remote.add(action="endless", seconds=600)
    with remote.act(stream=True) as response:
        assert "Content-Length" not in response.headers
        pieces = response.iter_content(1_000_000)
        assert sum(len(next(pieces)) for _ in range(20)) > 10_000_000
    assert remote.done == ["/act"]


def test_many_interim_answers_come_before_the_answer(remote: Remote) -> None:
    remote.add(action="many_1xx")
    with socket.create_connection(("127.0.0.1", int(remote.url.rpartition(":")[2]))) as connection:
        connection.sendall(b"POST /act HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.count(b"HTTP/1.1 103 ") == 1000
    assert b"HTTP/1.1 200 " in received
    assert remote.done == ["/act"]


def test_huge_headers_are_a_megabyte_of_lines(remote: Remote) -> None:
    remote.add(action="huge_headers")
    with socket.create_connection(("127.0.0.1", int(remote.url.rpartition(":")[2]))) as connection:
        connection.sendall(b"POST /act HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        head = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")[0]
    assert head.count(b"\r\nX-Line-") == 10_000
    assert len(head) > 900_000
    assert remote.done == ["/act"]


@pytest.mark.parametrize("action", ["hang", "drip"])
def test_clearing_the_rules_drops_a_call_that_hangs(remote: Remote, action: str) -> None:
    remote.add(action=action, seconds=600)
    ended = threading.Event()

    def call() -> None:
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            remote.act()
        ended.set()

    caller = threading.Thread(target=call)
    caller.start()
    while not remote.calls():
        pass
    while not ended.wait(0.01):
        requests.delete(f"{remote.url}/_control/faults", timeout=60)
    caller.join()
    assert remote.done == []


def test_a_rule_applies_once_unless_told_otherwise(remote: Remote) -> None:
    remote.add(action="status")
    assert [remote.act().status_code for _ in range(3)] == [503, 200, 200]


def test_times_bounds_a_rule(remote: Remote) -> None:
    remote.add(action="status", times=2)
    assert [remote.act().status_code for _ in range(3)] == [503, 503, 200]


def test_times_zero_applies_until_removed(remote: Remote) -> None:
    identity = remote.add(action="status", times=0)
    assert [remote.act().status_code for _ in range(3)] == [503, 503, 503]
    assert requests.delete(f"{remote.url}/_control/faults?id={identity}", timeout=60).status_code == 204
    assert remote.act().status_code == 200


def test_skip_lets_the_first_calls_pass(remote: Remote) -> None:
    remote.add(action="status", skip=2)
    assert [remote.act().status_code for _ in range(4)] == [200, 200, 503, 200]


def test_a_rule_leaves_other_methods_alone(remote: Remote) -> None:
    remote.add(action="status", method="post")
    assert remote.act(method="GET").status_code == 200
    assert remote.act(method="POST").status_code == 503


def test_a_rule_leaves_other_paths_alone(remote: Remote) -> None:
    remote.add(action="status", path="^/act$")
    assert remote.act("/other").status_code == 200
    assert remote.act("/act").status_code == 503


def test_a_path_is_matched_without_its_query(remote: Remote) -> None:
    remote.add(action="status", path="secret")
    assert remote.act("/act?secret=1").status_code == 200


def test_a_rule_used_up_makes_way_for_the_next(remote: Remote) -> None:
    remote.add(action="status", code=500)
    remote.add(action="status", code=502)
    assert [remote.act().status_code for _ in range(3)] == [500, 502, 200]


def test_the_list_tells_how_often_a_rule_was_applied(remote: Remote) -> None:
    remote.add(action="status", times=5, skip=1)
    for _ in range(3):
        remote.act()
    assert [(rule["action"], rule["applied"]) for rule in remote.rules()] == [("status", 2)]


def test_the_journal_keeps_no_query_values(remote: Remote) -> None:
    remote.act("/act?token=abc&empty=", headers={"X-Correlation-ID": "order-1"})
    call = remote.calls()[0]
    assert (call["method"], call["path"], call["query"]) == ("POST", "/act", ["token", "empty"])
    assert (call["status"], call["fault"], call["correlation_id"]) == (200, None, "order-1")
    assert "abc" not in str(call)


def test_the_journal_tells_a_call_that_was_never_answered(remote: Remote) -> None:
    remote.add(action="drop_after")
    with pytest.raises(requests.ConnectionError):
        remote.act()
    call = remote.calls()[0]
    assert (call["status"], call["fault"]) == (None, "drop_after")
    assert call["end"] >= call["start"]


def test_the_journal_is_in_the_order_of_arrival(remote: Remote) -> None:
    remote.act("/act")
    remote.act("/other")
    assert [(call["sequence"], call["path"]) for call in remote.calls()] == [(1, "/act"), (2, "/other")]


def test_controls_are_neither_spoilt_nor_in_the_journal(remote: Remote) -> None:
    remote.add(action="status", times=0)
    assert remote.calls() == []
    assert requests.post(f"{remote.url}/_control/reset", timeout=60).status_code == 204


def test_an_observer_is_neither_spoilt_nor_in_the_journal(remote: Remote) -> None:
    remote.add(action="status")
    assert remote.act(headers={OBSERVER: "test"}).status_code == 200
    assert remote.calls() == []
    assert remote.act().status_code == 503


def test_the_journal_can_be_cleared_alone(remote: Remote) -> None:
    remote.add(action="status", times=0)
    remote.act()
    assert requests.delete(f"{remote.url}/_control/calls", timeout=60).status_code == 204
    assert remote.calls() == []
    assert len(remote.rules()) == 1


def test_reset_clears_rules_and_journal_and_resets_the_application(remote: Remote) -> None:
    remote.add(action="status", times=0)
    remote.act()
    requests.post(f"{remote.url}/_control/reset", timeout=60)
    assert (remote.rules(), remote.calls(), remote.resets) == ([], [], ["reset"])


def test_removing_a_rule_that_is_not_there_is_said(remote: Remote) -> None:
    assert requests.delete(f"{remote.url}/_control/faults?id=99", timeout=60).status_code == 404


def test_a_wrong_rule_is_refused_over_http(remote: Remote) -> None:
    response = requests.post(f"{remote.url}/_control/faults", json={"action": "explode"}, timeout=60)
    assert response.status_code == 400
    assert "drop_after" in response.json()["message"]


@pytest.mark.parametrize("action", [action for action in ACTIONS if action not in KILLS])
def test_every_action_can_be_ordered(remote: Remote, action: str) -> None:
    remote.add(action=action, seconds=0)
    with contextlib.suppress(requests.RequestException):
        remote.act()
    assert remote.rules()[0]["applied"] == 1
