"""Creates the application for gunicorn: `gunicorn app:app`. Settings come from the environment and a `.env` file."""

from __future__ import annotations

import sys

from monext_bridge import logs
from monext_bridge.config import load_settings, surrounding_environment
from monext_bridge.errors import SettingsError
from monext_bridge.web import create_app, create_app_for_doctor

try:
    settings = load_settings(surrounding_environment())
    logs.configure(settings.log_level)
    app = create_app(settings)
except SettingsError as error:
    if "doctor" not in sys.argv[1:]:  # which tells these faults beside what else is wrong
        sys.exit(str(error))
    app = create_app_for_doctor()
