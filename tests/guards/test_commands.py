"""Every command line of the documents works as it is written: in a fresh shell, in the folder they name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from monext_bridge.web import create_app, create_routes
from tests.settings_environment import settings_with, valid_environment

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "sandbox/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"^(?P<indent> *)```sh\n(?P<text>.*?)^ *```", re.MULTILINE | re.DOTALL)
FLASK = ".venv/bin/flask "
OTHERS = ("curl", "python3", "gcloud", "aws", "export", "TOKEN=$(curl", "docker", "openssl")
"""Programs that are no part of the checkout."""

OF_A_MACHINE = (
    "adduser",
    "git",
    "install",
    "cp",
    "systemctl",
    "cd",
    "for",
    "until",
    "done",
    "/opt/monext-bridge/",
)
"""What `docs/deployment.md` does on a machine of one's own."""

ADDRESS = re.compile(r'curl [^\n]*?(?:"\$PUBLIC_URL|http://localhost:8000)(/[^\s"]*)')


def blocks() -> Iterator[tuple[Path, str]]:
    for document in DOCUMENTS:
        for found in BLOCK.finditer(document.read_text()):
            yield document, found["text"].replace("\\\n", " ")


def lines() -> list[str]:
    """The first line of each command, without the comment behind it."""
    found = [line for _, text in blocks() for line in text.splitlines() if re.match(r" *[^\s#]", line)]
    own = [line for line in found if not line.startswith("        ")]
    return [re.sub(r"\s+#.*", "", line).strip() for line in own]


def flask_lines() -> list[str]:
    return [line for line in lines() if line.startswith(FLASK)]


def with_help(line: str) -> str:
    """The line, harmless: its options have to exist, and it only tells what they are."""
    return re.sub(r"\s*2?>>?\s*\S+$", "", line) + " --help"


def test_every_block_is_a_script_that_a_shell_can_read() -> None:
    bad = [text for _, text in blocks() if subprocess.run(["sh", "-n"], input=text.encode()).returncode]
    assert bad == []


def test_no_document_writes_a_command_that_a_fresh_shell_lacks() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = {f"make {name}" for name in re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)}
    known = (*OTHERS, *OF_A_MACHINE, *targets, ".venv/bin/")
    unknown = [line for line in lines() if not line.startswith(known)]
    assert [line for line in unknown if not line.startswith(("-", "'"))] == []


def test_each_flask_command_takes_the_options_that_documents_give_it() -> None:
    cli = create_app(settings_with()).cli
    wrong = []
    for line in flask_lines():
        words = [word.strip("\"'") for word in re.findall(r"'[^']*'|\"[^\"]*\"|\S+", with_help(line))][1:]
        if CliRunner().invoke(click.Group(commands=cli.commands), words).exit_code:
            wrong.append(line)
    assert wrong == []


def test_curl_asks_addresses_that_there_are() -> None:
    routes = create_routes().url_map.bind("localhost")
    asked = [path for _, text in blocks() for path in ADDRESS.findall(text)]
    paths = [re.sub(r"\$\w+", "20354d7a-e4fe-47af-8ff6-187bca92f3f9", path) for path in asked]
    missing = [path for path in paths if not routes.allowed_methods(path)]
    assert paths
    assert missing == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder as an installed bridge is one: the code, its environment, and its settings in a file."""
    folder = tmp_path / "srv" / "bridge"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "app.py", folder)
    for name in ("monext_bridge", "static", "templates", "translations"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv").symlink_to(sys.prefix)
    settings = "".join(f"{name}='{value}'\n" for name, value in valid_environment().items())
    (folder / ".env").write_text(settings)
    return folder


def in_fresh_shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, env=bare, capture_output=True, text=True, timeout=300
    )


def test_a_line_of_each_flask_command_runs_in_a_fresh_shell(checkout: Path) -> None:
    by_command = {re.split(r" (?=[-\"'A-Z0-9])", line)[0]: line for line in flask_lines()}
    assert {f"{FLASK}payment show", f"{FLASK}reconcile", f"{FLASK}setup", f"{FLASK}export"} <= set(by_command)
    script = " && ".join(f"{with_help(line)} >/dev/null" for line in by_command.values())
    done = in_fresh_shell(script, checkout)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_short_name_works_in_another_folder_and_reads_the_bridges_own_settings(
    checkout: Path, tmp_path: Path
) -> None:
    (export,) = [line for line in lines() if line.startswith("export ")]
    (elsewhere := tmp_path / "elsewhere").mkdir()
    (elsewhere / ".env").write_text("MONEXT_ENVIRONMENT=NONSENSE\n")
    short = export.replace("/srv/bridge", str(checkout))
    done = in_fresh_shell(f"{short}\nflask payment find --help", elsewhere)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--email" in done.stdout


def test_settings_that_can_t_be_used_are_named_on_stderr_and_end_a_command_with_2(checkout: Path) -> None:
    (checkout / ".env").write_text("MONEXT_ENVIRONMENT=NONSENSE\n")
    done = in_fresh_shell(f"{FLASK}payment show ORDER-1042", checkout)
    assert (done.returncode, done.stdout) == (2, "")
    assert "MONEXT_ENVIRONMENT" in done.stderr
