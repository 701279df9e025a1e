"""The supply tools say what they could not find out, and never take silence for good news."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping

import pytest

from tools.supply.audit import CLEAN, NOT_PROVED, VULNERABLE, judge
from tools.supply.licences import WRITTEN, faults, main
from tools.supply.lock import Pinned, pinned

ENTRY = {"licence": "MIT", "states": "MIT License"}


def report(*rows: Mapping[str, object]) -> str:
    return json.dumps({"dependencies": rows, "fixes": []})


def test_a_lock_is_read_with_versions_and_markers() -> None:
    hashed = " \\\n    --hash=sha256:00\n"
    lock = f"flask==3.1.3{hashed}async-timeout==5.0.1 ; python_full_version < '3.11.3'{hashed}"
    assert pinned(lock) == (
        Pinned("flask", "3.1.3"),
        Pinned("async-timeout", "5.0.1", "python_full_version < '3.11.3'"),
    )


def test_what_is_no_pin_is_a_fault_of_the_lock() -> None:
    with pytest.raises(ValueError, match="git"):
        pinned("flask @ git+https://forge.example/flask\n")


def test_the_lock_has_the_licences_that_are_written_down() -> None:
    assert main() == 0


@pytest.mark.parametrize(
    ("written", "said", "told"),
    [
        ({"flask": ENTRY}, {"flask": "MIT License"}, None),
        ({"flask": ENTRY}, {}, None),
        ({"flask": {"licence": "MIT", "states": ""}}, {"flask": "anything"}, None),
        ({}, {"flask": "MIT License"}, "not on the list"),
        ({"flask": ENTRY}, {"flask": "GPL-3.0-only"}, "GPL-3.0-only"),
        ({"flask": {"licence": "GPL-3.0-only", "states": "GPL"}}, {"flask": "GPL"}, "not allowed"),
        ({"flask": ENTRY, "old": ENTRY}, {"flask": "MIT License"}, "not in the lock"),
    ],
)
def test_each_difference_to_the_list_is_told(
    written: dict[str, dict[str, str]], said: dict[str, str], told: str | None
) -> None:
    found = faults([Pinned("flask", "3.1.3")], allowed=["MIT"], written=written, said=said)
    assert (told in found[0] and len(found) == 1) if told else not found


def test_every_allowed_licence_is_used() -> None:
    document = tomllib.loads(WRITTEN.read_text("utf-8"))
    assert set(document["allowed"]) == {entry["licence"] for entry in document["distributions"].values()}


def test_an_audit_that_looked_everything_up_is_clean() -> None:
    found = judge(report({"name": "flask", "version": "3", "vulns": []}), wanted=["flask"], trouble="")
    assert found.code == CLEAN


def test_a_known_vulnerability_is_named_with_the_version_that_mends_it() -> None:
    row = {"name": "flask", "version": "3", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1"]}]}
    found = judge(report(row), wanted=["flask", "jinja2"], trouble="")
    assert found.code == VULNERABLE
    assert "PYSEC-1" in found.lines[0]
    assert "3.1" in found.lines[0]
    assert "jinja2" in found.lines[1]


@pytest.mark.parametrize(
    ("told", "trouble"),
    [
        ("", "connection refused"),
        ("", ""),
        (report({"name": "flask", "skip_reason": "not found"}), "No known vulnerabilities found"),
        (report(), "No known vulnerabilities found"),
    ],
)
def test_what_could_not_be_looked_up_proves_nothing(told: str, trouble: str) -> None:
    found = judge(told, wanted=["flask"], trouble=trouble)
    assert found.code == NOT_PROVED
    assert "NOT CHECKED" in found.lines[0]
