"""Reads what tests compare with the code or run: the fenced blocks of a document, and its tables."""

from __future__ import annotations

import io
import re
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parents[1]
README, DOCS = ROOT / "README.md", ROOT / "docs"
FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
"""A fenced block, also one within a list."""


def blocks(document: Path, language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    return [found["body"] for found in FENCE.finditer(document.read_text()) if found["language"] == language]


def variables(text: str) -> dict[str, str]:
    """What a `.env` file with this text says."""
    return {name: value or "" for name, value in dotenv_values(stream=io.StringIO(text)).items()}


def without_blocks(text: str) -> str:
    """The text that is no code, where alone headings and links are."""
    return FENCE.sub("", text)


def table(document: Path, *, heading: str) -> list[list[str]]:
    """The cells of the table whose head begins with these words."""
    lines = document.read_text().splitlines()
    begin = next(place for place, line in enumerate(lines) if line.startswith(f"| {heading}")) + 2
    rows: list[list[str]] = []
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def column(document: Path, *, heading: str, place: int = 0) -> list[str]:
    """The words of a column of that table, without their code marks."""
    return [cells[place].replace("`", "") for cells in table(document, heading=heading)]
