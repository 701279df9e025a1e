"""Prints tables for a terminal, or as plain text in a pipe or file. Colours obey NO_COLOR."""

from __future__ import annotations

import sys

import click
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from monext_bridge.web.cli.endings import printable

PIPE_WIDTH = 400
"""Columns where there is no terminal to fit into, so that a row stays one line."""


def print_tables(*shown: RenderableType) -> None:
    """Print each below the other, with a line between them."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
    with console.capture() as drawn:
        for number, each in enumerate(shown):
            console.print(*([""] if number else []), each, sep="\n")
    click.echo("\n".join(line.rstrip() for line in drawn.get().splitlines()))


def add_row(table: Table, *cells: str | Text) -> None:
    """Add a row of texts, in which nothing is read as markup."""
    table.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in cells))
