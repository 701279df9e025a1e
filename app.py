"""Creates the application for `gunicorn app:app` and for `flask` commands.

Settings come from the environment and from the `.env` file beside this one, wherever a command is given.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from monext_bridge import logs
from monext_bridge.config import load_settings, surrounding_environment
from monext_bridge.errors import SettingsError
from monext_bridge.web import create_app, create_app_for_doctor

IS_COMMAND = os.environ.get("FLASK_RUN_FROM_CLI") == "true"
"""Flask says so to the application of its commands."""

UNUSABLE = 2
"""The exit code of a `flask` command with which nothing was done. gunicorn ends with 1."""


def _log_level(environment: dict[str, str], *, level: str) -> str:
    """Returns what is logged from. A command at a terminal answers, and logs errors alone unless it is told."""
    return "ERROR" if IS_COMMAND and not environment.get("LOG_LEVEL") else level


try:
    environment = surrounding_environment(Path(__file__).with_name(".env"))
    settings = load_settings(environment)
    logs.configure(_log_level(environment, level=settings.log_level))
    app = create_app(settings)
except SettingsError as error:
    if not IS_COMMAND:
        sys.exit(str(error))
    if "doctor" not in sys.argv[1:]:  # which tells these faults beside what else is wrong
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(UNUSABLE)
    app = create_app_for_doctor()
