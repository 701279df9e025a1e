import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from sandbox.demo import free_ports, write_settings


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


def test_the_settings_of_the_bridge_come_into_a_shell_as_they_are(tmp_path: Path) -> None:
    settings = {"SHOP_NAME": 'Tom\'s "shop" $HOME', "MONEXT_API_KEY": '{"fr":"a b"}', "PATH": "/nowhere"}
    file = write_settings(tmp_path / "bridge.env", settings)
    read = 'printf "%s|%s|%s" "$SHOP_NAME" "$MONEXT_API_KEY" "$PATH"'
    told = subprocess.run(["/bin/sh", "-c", f". {file}; {read}"], capture_output=True, text=True, check=True)
    assert told.stdout.split("|")[:2] == [settings["SHOP_NAME"], settings["MONEXT_API_KEY"]]
    assert "/nowhere" not in told.stdout
    assert file.stat().st_mode & 0o077 == 0
