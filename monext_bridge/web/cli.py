"""The commands of `flask`: for people and scripts at a terminal."""

from __future__ import annotations

from flask import Flask

from monext_bridge.web.cli_payment import payment_group


def init_cli(app: Flask) -> None:
    app.cli.add_command(payment_group)
