"""Prints the table of settings for the README, and the lines of `.env.example`, from their declarations."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

from monext_bridge.config import SETTINGS, Group, Setting

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 118
BEGIN = "What follows is printed by `make settings`; change it in the code."
END = "End of what is printed."
"""What the lines say between which a document is printed, each in a comment."""


def settings_table() -> str:
    """Returns the table of the README, in the order in which faults are told."""
    rows = [("Name", "Meaning", "By store", "Default"), *map(_row, SETTINGS)]
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, "|---" * 4 + "|", *body])


def settings_example() -> str:
    """Returns the lines of `.env.example`, group by group."""
    groups = ([each for each in SETTINGS if each.group is group] for group in Group)
    return "\n\n".join("\n".join(line for each in group for line in _example(each)) for group in groups)


DOCUMENTS: dict[str, Callable[[], str]] = {"README.md": settings_table, ".env.example": settings_example}


def renewed(document: str) -> str:
    """Returns the text of a document with what stands between its markers printed anew."""
    lines = (ROOT / document).read_text().splitlines()
    begin = next(place for place, line in enumerate(lines) if BEGIN in line)
    end = next(place for place, line in enumerate(lines) if END in line)
    return "\n".join([*lines[: begin + 1], "", DOCUMENTS[document](), "", *lines[end:], ""])


def _row(setting: Setting) -> tuple[str, str, str, str]:
    default = f"`{setting.default}`" if setting.default is not None else setting.otherwise
    return (
        f"`{setting.name}`",
        f"{setting.meaning}; or the path of its file in `{setting.file_name}`"
        if setting.secret
        else setting.meaning,
        "yes" if setting.by_store else "",
        "required" if setting.required else default,
    )


def _example(setting: Setting) -> Iterator[str]:
    """Yields the comment of a setting, the setting, and the path of its file. What is not required is not set."""
    if comment := _comment(setting):
        yield from textwrap.wrap(
            comment, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
        )
    shown = setting.example if setting.default is None else setting.default
    yield f"{'' if setting.required else '#'}{setting.name}={shown}"
    if setting.file_name:
        yield f"#{setting.file_name}=/run/secrets/{setting.name.lower()}"


def _comment(setting: Setting) -> str:
    words = setting.note if setting.note is not None else _meaning(setting)
    return f"(by store) {words}" if words and setting.by_store and "(by store)" not in words else words


def _meaning(setting: Setting) -> str:
    """Returns the cells of the table as a sentence without code marks."""
    words = setting.meaning if not setting.otherwise else f"{setting.meaning}; none: {setting.otherwise}"
    return (words[0].upper() + words[1:]).replace("`", "")
