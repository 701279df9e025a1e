"""Gives gunicorn an application whose stores use different hosts of Monext, as homologation and production are.

`HOSTS_OF_STORES` is JSON: host by store. The settings have no such variable: outside of tests, the environment
(`MONEXT_ENVIRONMENT`) decides.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace

from monext_bridge import logs
from monext_bridge.config import Settings, load_settings
from monext_bridge.web import create_app


def with_hosts(settings: Settings, hosts: dict[str, str]) -> Settings:
    """Give the settings with another host of Monext for each of these stores."""
    stores = settings.by_store.by_key
    by_key = {
        key: replace(stores[key], credentials=replace(stores[key].credentials, api_url=host))
        for key, host in hosts.items()
    }
    return replace(settings, by_store=replace(settings.by_store, by_key=by_key))


settings = load_settings(os.environ)
logs.configure(settings.log_level)
app = create_app(with_hosts(settings, json.loads(os.environ["HOSTS_OF_STORES"])))
