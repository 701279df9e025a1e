"""Adds the bridge's commands to those of Flask, for people and scripts at a terminal."""

from __future__ import annotations

from flask import Flask

from monext_bridge.web.cli.doctor import doctor
from monext_bridge.web.cli.homologation import homologation_check
from monext_bridge.web.cli.payment import payment_group
from monext_bridge.web.cli.reconcile import reconcile
from monext_bridge.web.cli.setup import setup
from monext_bridge.web.cli.work import work


def init_cli(app: Flask) -> None:
    """Add the bridge's commands to those of Flask."""
    app.cli.add_command(doctor)
    app.cli.add_command(homologation_check)
    app.cli.add_command(payment_group)
    app.cli.add_command(reconcile)
    app.cli.add_command(setup)
    app.cli.add_command(work)
