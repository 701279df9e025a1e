"""Prints the tables of settings for their document, and the lines of `.env.example`, from their declarations."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from monext_bridge.config import SETTINGS, Group, Setting

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 118
BEGIN = "What follows is printed by `make settings`; change it in the code."
END = "End of what is printed."
"""What the lines say between which a document is printed, each in a comment."""


def settings_tables() -> str:
    """Returns a table for each group, beneath its name."""
    return "\n\n".join(f"**{group}**\n\n{_table(settings)}" for group, settings in _groups())


def settings_example() -> str:
    """Returns the lines of `.env.example`, group by group."""
    return "\n\n".join("\n".join(map(_example, settings)) for _, settings in _groups())


DOCUMENTS: dict[str, Callable[[], str]] = {
    "docs/configuration.md": settings_tables,
    ".env.example": settings_example,
}


def renewed(document: str) -> str:
    """Returns the text of a document with what stands between its markers printed anew."""
    lines = (ROOT / document).read_text().splitlines()
    begin = next(place for place, line in enumerate(lines) if BEGIN in line)
    end = next(place for place, line in enumerate(lines) if END in line)
    return "\n".join([*lines[: begin + 1], "", DOCUMENTS[document](), "", *lines[end:], ""])


def _groups() -> Iterator[tuple[Group, list[Setting]]]:
    for group in Group:
        yield group, [each for each in SETTINGS if each.group is group]


def _table(settings: Iterable[Setting]) -> str:
    rows = [("Name", "Meaning", "By store", "Default"), *map(_row, settings)]
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, "|---" * 4 + "|", *body])


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


def _example(setting: Setting) -> str:
    """Returns the comment of a setting, the setting, and the path of its file. What is not required is not set."""
    shown = setting.example if setting.default is None else setting.default
    lines = [f"{'' if setting.required else '#'}{setting.name}={shown}"]
    if setting.file_name:
        lines.append(f"#{setting.file_name}=/run/secrets/{setting.name.lower()}")
    return "\n".join([*_wrapped(_comment(setting)), *lines])


def _wrapped(comment: str) -> list[str]:
    return textwrap.wrap(comment, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _comment(setting: Setting) -> str:
    words = setting.note if setting.note is not None else _meaning(setting)
    return f"(by store) {words}" if words and setting.by_store and "(by store)" not in words else words


def _meaning(setting: Setting) -> str:
    """Returns the cells of the table as a sentence without code marks."""
    words = setting.meaning if not setting.otherwise else f"{setting.meaning}; none: {setting.otherwise}"
    return (words[0].upper() + words[1:]).replace("`", "")
