"""Adds the bridge's commands to those of Flask, for people and scripts at a terminal.

Each is loaded when it is given, so that a server carries none of them: together they take a fifth of a second and
some megabytes.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click
from flask import Flask

COMMANDS = {
    "check-page": ("check_page", "check_page_command", "Compare a live payment page with the inventory."),
    "doctor": ("doctor", "doctor", "Examine the set-up, and say what to do."),
    "export": ("enquiry", "export", "Write the transactions of a time as CSV or JSON Lines."),
    "homologation-check": (
        "homologation",
        "homologation_check",
        "Find out with test credentials which facts hold.",
    ),
    "payment": ("payment", "payment_group", "Find, show, capture, cancel, refund and reverse payments."),
    "reconcile": ("reconcile", "reconcile", "Find and finish what nobody came back to."),
    "setup": ("setup", "setup", "Make the subscription at commercetools."),
    "work": ("work", "work", "Do what reconciliation puts into the queue."),
}
"""Module, name in it, and what a list of commands says of it."""


class LateCommand(click.Command):
    """Stands for a command until it is given."""

    def __init__(self, name: str, *, module: str, attribute: str, told: str) -> None:
        super().__init__(name, short_help=told)
        self._module, self._attribute = module, attribute

    def load(self) -> click.Command:
        """Return the command itself."""
        found = getattr(import_module(f"monext_bridge.web.cli.{self._module}"), self._attribute)
        assert isinstance(found, click.Command)
        return found

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Make the context of the command itself, which click then invokes."""
        return self.load().make_context(info_name, args, parent, **extra)


def init_cli(app: Flask) -> None:
    """Add the bridge's commands to those of Flask."""
    for name in COMMANDS:
        app.cli.add_command(_late(name))


def init_doctor(app: Flask) -> None:
    """Add the one command that works where the settings can't be used."""
    app.cli.add_command(_late("doctor"))


def _late(name: str) -> LateCommand:
    module, attribute, told = COMMANDS[name]
    return LateCommand(name, module=module, attribute=attribute, told=told)
