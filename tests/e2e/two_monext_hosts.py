"""The application for gunicorn, with a host of Monext's for each store, as homologation and production are two.

`HOSTS_OF_STORES` is JSON, host by store. The settings know no such thing: outside of tests, the environment decides.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace

from monext_bridge import logs
from monext_bridge.config import Settings, load_settings
from monext_bridge.web import create_app


def apart(settings: Settings, hosts: dict[str, str]) -> Settings:
    stores = settings.by_store.by_key
    by_key = {
        key: replace(stores[key], credentials=replace(stores[key].credentials, api_url=host))
        for key, host in hosts.items()
    }
    return replace(settings, by_store=replace(settings.by_store, by_key=by_key))


settings = load_settings(os.environ)
logs.configure(settings.log_level)
app = create_app(apart(settings, json.loads(os.environ["HOSTS_OF_STORES"])))
