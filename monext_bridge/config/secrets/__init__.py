"""Reads secrets, and decides which of them are good enough for real money.

values     one secret each: text to type, or what is wrong with it
files      a secret that comes from a file
strength   what production refuses: placeholders, published, guessable, and equal secrets
published  the secrets that everybody can read
"""

from monext_bridge.config.secrets.files import read_secret_file
from monext_bridge.config.secrets.strength import unknown_bits, weak_secrets
from monext_bridge.config.secrets.values import (
    access_key,
    api_keys,
    crosses_network_in_clear,
    issued_secrets,
    merchant_id,
    presented_secrets,
    redis_password,
    redis_url,
    signing_secrets,
)

__all__ = [
    "access_key",
    "api_keys",
    "crosses_network_in_clear",
    "issued_secrets",
    "merchant_id",
    "presented_secrets",
    "read_secret_file",
    "redis_password",
    "redis_url",
    "signing_secrets",
    "unknown_bits",
    "weak_secrets",
]
