"""JSON Web Tokens as the Merchant Center sends them to connectors, and the keys that verify them."""

import json
from datetime import timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from sandbox.clock import Clock
from sandbox.commercetools.wire import Json

KEY_ID = "sandbox-merchant-center"


@cache
def _private_key() -> rsa.RSAPrivateKey:
    """One key a process: making it takes a noticeable part of a second."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def key_set() -> Json:
    """The JSON Web Key Set."""
    public = json.loads(RSAAlgorithm.to_jwk(_private_key().public_key()))
    return {"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}


def issue_jwt(clock: Clock, *, issuer: str, project_key: str, lifetime: int, claims: Json) -> str:
    """A token of a Merchant Center user, valid for `lifetime` seconds; `claims` replaces or adds claims.

    A claim set to null is left out.
    """
    now = clock()
    standard: dict[str, Any] = {
        "iss": issuer,
        "sub": "merchant-center-user",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(seconds=lifetime)).timestamp()),
        f"{issuer}/claims/project_key": project_key,
    }
    payload = {name: value for name, value in {**standard, **claims}.items() if value is not None}
    return jwt.encode(payload, _private_key(), algorithm="RS256", headers={"kid": KEY_ID})
