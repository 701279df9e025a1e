"""What others look for at well-known addresses: Apple's domain file, as it was given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monext_bridge.errors import SettingsError
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


class TestSecurityTxt:
    """The file of RFC 9116."""

    PATH = "/.well-known/security.txt"

    def test_it_names_whom_to_tell_and_until_when_it_holds(self, sandbox: Sandbox) -> None:
        contact = "mailto:security@shop.example,https://shop.example/security"
        bridge = InProcess(sandbox, variables={"SECURITY_CONTACT": contact})
        answer = bridge.call("GET", self.PATH)
        fields = [line.split(": ", 1) for line in answer.text.splitlines()]
        assert answer.headers["Content-Type"].partition(";")[0] == "text/plain"
        assert [value for name, value in fields if name == "Contact"] == contact.split(",")
        (expires,) = [value for name, value in fields if name == "Expires"]
        left = datetime.fromisoformat(expires) - datetime.now(UTC)
        assert timedelta(days=150) < left < timedelta(days=365)
        (canonical,) = [value for name, value in fields if name == "Canonical"]
        assert canonical.endswith(self.PATH)

    def test_without_a_contact_there_is_none(self, in_process: AnyBridge) -> None:
        assert in_process.call("GET", self.PATH).status == 404

    @pytest.mark.parametrize(
        "given",
        ["security@shop.example", "http://shop.example/x", "mailto:", "mailto:a@b.example,", "tel:+33"],
    )
    def test_what_reaches_nobody_is_a_fault_at_start(self, given: str, sandbox: Sandbox) -> None:
        with pytest.raises(SettingsError, match="SECURITY_CONTACT"):
            InProcess(sandbox, variables={"SECURITY_CONTACT": given})
