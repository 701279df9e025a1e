"""docs/doctor.md lists every code of a finding, docs/homologation.md every fact, and neither has any other."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

from monext_bridge.services.homologation import FACTS, NOT_CHECKED

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (ROOT / "monext_bridge" / "services" / "doctor").rglob("*.py")
LEVELS = {"ok": "OK", "skipped": "SKIPPED", "warning": "WARNING", "fault": "FAULT"}
ROW = re.compile(r"^\| `([a-z_]+)` \| ([A-Z, ]+) \|", re.MULTILINE)
CHOSEN = {"public_url_certificate": "FAULT", "public_url_not_reached": "FAULT"}
"""Codes that a name holds at the call, each with its level."""


def codes_in_the_sources() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in LEVELS:
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    found[str(code.value)].add(LEVELS[node.func.id])
    for chosen, level in CHOSEN.items():
        found[chosen].add(level)
    return dict(found)


def test_the_document_lists_every_code_with_its_levels() -> None:
    listed = {
        code: set(levels.split(", ")) for code, levels in ROW.findall((ROOT / "docs/doctor.md").read_text())
    }
    assert listed == codes_in_the_sources()


def test_the_document_of_the_homologation_check_has_every_fact_as_the_code_says_it() -> None:
    document = (ROOT / "docs/homologation.md").read_text()
    rows = [f"| `{name}` | {fact.says} | {fact.how} | {fact.otherwise} |" for name, fact in FACTS.items()]
    assert [row for row in rows if row not in document] == []
    assert document.count("\n| `") == len(FACTS)
    assert [row for what, how in NOT_CHECKED.items() if (row := f"| {what} | {how} |") not in document] == []
