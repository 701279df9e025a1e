"""Creates the application for gunicorn: `gunicorn app:app`. Settings come from the environment and a `.env` file."""

from __future__ import annotations

import os
import sys

from dotenv import dotenv_values

from monext_bridge import logs
from monext_bridge.config import load_settings
from monext_bridge.errors import SettingsError
from monext_bridge.web import create_app


def _environment() -> dict[str, str]:
    """Returns the process environment. A value from a `.env` file is used where the environment has none."""
    from_file = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return {**from_file, **os.environ}


try:
    settings = load_settings(_environment())
    logs.configure(settings.log_level)
    app = create_app(settings)
except SettingsError as error:
    sys.exit(str(error))
