"""`flask doctor` as a command: exit codes, JSON, the release phase, real money, settings that can't be used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from click.testing import CliRunner, Result

from monext_bridge.web.cli.doctor import doctor
from tests.bridges import ROOT
from tests.settings_environment import in_production, valid_environment
from tests.web.cli.doctor.set_ups import NOWHERE, SetUp


def run(environ: Mapping[str, str], *options: str) -> Result:
    """Run the command with these variables and no others."""
    nothing: dict[str, str | None] = dict.fromkeys(os.environ)
    return CliRunner().invoke(doctor, list(options), env={**nothing, **environ})


def flask(environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `flask` as an operator does, with these variables and no others."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *arguments],
        cwd=ROOT,
        env={"PATH": os.defpath, **environ},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_warnings_alone_end_with_0_and_a_fault_ends_with_1(set_up: SetUp) -> None:
    warned = {**set_up.environ, "LINK_SECRET": "secret-secret-secret"}
    assert run(warned).exit_code == 0
    assert run({**set_up.environ, "CTP_CLIENT_SECRET": "zR8tY2wLq6Vb0NxKc4Hd9MfJ"}).exit_code == 1


def test_json_has_a_code_a_level_and_a_setting_for_each_finding(set_up: SetUp) -> None:
    told = json.loads(run(set_up.environ, "--json").stdout)
    assert (told["faults"], told["warnings"]) == (0, 0)
    found = {each["code"]: (each["level"], each["setting"]) for each in told["findings"]}
    assert found["ctp_client_accepted"] == ("OK", "CTP_CLIENT_SECRET")
    assert found["redis_not_used"] == ("SKIPPED", "REDIS_URL")


def test_a_release_goes_on_while_a_remote_is_away_and_not_with_a_key_that_is_refused(set_up: SetUp) -> None:
    away = {
        **set_up.environ,
        "CTP_AUTH_URL": NOWHERE,
        "MONEXT_API_URL": NOWHERE,
        "PUBLIC_URL": NOWHERE,
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    assert run(away).exit_code == 1
    assert run(away, "--release").exit_code == 0
    assert (
        run({**set_up.environ, "CTP_CLIENT_SECRET": "zR8tY2wLq6Vb0NxKc4Hd9MfJ"}, "--release").exit_code == 1
    )


@pytest.mark.parametrize("options", [(), ("--release",), ("--json",)])
def test_settings_that_cannot_be_used_are_all_told_and_stop_a_release_too(options: tuple[str, ...]) -> None:
    ended = flask(valid_environment(PUBLIC_URL="pay", SECRET_KEY=None), "doctor", *options)
    assert ended.returncode == 1
    assert "PUBLIC_URL" in ended.stdout
    assert "SECRET_KEY" in ended.stdout


def test_other_commands_end_at_once_with_settings_that_cannot_be_used() -> None:
    ended = flask(valid_environment(PUBLIC_URL="pay"), "payment", "show", "doctor-1")
    assert ended.returncode == 2
    assert "PUBLIC_URL" in ended.stderr


def test_live_sessions_with_real_money_have_to_be_confirmed() -> None:
    environ = valid_environment(**in_production(PUBLIC_URL="https://pay.example.com"))
    ended = run(environ, "--live")
    assert ended.exit_code == 2
    assert "--yes" in ended.output
