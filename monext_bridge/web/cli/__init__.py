"""The commands of `flask` for people and scripts at a terminal: answers on stdout, everything else on stderr."""

from monext_bridge.web.cli.commands import init_cli

__all__ = ["init_cli"]
