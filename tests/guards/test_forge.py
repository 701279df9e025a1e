"""What the forge and the hooks are told is well-formed, and agrees with the rest of the repository."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = re.compile(r"\.git|\.venv.*|build|node_modules")
"""Folders with the files of others."""

NEWEST = 14
"""The minor version of the newest Python 3 that the tests are run with."""

FORGE = ROOT / ".github"
WORKFLOWS = sorted((FORGE / "workflows").iterdir())
FORMS = sorted(path for path in (FORGE / "ISSUE_TEMPLATE").iterdir() if path.name != "config.yml")


def files() -> Iterator[Path]:
    """All files of the repository."""
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if not NOT_OURS.fullmatch(name)]
        yield from (Path(folder, name) for name in names)


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def steps(workflow: Path) -> list[dict[str, Any]]:
    """Those of all its jobs."""
    return [step for job in read(workflow)["jobs"].values() for step in job["steps"]]


YAML = sorted(path for path in files() if path.suffix in (".yml", ".yaml"))


def test_yaml_can_be_read() -> None:
    assert [str(path.relative_to(ROOT)) for path in YAML if not isinstance(read(path), dict)] == []


def test_the_yaml_of_hidden_folders_is_found() -> None:
    assert {*WORKFLOWS, *FORMS, ROOT / ".pre-commit-config.yaml"} <= set(YAML)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_the_sources_and_nothing_else(workflow: Path) -> None:
    assert read(workflow)["permissions"] == {"contents": "read"}
    assert not [job for job in read(workflow)["jobs"].values() if "permissions" in job]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_their_major_version(workflow: Path) -> None:
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert [action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@v[0-9]+", action)] == []


def test_ci_runs_everything_from_the_oldest_python_on() -> None:
    workflow = FORGE / "workflows" / "ci.yml"
    (job,) = read(workflow)["jobs"].values()
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    first, *later = job["strategy"]["matrix"]["python"]

    assert oldest == f">={first}"
    assert later == [f"3.{minor}" for minor in range(int(first.partition(".")[2]) + 1, NEWEST + 1)]
    assert [step["run"] for step in steps(workflow) if "run" in step] == ["sudo .ci/packages", ".ci/run"]
    assert "\n.ci/packages\n" in (ROOT / ".ci" / "run").read_text()


def test_the_hooks_are_the_checks_of_make_with_its_own_tools() -> None:
    (own,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    hooks = {re.sub(r"^\.venv/bin/| --force-exclude$", "", hook["entry"]) for hook in own["hooks"]}
    recipe = re.search(r"^check:.*\n((?:\t.+\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert own["repo"] == "local"
    assert recipe
    assert hooks == {
        re.sub(r"^\$\(BIN\)/|( --check)? \.$", "", line.strip()) for line in recipe[1].splitlines()
    }


def test_new_versions_are_looked_for_wherever_packages_are_named() -> None:
    looked_at = {
        (entry["package-ecosystem"], entry["directory"])
        for entry in read(FORGE / "dependabot.yml")["updates"]
    }
    packages = {f"/{path.parent.relative_to(ROOT)}" for path in files() if path.name == "package.json"}

    assert looked_at == {("pip", "/"), ("github-actions", "/"), *(("npm", folder) for folder in packages)}


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.name)
def test_a_form_for_issues_asks_something_and_each_question_once(form: Path) -> None:
    asked = [part["id"] for part in read(form)["body"] if part["type"] != "markdown"]
    assert asked
    assert len(set(asked)) == len(asked)


def test_vulnerabilities_do_not_become_issues() -> None:
    chooser = read(FORGE / "ISSUE_TEMPLATE" / "config.yml")
    assert chooser["blank_issues_enabled"] is False
    assert "SECURITY.md" in chooser["contact_links"][0]["about"]
