"""Gives environment variables and settings of the bridge that are valid by default."""

from __future__ import annotations

import base64
import json

import pytest

from monext_bridge.config import Settings, load_settings
from monext_bridge.errors import SettingsError

ACCESS_KEY = "Xk2hQ9rTvB4nLw7ZpE0s"
CLIENT_SECRET = "nQ4w-fG7xLcR0pVb2TyKs9ZuMh1EaJd6"
SECRET_KEY = "7d0f3a91c5e84b26a1f97c3e5d80b642"
"""Secrets that nobody can guess, so that they may stand in production too. They open nothing."""


def monext_api_key(pair: str = f"12345678901234:{ACCESS_KEY}") -> str:
    """Give a `MONEXT_API_KEY`: merchant id and access key in Base64."""
    return base64.b64encode(pair.encode()).decode()


def valid_environment(**changes: str | None) -> dict[str, str]:
    """Give a valid environment with changes; None removes a variable."""
    valid = {
        "CTP_PROJECT_KEY": "shop",
        "CTP_CLIENT_ID": "client",
        "CTP_CLIENT_SECRET": CLIENT_SECRET,
        "CTP_AUTH_URL": "https://auth.example.com",
        "CTP_API_URL": "https://api.example.com/",
        "MONEXT_API_KEY": monext_api_key(),
        "MONEXT_ENVIRONMENT": "HOMOLOGATION",
        "MONEXT_POINT_OF_SALE_REF": "POS_FR",
        "PUBLIC_URL": "https://pay.example.com/",
        "SECRET_KEY": SECRET_KEY,
    }
    return {name: value for name, value in {**valid, **changes}.items() if value is not None}


def by_store(**values: object) -> str:
    """Give a variable's value as JSON, by the key of the store."""
    return json.dumps(values)


def settings_with(**changes: str | None) -> Settings:
    """Load the settings from a valid environment with changes."""
    return load_settings(valid_environment(**changes))


def settings_faults(**changes: str | None) -> list[str]:
    """Give the faults for which the settings are refused. Fails the test where they are not refused."""
    with pytest.raises(SettingsError) as raised:
        settings_with(**changes)
    return raised.value.faults


def in_production(**changes: str | None) -> dict[str, str | None]:
    """Give the changes that make the environment one of production."""
    return {"MONEXT_ENVIRONMENT": "PRODUCTION", "CHECKOUT_ACCESS": "signed", **changes}
