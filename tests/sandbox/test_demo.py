import signal
import socket
import subprocess
import sys

import pytest
import requests

from sandbox.demo import free_ports


@pytest.fixture
def listening() -> socket.socket:
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    return taken


def test_a_port_that_is_taken_gives_way_to_the_next(listening: socket.socket) -> None:
    with listening:
        taken = listening.getsockname()[1]
        (found,) = free_ports([taken])
        assert found > taken


def test_two_ports_are_never_the_same() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert len(set(free_ports([port, port, port]))) == 3


def test_no_free_port_is_told() -> None:
    with pytest.raises(OSError, match="--port-base"):
        free_ports([70_000])


@pytest.mark.parametrize(("number", "base"), [(signal.SIGTERM, 21_000), (signal.SIGINT, 22_000)])
def test_the_demo_tells_its_addresses_and_ends_cleanly(number: signal.Signals, base: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox.demo", "--no-bridge", "--port-base", str(base)],
        stdout=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        shop = next(line.split()[1] for line in demo.stdout if line.strip().startswith("Shop"))
        assert requests.get(shop, timeout=60).status_code == 200
        demo.send_signal(number)
        assert demo.wait(60) == 0
