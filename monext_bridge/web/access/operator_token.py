"""Tells whether a request comes from a program of the operator, by METRICS_TOKEN."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from flask import request
from pydantic import SecretStr

from monext_bridge.errors import Unauthenticated
from monext_bridge.web.access.authenticate import bearer


def is_operator(tokens: Sequence[SecretStr]) -> bool:
    """Tell whether the request has one of these tokens as its bearer; False for any other token, or none."""
    try:
        given = bearer(request.headers.get("Authorization")).encode("utf-8", "surrogatepass")
    except Unauthenticated:
        return False
    same = [hmac.compare_digest(given, token.get_secret_value().encode()) for token in tokens]
    return any(same)
