"""Gives a request the services of its application."""

from __future__ import annotations

from typing import cast

from flask import current_app

from monext_bridge.services import Services


def services() -> Services:
    return cast(Services, current_app.extensions["monext_bridge"])
