"""Environments of the bridge for tests of its settings."""

from __future__ import annotations

import base64
import json

import pytest

from monext_bridge.config import Settings, load_settings
from monext_bridge.errors import SettingsError


def key(pair: str = "merchant:access-key") -> str:
    return base64.b64encode(pair.encode()).decode()


def environ(**changes: str | None) -> dict[str, str]:
    """A valid environment with changes; None takes a variable out."""
    valid = {
        "CTP_PROJECT_KEY": "shop",
        "CTP_CLIENT_ID": "client",
        "CTP_CLIENT_SECRET": "ctp-secret-value",
        "CTP_AUTH_URL": "https://auth.example.com",
        "CTP_API_URL": "https://api.example.com/",
        "MONEXT_API_KEY": key(),
        "MONEXT_ENVIRONMENT": "HOMOLOGATION",
        "MONEXT_POINT_OF_SALE_REF": "POS_FR",
        "PUBLIC_URL": "https://pay.example.com/",
        "SECRET_KEY": "a-secret-of-the-bridge",
    }
    return {name: value for name, value in {**valid, **changes}.items() if value is not None}


def by_store(**values: object) -> str:
    return json.dumps(values)


def load(**changes: str | None) -> Settings:
    return load_settings(environ(**changes))


def faults(**changes: str | None) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        load(**changes)
    return raised.value.faults


def in_production(**changes: str | None) -> dict[str, str | None]:
    return {"MONEXT_ENVIRONMENT": "PRODUCTION", "CHECKOUT_ACCESS": "signed", **changes}
