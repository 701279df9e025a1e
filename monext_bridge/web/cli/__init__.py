"""Adds commands to `flask` for people and scripts: answers go to stdout, everything else to stderr."""

from monext_bridge.web.cli.commands import init_cli, init_doctor

__all__ = ["init_cli", "init_doctor"]
