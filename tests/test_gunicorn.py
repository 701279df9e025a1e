"""gunicorn's configuration: the settings of the bridge, and their faults before anything is served."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.environs import environ

CONFIGURATION = Path(__file__).resolve().parents[1] / "gunicorn.conf.py"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without `.env`, and an environment without any setting."""
    monkeypatch.chdir(tmp_path)
    for name in (*environ(), "PORT", "WEB_CONCURRENCY", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def configured() -> dict[str, Any]:
    return runpy.run_path(str(CONFIGURATION))


def test_port_workers_and_level_come_from_the_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environ(PORT="9876", WEB_CONCURRENCY="3", LOG_LEVEL="warning").items():
        monkeypatch.setenv(name, value)
    found = configured()
    assert (found["bind"], found["workers"], found["loglevel"]) == ("0.0.0.0:9876", 3, "warning")


def test_the_process_environment_wins_over_the_env_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = environ(PORT="9876", WEB_CONCURRENCY="3")
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    monkeypatch.setenv("PORT", "9999")
    found = configured()
    assert (found["bind"], found["workers"]) == ("0.0.0.0:9999", 3)


def test_faults_end_it_with_all_of_them_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environ(PORT="none", SECRET_KEY="short").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        configured()
    assert "PORT: " in str(ended.value.code)
    assert "SECRET_KEY: " in str(ended.value.code)
