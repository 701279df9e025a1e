"""Reads JSON Web Key Sets (RFC 7517), as tolerantly as everything that others send."""

from __future__ import annotations

import jwt


class NoKeys(ValueError):
    """A document holds no key that can be read."""


def read_key_set(document: object) -> tuple[jwt.PyJWK, ...]:
    """Returns the keys that have an id. One that can't be read is passed over. Raises NoKeys where none is left."""
    listed = document.get("keys") if isinstance(document, dict) else None
    read = [_key(each) for each in listed] if isinstance(listed, list) else []
    keys = tuple(key for key in read if key and isinstance(key.key_id, str) and key.key_id)
    if not keys:
        raise NoKeys("no readable key in the set")
    return keys


def _key(document: object) -> jwt.PyJWK | None:
    """Returns a key, None where it can't be read: PyJWT does not look of which type the members are."""
    if not isinstance(document, dict):
        return None
    try:
        return jwt.PyJWK(document)
    except (jwt.PyJWTError, TypeError, ValueError, AttributeError, ArithmeticError):
        return None
