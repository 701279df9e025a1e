"""What others look for at well-known addresses: Apple's domain file, as it was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.runner import Sandbox
from tests.bridges import AnyBridge, InProcess
from tests.world import World

ADDRESS = "/.well-known/apple-developer-merchantid-domain-association"
CONTENT = "7B227073704964223A22" * 40
SETTING = "APPLE_PAY_DOMAIN_ASSOCIATION"


@pytest.fixture
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox, variables={SETTING: CONTENT})


def test_apple_gets_the_file_as_plain_text_from_anybodys_call(bridge: AnyBridge, world: World) -> None:
    answer = bridge.call("GET", ADDRESS)
    assert (answer.status, answer.text) == (200, CONTENT)
    assert answer.headers["Content-Type"].partition(";")[0] == "text/plain"
    assert world.calls("commercetools") == world.calls("monext") == []


def test_a_file_is_served_byte_by_byte_and_read_at_the_start_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    path, content = tmp_path / "association", f"{CONTENT}\r\n\n"
    path.write_bytes(content.encode())
    bridge = InProcess(sandbox, variables={SETTING: f"file:{path}"})
    path.unlink()
    assert bridge.call("GET", ADDRESS).text == content


def test_without_the_setting_there_is_no_file(in_process: AnyBridge) -> None:
    answer = in_process.call("GET", ADDRESS)
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (404, "text/plain")


def test_nothing_else_is_served_beside_it(bridge: AnyBridge) -> None:
    answers = [bridge.call("GET", path) for path in ("/.well-known/", f"{ADDRESS}/", f"{ADDRESS}.txt")]
    assert [answer.status for answer in answers] == [404, 404, 404]
    assert bridge.call("POST", ADDRESS).status == 405
