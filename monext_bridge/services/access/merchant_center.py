"""Checks the JSON Web Tokens of Merchant Center users, who look at the bridge's status from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jwt

from monext_bridge.errors import Forbidden, Unauthenticated
from monext_bridge.gateways.keys import MerchantCenterKeys

ALGORITHMS = ("RS256", "RS384", "RS512")
CHECKS: dict[str, Any] = {
    "require": ["exp", "iss"],
    "verify_aud": False,  # these tokens name no particular audience
    "verify_iat": False,  # `iat` says when a token was made; a clock a second behind would refuse it
    "enforce_minimum_key_length": True,
}


@dataclass(frozen=True, slots=True)
class MerchantCenter:
    """Checks the tokens of one issuer for one project. `issuer` is written as in the tokens."""

    issuer: str
    project_key: str
    keys: MerchantCenterKeys

    def check(self, token: str) -> None:
        """Return where the token is valid.

        Raises Unauthenticated, Forbidden for another project, or RemoteUnreachable without keys.

        The algorithm is checked before any key is fetched, so `none` and shared secrets cost nothing.
        """
        try:
            claims = jwt.decode(
                token,
                key=self._key(token),
                algorithms=ALGORITHMS,
                issuer=self.issuer,
                options=CHECKS,  # type: ignore[arg-type]
            )
        except jwt.PyJWTError as error:
            raise Unauthenticated(f"the token is refused: {type(error).__name__}") from error
        if claims.get(f"{self.issuer}/claims/project_key") != self.project_key:
            raise Forbidden("the token is for another project")

    def _key(self, token: str) -> jwt.PyJWK:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise jwt.InvalidAlgorithmError
        key = self.keys.key(str(header.get("kid")))
        if key is None:
            raise jwt.InvalidKeyError
        return key
