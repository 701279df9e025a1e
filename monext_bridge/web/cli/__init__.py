"""Adds commands to `flask` for people and scripts: answers go to stdout, everything else to stderr."""

from monext_bridge.web.cli.commands import init_cli

__all__ = ["init_cli"]
