"""Cuts session tokens short in what is printed: with a whole one, anybody could go on with the buyer's session."""

from __future__ import annotations

from monext_bridge.domain.ids import SessionToken
from monext_bridge.domain.operations import REVERSAL_PREFIX
from monext_bridge.logs import shortened

SHOWN = 6


def without_token(key: str) -> str:
    """Return an operation key; of an automatic reversal's, which holds the token, only the token's beginning."""
    if not key.startswith(REVERSAL_PREFIX):
        return key
    return f"{REVERSAL_PREFIX}{shortened(key.removeprefix(REVERSAL_PREFIX))}"


def beginning(token: SessionToken | None) -> str:
    """Return the first characters of a token, in ASCII: enough to find it at Monext, and not enough to use it."""
    return (token or "")[:SHOWN]
