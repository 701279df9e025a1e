"""Lists the commands that documents write for a shell, and says of each who runs it: a test, or nobody and why.

A command is a line with those that continue it. What is `RUN_HERE` is run by `tests/e2e/test_document_commands.py`,
as it stands in its document, against the bridge and the sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.document_blocks import ROOT, blocks

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "sandbox/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
FLASK = ".venv/bin/flask "
SHELL = ("curl ", "TOKEN=", "EXPIRES=", "SIGNATURE=", "echo ", "printf ", "openssl ", "python3 -c ")
"""What a shell runs by itself, or asks of the bridge and the remotes."""

RUN_HERE = (*SHELL, FLASK)

RUN_ELSEWHERE = {
    "make demo": "tests/sandbox/test_demo.py",
    ".venv/bin/python -m sandbox.demo": "tests/sandbox/test_demo.py",
    ".venv/bin/python -m sandbox ": "tests/sandbox/test_runner.py",
    ".venv/bin/gunicorn app:app": "tests/test_gunicorn.py",
    "make test": ".ci/run",
    "make check": ".ci/run",
    ".venv/bin/python -m pytest": ".ci/run",
    "make bench": "tests/bench/test_whole.py",
    "export PATH=": "tests/guards/test_commands.py",
    f"{FLASK}doctor": "tests/web/cli/doctor/test_command.py",
    f"{FLASK}homologation-check": "tests/web/cli/test_homologation.py",
    f"{FLASK}reconcile --every": "tests/e2e/test_procfile.py",
}
"""What another test runs, by how a command begins: the test's file, or what the forge runs."""

NOT_RUN = {
    "python3 -m venv": "needs a package index: `make demo` does the same before its start",
    ".venv/bin/pip install": "needs a package index: `make demo` does the same before its start",
    "docker ": "needs an engine of containers",
    "gcloud ": "needs an account at Google",
    "aws ": "needs an account at Amazon",
    "export GRID_KEY=": "holds the key of an account at Microsoft",
    "adduser ": "changes the machine",
    "git clone": "names an address that everybody has another of",
    "/opt/monext-bridge/": "needs a package index",
    "install -m": "changes the machine",
    "cp /opt/": "changes the machine",
    "systemctl ": "changes the machine",
    "cd /opt/": "needs the machine that the lines before have made",
    "for port in": "restarts services of the machine",
    "until curl": "waits for services of the machine",
    "done": "ends that loop",
}
"""What no test can run, by how a command begins, with the reason."""


@dataclass(frozen=True, slots=True)
class Command:
    document: Path
    text: str

    @property
    def is_assignment(self) -> bool:
        """Whether commands below it need the variable that it sets."""
        return re.match(r"[A-Z]+=", self.text) is not None

    @property
    def line(self) -> str:
        """The whole command in one line, without comments."""
        return re.sub(r"(^|\s+)#.*", "", self.text.replace("\\\n", " "), flags=re.MULTILINE).strip()

    @property
    def said_to_answer(self) -> tuple[str, ...]:
        """The names of the members that the comment below or behind the command shows in its answer."""
        return tuple(re.findall(r'"(\w+)":', "".join(re.findall(r"^#.*|\s#.*", self.text, re.MULTILINE))))

    def begins(self, *prefixes: str) -> bool:
        return f"{self.line} ".startswith(prefixes)

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}: {self.line[:60]}"


def commands(document: Path) -> Iterator[Command]:
    for block in blocks(document, "sh"):
        yield from (Command(document, text) for text in _split(block))


def all_commands() -> list[Command]:
    return [each for document in DOCUMENTS for each in commands(document)]


def who_runs(command: Command) -> list[str]:
    """Who runs it, or the reason for which nobody does; the longest beginning counts. Empty where nobody has said."""
    told = {**RUN_ELSEWHERE, **NOT_RUN}
    found = sorted((begin for begin in told if command.begins(begin)), key=len)
    if found:
        return [told[found[-1]]]
    return ["tests/e2e/test_document_commands.py"] if command.begins(*RUN_HERE) else []


def _split(block: str) -> Iterator[str]:
    """Yield each command with its further lines: after a backslash, within brackets or quotes, and comments below."""
    lines = [line.strip() for line in block.splitlines() if line.strip()]
    text = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        text = f"{text}{line}\n"
        is_whole = not line.endswith("\\") and text.count("(") <= text.count(")")
        if is_whole and not (following.startswith("#") and not text.startswith("#")):
            if not text.startswith("#"):
                yield text
            text = ""
