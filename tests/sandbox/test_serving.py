import socket
import struct
import threading
from collections.abc import Iterator

import pytest
import requests
from flask import Flask, request

from sandbox.serving import Server
from tests.world import wait_for

CLIENT_HAS_GONE = threading.Event()


@pytest.fixture
def server() -> Iterator[Server]:
    app = Flask("echo")

    @app.route("/echo", methods=["GET", "POST"])
    def echo() -> dict[str, str]:
        return {"method": request.method, "body": request.get_data(as_text=True)}

    @app.get("/nothing")
    def nothing() -> tuple[str, int]:
        return "", 204

    @app.get("/dated")
    def dated() -> tuple[str, dict[str, str]]:
        return "", {"Date": "Mon, 02 Jan 2040 03:04:05 GMT"}

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("on purpose")

    @app.get("/slow")
    def slow() -> str:
        CLIENT_HAS_GONE.wait(60)
        return "too late"

    server = Server(app)
    server.start()
    yield server
    server.stop()


def answers_on_one_connection(server: Server, *, requests_sent: bytes) -> bytes:
    with socket.create_connection((server.host, server.port), timeout=60) as connection:
        connection.sendall(requests_sent)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


def test_a_connection_answers_several_requests(server: Server) -> None:
    first = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
    last = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntwo"
    received = answers_on_one_connection(server, requests_sent=first + last)
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert b"one" in received
    assert b"two" in received


def test_a_chunked_request_body_is_read(server: Server) -> None:
    response = requests.post(f"{server.url}/echo", data=iter([b"in ", b"pieces"]), timeout=60)
    assert response.json()["body"] == "in pieces"


def test_an_answer_without_content_leaves_the_connection_usable(server: Server) -> None:
    asked = b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    received = answers_on_one_connection(server, requests_sent=asked + last)
    assert received.startswith(b"HTTP/1.1 204 NO CONTENT")
    assert received.count(b"HTTP/1.1 200 OK") == 1


def test_head_answers_the_length_and_no_body(server: Server) -> None:
    asked = b"HEAD /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    head, _, body = answers_on_one_connection(server, requests_sent=asked).partition(b"\r\n\r\n")
    assert b"Content-Length: " in head
    assert body == b""


def test_a_fault_of_the_application_is_a_500_and_not_the_end(server: Server) -> None:
    with requests.Session() as session:
        assert session.get(f"{server.url}/broken", timeout=60).status_code == 500
        assert session.get(f"{server.url}/echo", timeout=60).status_code == 200


def test_a_port_that_is_taken_is_refused_by_the_constructor(server: Server) -> None:
    with pytest.raises(OSError, match="in use"):
        Server(Flask("second"), port=server.port)


def test_stopping_closes_open_connections(server: Server) -> None:
    with socket.create_connection((server.host, server.port), timeout=60) as connection:
        connection.sendall(b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536)
        server.stop()
        assert connection.recv(65536) == b""


def test_stopping_twice_does_no_harm(server: Server) -> None:
    server.stop()
    server.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{server.url}/echo", timeout=60)


def test_a_client_that_is_killed_before_its_answer_is_no_fault_of_the_server(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    others = _handlers()
    with socket.create_connection((server.host, server.port), timeout=60) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_for(lambda: bool(_handlers() - others))
    CLIENT_HAS_GONE.set()
    wait_for(lambda: not _handlers() - others)
    assert capfd.readouterr().err == ""


def _handlers() -> set[str]:
    """The threads that answer a connection, of all servers of this process."""
    return {t.name for t in threading.enumerate() if "process_request_thread" in t.name}


def test_an_answer_has_one_date_which_is_the_applications_where_it_has_one(server: Server) -> None:
    plain, dated = (requests.get(f"{server.url}{path}", timeout=60) for path in ("/echo", "/dated"))
    assert plain.raw.headers.getlist("Date") == [plain.headers["Date"]]
    assert dated.raw.headers.getlist("Date") == ["Mon, 02 Jan 2040 03:04:05 GMT"]
