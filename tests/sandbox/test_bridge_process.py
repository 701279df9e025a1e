import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.bridge_process import BridgeProcess

APP = """
import os
def app(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
print("settings read from", os.listdir(os.getcwd()), flush=True)
"""
BROKEN = """
import sys
sys.exit("CTP_PROJECT_KEY: missing")
"""
CONFIGURATION = """
import os
bind = "127.0.0.1:" + os.environ["PORT"]
preload_app = True
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "gunicorn.conf.py").write_text(CONFIGURATION)
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / ".env").write_text("CTP_PROJECT_KEY=of-somebody-else")
    return tmp_path


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def bridge(root: Path, port: int, lines: list[str]) -> Iterator[BridgeProcess]:
    environment = {"PATH": os.environ["PATH"], "PORT": str(port)}
    bridge = BridgeProcess(environment, tell=lines.append, root=root)
    yield bridge
    bridge.stop()


def healthy(bridge: BridgeProcess, *, port: int) -> bool:
    return bridge.wait_until_healthy(f"http://127.0.0.1:{port}/health", seconds=20, given_up=lambda: False)


def test_the_bridge_serves_tells_what_it_prints_and_stops_cleanly(
    bridge: BridgeProcess, port: int, lines: list[str]
) -> None:
    assert healthy(bridge, port=port)
    assert bridge.stop() == 0
    assert not bridge.running()
    assert "settings read from []" in lines


def test_a_bridge_that_does_not_start_is_told_in_its_own_words(root: Path, port: int) -> None:
    (root / "app.py").write_text(BROKEN)
    lines: list[str] = []
    bridge = BridgeProcess({"PATH": os.environ["PATH"], "PORT": str(port)}, tell=lines.append, root=root)
    assert not healthy(bridge, port=port)
    assert bridge.stop() != 0
    assert any("CTP_PROJECT_KEY: missing" in line for line in lines)


def test_waiting_ends_when_it_is_given_up(bridge: BridgeProcess) -> None:
    url = "http://127.0.0.1:9/health"
    assert not bridge.wait_until_healthy(url, seconds=20, given_up=lambda: True)
    assert bridge.running()
