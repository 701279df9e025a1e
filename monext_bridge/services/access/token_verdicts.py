"""Defines the verdicts on an OAuth2 token, and shares them between processes in Redis.

Redis holds, under the token's SHA-256, the verdict and its end, the API client and its stores, with an HMAC under a
key derived from `SECRET_KEY`. The HMAC covers all of them, the token's SHA-256 and the project. So whoever can
write to Redis can't grant a token access, nor extend it; and whoever can read it learns no token. The SHA-256 needs
no key, because tokens can't be guessed. A verdict of an earlier release names no client, and counts as not found.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pydantic import SecretStr

from monext_bridge.runtime import MachineClock
from monext_bridge.services.access.api_client import ApiClient

if TYPE_CHECKING:
    from monext_bridge.gateways.redis import SharedCache

GRANTED_FOR = 60.0
"""Seconds for which a token that grants access is not asked about again.

A token that is revoked meanwhile may still be accepted for so long.
"""

REFUSED_FOR = 5.0
VERDICTS_PURPOSE = b"monext-bridge.standings"
FIELDS = 4
"""Before the HMAC: the verdict, its end, the client, its stores. None of them has a space."""


class TokenVerdict(Enum):
    """Whether a token grants access, or why it does not."""

    GRANTED = "granted"
    ENDED = "the token is not active (any more)"
    OTHER_SCOPE = "the token has no scope of this project that allows operations on payments"
    NO_CLIENT = "the token names no API client that could be written into records"


ALL_STORES = "*"


@dataclass(frozen=True, slots=True)
class CheckedToken:
    """A verdict, and whose token it is about. There is no client where it ended, or where it names none."""

    verdict: TokenVerdict
    client: ApiClient | None = None

    @property
    def relied_on_for(self) -> float:
        """Return for how many seconds the verdict holds at most."""
        return GRANTED_FOR if self.verdict is TokenVerdict.GRANTED else REFUSED_FOR


class SharedTokenVerdicts:
    """Shares verdicts through Redis. Never raises.

    A verdict that can't be read, has ended or was not written by this bridge counts as not found.
    """

    def __init__(
        self,
        cache: SharedCache,
        *,
        secrets: Sequence[SecretStr],
        project_key: str,
        clock: MachineClock,
    ) -> None:
        self._cache, self._project_key, self._clock = cache, project_key, clock
        self._keys = [
            hmac.digest(secret.get_secret_value().encode(), VERDICTS_PURPOSE, "sha256") for secret in secrets
        ]

    def find(self, digest: bytes) -> tuple[CheckedToken, float] | None:
        """Return the verdict, and for how many more seconds it holds.

        The seconds are never more than those of a verdict asked for now, because clocks of machines differ.
        """
        parts = (self._cache.find(self._name(digest)) or b"").split(b" ")
        if len(parts) != FIELDS + 1 or not self._is_ours(digest, parts):
            return None
        checked = _read(parts)
        if checked is None:
            return None
        left = min(int(parts[1]) / 1000 - self._clock().timestamp(), checked.relied_on_for)
        return (checked, left) if left > 0 else None

    def tell(self, digest: bytes, checked: CheckedToken, *, until: float) -> None:
        """Share a verdict. `until` is in Unix seconds; a verdict that has ended by then is not shared."""
        fields = [checked.verdict.name.encode(), str(int(until * 1000)).encode(), *_written(checked.client)]
        value = b" ".join([*fields, self._sign(digest, fields, key=self._keys[0])])
        self._cache.tell(self._name(digest), value, seconds=until - self._clock().timestamp())

    def _name(self, digest: bytes) -> str:
        return f"{self._project_key}:{digest.hex()}"

    def _is_ours(self, digest: bytes, parts: Sequence[bytes]) -> bool:
        valid = [
            hmac.compare_digest(self._sign(digest, parts[:-1], key=key), parts[-1]) for key in self._keys
        ]
        return any(valid)

    def _sign(self, digest: bytes, fields: Sequence[bytes], *, key: bytes) -> bytes:
        text = b" ".join([self._name(digest).encode(), *fields])
        return hmac.digest(key, text, "sha256").hex().encode()


def _written(client: ApiClient | None) -> tuple[bytes, bytes]:
    if client is None:
        return b"", b""
    stores = ALL_STORES if client.stores is None else ",".join(sorted(client.stores))
    return client.id.encode(), stores.encode()


def _read(parts: Sequence[bytes]) -> CheckedToken | None:
    """Return what was told, None for a verdict that this release does not know."""
    verdict, _, client, stores = (part.decode() for part in parts[:FIELDS])
    found = TokenVerdict.__members__.get(verdict)
    if found is None:
        return None
    open_to = None if stores == ALL_STORES else frozenset(filter(None, stores.split(",")))
    return CheckedToken(found, ApiClient(client, open_to) if client else None)
