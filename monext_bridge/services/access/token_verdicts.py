"""What an OAuth2 token is worth here, and how processes tell each other in Redis.

Under the token's SHA-256 stands what it is worth and until when, with an HMAC of both, the token's SHA-256 and the
project under a key derived from `SECRET_KEY`. So whoever can write to Redis can't make a token open, nor make one
open longer; and whoever can read it learns no token. The SHA-256 needs no key: tokens can't be guessed.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum

from pydantic import SecretStr

from monext_bridge.gateways.redis import SharedCache

GRANTED_FOR = 60.0
"""Seconds for which a token that opens is not asked about again: so long a revoked one may still serve."""

REFUSED_FOR = 5.0
VERDICTS_PURPOSE = b"monext-bridge.standings"


class TokenVerdict(Enum):
    """What a token is worth here."""

    GRANTED = "granted"
    ENDED = "the token is not active (any more)"
    OTHER_SCOPE = "the token has no scope of this project that allows operations on payments"


class SharedTokenVerdicts:
    """Never raises: what can't be read, has ended or was not written by this bridge is not found."""

    def __init__(
        self,
        cache: SharedCache,
        *,
        secrets: Sequence[SecretStr],
        project_key: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._cache, self._project_key, self._clock = cache, project_key, clock
        self._keys = [
            hmac.digest(secret.get_secret_value().encode(), VERDICTS_PURPOSE, "sha256") for secret in secrets
        ]

    def find(self, digest: bytes) -> tuple[TokenVerdict, float] | None:
        """What the token is worth, and for how many more seconds, which are never more than had it been asked about
        now: clocks of machines differ."""
        parts = (self._cache.find(self._name(digest)) or b"").split(b" ")
        if len(parts) != 3 or not self._is_ours(digest, parts):
            return None
        verdict = TokenVerdict.__members__.get(parts[0].decode())
        most = GRANTED_FOR if verdict is TokenVerdict.GRANTED else REFUSED_FOR
        left = min(int(parts[1]) / 1000 - self._clock().timestamp(), most)
        return (verdict, left) if verdict and left > 0 else None

    def tell(self, digest: bytes, verdict: TokenVerdict, *, until: float) -> None:
        """`until`: Unix seconds. What has ended by then is not told."""
        said = [verdict.name.encode(), str(int(until * 1000)).encode()]
        value = b" ".join([*said, self._sign(digest, said, key=self._keys[0])])
        self._cache.tell(self._name(digest), value, seconds=until - self._clock().timestamp())

    def _name(self, digest: bytes) -> str:
        return f"{self._project_key}:{digest.hex()}"

    def _is_ours(self, digest: bytes, parts: Sequence[bytes]) -> bool:
        good = [hmac.compare_digest(self._sign(digest, parts[:2], key=key), parts[2]) for key in self._keys]
        return any(good)

    def _sign(self, digest: bytes, said: Sequence[bytes], *, key: bytes) -> bytes:
        text = b" ".join([self._name(digest).encode(), *said])
        return hmac.digest(key, text, "sha256").hex().encode()
