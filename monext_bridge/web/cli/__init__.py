"""Adds commands to `flask` for people and scripts: answers go to stdout, everything else to stderr."""

from monext_bridge.web.cli.commands import init_cli
from monext_bridge.web.cli.doctor import doctor

__all__ = ["doctor", "init_cli"]
