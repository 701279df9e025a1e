"""Creates the application as `app.py` does, on a machine whose clock is wrong by `MACHINE_AHEAD_BY` seconds."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from monext_bridge import logs
from monext_bridge.config import load_settings
from monext_bridge.gateways.commercetools import CommercetoolsClock, CommercetoolsGateway
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.runtime import utc_now
from monext_bridge.services import build_services
from monext_bridge.web import create_app

AHEAD = timedelta(seconds=float(os.environ["MACHINE_AHEAD_BY"]))


def machine_clock() -> datetime:
    return utc_now() + AHEAD


settings = load_settings({name: value for name, value in os.environ.items() if name != "MACHINE_AHEAD_BY"})
logs.configure(settings.log_level)
clock = CommercetoolsClock(machine_clock=machine_clock)
services = build_services(
    settings,
    commercetools=CommercetoolsGateway(settings.commercetools, clock=clock),
    monext=MonextGateway(),
    machine_clock=machine_clock,
)
app = create_app(settings, services=services)
