"""The worker of gunicorn's that serves the bridge: everything that a client can delay has an end."""

from __future__ import annotations

import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from tests.bridges import ROOT
from tests.server.hasty import GENEROUS, LARGE, Hasty, everything, head, open_connections, running
from tests.world import wait_for


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hasty]:
    with running(tmp_path_factory.mktemp("hasty")) as found:
        yield found


def drip(sock: socket.socket) -> None:
    """Send a byte now and then, until the other side has ended the connection."""
    with suppress(OSError):
        while True:
            sock.sendall(b"1")
            time.sleep(0.05)


class TestBodies:
    def test_a_whole_one_reaches_the_application(self, hasty: Hasty) -> None:
        with hasty.connect() as sock:
            sock.sendall(head("POST / HTTP/1.1", "Content-Length: 5", "Connection: close") + b"12345")
            assert b'"length": 5' in everything(sock)

    def test_one_in_chunks_reaches_it_whole(self, hasty: Hasty) -> None:
        with hasty.connect() as sock:
            sock.sendall(head("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Connection: close"))
            sock.sendall(b"3\r\n123\r\n2\r\n45\r\n0\r\n\r\n")
            assert b'"length": 5' in everything(sock)

    def test_one_in_chunks_that_is_large_is_never_given_to_it_in_part(self, hasty: Hasty) -> None:
        """An address may allow more than others do, and a part of a body may mean something else."""
        with hasty.connect() as sock:
            sock.sendall(head("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Connection: close"))
            sock.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n1\r\nx\r\n")
            sock.sendall(b"3\r\n123\r\n0\r\n\r\n")
            assert b'"length": 65540' in everything(sock)

    @pytest.mark.parametrize("size", [1, 65536])
    def test_chunks_that_never_end_are_answered_and_the_connection_ends(
        self, size: int, hasty: Hasty
    ) -> None:
        chunk = b"%x\r\n" % size + b"x" * size + b"\r\n"
        with ThreadPoolExecutor(1) as pool, hasty.connect() as sock:
            sock.sendall(head("POST /unread HTTP/1.1", "Transfer-Encoding: chunked"))
            sending = pool.submit(sock.sendall, chunk * (400_000 // size))
            found = everything(sock)
            with suppress(OSError):
                sending.result()
        assert found.startswith(b"HTTP/1.1 413 ")
        assert b"Connection: close" in found

    @pytest.mark.parametrize(
        ("header", "begun"), [("Content-Length: 5", b"1"), ("Transfer-Encoding: chunked", b"5\r\n1")]
    )
    def test_one_that_does_not_come_is_answered_and_the_connection_ends(
        self, header: str, begun: bytes, hasty: Hasty
    ) -> None:
        with hasty.connect() as sock:
            sock.sendall(head("POST / HTTP/1.1", header) + begun)
            found = everything(sock)
        assert found.startswith(b"HTTP/1.1 408 ")
        assert b"Connection: close" in found

    def test_one_that_drips_is_not_waited_for_either(self, hasty: Hasty) -> None:
        with ThreadPoolExecutor(1) as pool, hasty.connect() as sock:
            sock.sendall(head("POST / HTTP/1.1", "Content-Length: 60000"))
            dripping = pool.submit(drip, sock)
            assert everything(sock).startswith(b"HTTP/1.1 408 ")
            dripping.result()

    @pytest.mark.parametrize("header", [f"Content-Length: {LARGE}", "Transfer-Encoding: chunked"])
    def test_one_that_is_too_large_is_answered_unread_and_the_connection_ends(
        self, header: str, hasty: Hasty
    ) -> None:
        """The answer arrives although the client is still sending, and what it sends is no second request."""
        piece = b"x" * LARGE if "Length" in header else b"%x\r\n" % LARGE + b"x" * LARGE
        with ThreadPoolExecutor(1) as pool, hasty.connect() as sock:
            sending = pool.submit(sock.sendall, head("POST /unread HTTP/1.1", header) + piece)
            found = everything(sock)
            with suppress(OSError):
                sending.result()
        assert found.startswith(b"HTTP/1.1 413 ")
        assert b"Connection: close" in found
        assert found.count(b"HTTP/1.1") == 1

    def test_whoever_asks_first_whether_to_send_it_is_told_to(self, hasty: Hasty) -> None:
        with hasty.connect() as sock:
            sock.sendall(
                head("POST / HTTP/1.1", "Content-Length: 5", "Expect: 100-continue", "Connection: close")
            )
            assert sock.recv(100).startswith(b"HTTP/1.1 100 ")
            sock.sendall(b"12345")
            assert b'"length": 5' in everything(sock)

    def test_one_of_two_lengths_is_refused(self, hasty: Hasty) -> None:
        """What one server takes for a body and the next one for a request is how requests are smuggled."""
        with hasty.connect() as sock:
            sock.sendall(
                head("POST / HTTP/1.1", "Content-Length: 4", "Transfer-Encoding: chunked") + b"0\r\n\r\n"
            )
            assert everything(sock).startswith(b"HTTP/1.1 400 ")


WHAT_IS_SENT = {
    "a request": b"GET / HTTP/1.1\r\nHost: x\r\n",
    "an earlier protocol": b"GET / HTTP/1.0\r\n",
    "a body that does not come": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n",
    "no request": b"nonsense\r\n",
    "a line that is too long": b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\nHost: x\r\n",
    "too many headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Line: x\r\n" * 200,
    "too long a header": b"GET / HTTP/1.1\r\nHost: x\r\nX-Line: " + b"x" * 20_000 + b"\r\n",
    "an unknown encoding": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: made-up\r\n",
}


@pytest.mark.parametrize("sent", WHAT_IS_SENT.values(), ids=WHAT_IS_SENT)
def test_no_answer_says_which_software_made_it(sent: bytes, hasty: Hasty) -> None:
    with hasty.connect() as connection:
        connection.sendall(sent + b"Connection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).lower()
    assert answer.startswith(b"http/1.")
    assert b"\r\nserver:" not in answer
    assert not any(
        word in answer for word in (b"gunicorn", b"gevent", b"werkzeug", b"python", b"x-powered-by")
    )


def test_an_answer_that_nobody_reads_is_given_up(hasty: Hasty) -> None:
    with hasty.connect() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(head("GET /much HTTP/1.1"))
        assert sock.recv(1000).startswith(b"HTTP/1.1 200 ")
        wait_for(lambda: open_connections(hasty) == 0, seconds=GENEROUS)
        assert hasty.ask()[0] == 200


def test_clients_of_either_kind_of_address_are_served_and_known_by_their_own(hasty: Hasty) -> None:
    found = [hasty.ask(host="127.0.0.1")[1]["address"]]
    if Path("/proc/net/if_inet6").exists():
        found.append(hasty.ask(host="::1")[1]["address"])
    assert found in (["127.0.0.1"], ["127.0.0.1", "::1"])


class TestTheEnd:
    """SIGTERM: what is under way is finished, and nobody who asks nothing is waited for."""

    def test_connections_without_a_request_do_not_hold_it_up(self, tmp_path: Path) -> None:
        with running(tmp_path) as hasty:
            silent, half, kept = (hasty.connect() for _ in range(3))
            half.sendall(b"GET / HTTP/1.1\r\nHost: local")
            kept.sendall(head("GET / HTTP/1.1"))
            assert kept.recv(1000).startswith(b"HTTP/1.1 200 ")
            assert hasty.stop() == 0
            for sock in (silent, half, kept):
                sock.close()
            assert "graceful timeout" not in hasty.log.read_text()

    def test_a_request_that_is_under_way_is_answered(self, tmp_path: Path) -> None:
        with running(tmp_path) as hasty, ThreadPoolExecutor(1) as pool:
            asked = pool.submit(hasty.ask, "/slow")
            wait_for(lambda: open_connections(hasty) > 0, seconds=GENEROUS)
            assert hasty.stop() == 0
            assert asked.result()[0] == 200


def test_two_workers_never_end_together_because_they_have_served_enough(tmp_path: Path) -> None:
    with running(tmp_path, WEB_CONCURRENCY="2", MAX_REQUESTS="20") as hasty:
        wait_for(lambda: hasty.log.read_text().count("Booting") == 2)
        found: set[int] = set()

        def ended_three_times() -> bool:
            found.update(pool.map(lambda _: hasty.ask()[0], range(40)))
            return hasty.log.read_text().count("Autorestarting") >= 3

        with ThreadPoolExecutor(8) as pool:
            wait_for(ended_three_times, seconds=3 * GENEROUS)
        text = hasty.log.read_text()
    assert found == {200}
    order = re.findall(r"Autorestarting|Booting", text)[2:]
    assert ("Autorestarting", "Autorestarting") not in list(pairwise(order))


FEW_FILES = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (256, int(sys.argv[1])))
from monext_bridge import logs
logs.configure("INFO")
from monext_bridge.server import allow_files
print(allow_files(1000), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(("hard", "warned", "left"), [(4096, False, "1000 2060"), (1024, True, "512 1024")])
def test_a_worker_may_open_the_files_that_it_needs_or_has_fewer_places_and_the_log_says_so(
    hard: int, warned: bool, left: str
) -> None:
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < hard:
        pytest.skip("the machine allows too few files itself")
    ran = subprocess.run(
        [sys.executable, "-c", FEW_FILES, str(hard)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = ran.stdout.splitlines() + ran.stderr.splitlines()
    assert any('"few_files"' in line for line in lines) is warned
    assert left in lines
