"""Proves who calls the API: a back office by its OAuth2 token, the Merchant Center by its own token."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from monext_bridge.config import CommercetoolsSettings, Settings
from monext_bridge.errors import RequestError, Unauthenticated
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.gateways.keys import MerchantCenterKeys
from monext_bridge.runtime import MachineClock
from monext_bridge.services.access.api_client import ApiClient
from monext_bridge.services.access.introspection import Introspection
from monext_bridge.services.access.merchant_center import MerchantCenter
from monext_bridge.services.access.token_verdicts import SharedTokenVerdicts

BEARER_TOKEN = re.compile(r"[!-~]{1,4096}")


class PrincipalNotConfigured(RequestError):
    """Calls of this kind can't be proved, because a setting is missing."""

    status, code = 503, "General"


class Principals:
    """Proves principals. A check returns where the caller is proved, and raises where not or where nobody can say.

    Thread-safe. `clock` is compared with the expiry of tokens; `monotonic` measures how long verdicts are kept.
    """

    def __init__(
        self,
        settings: Settings,
        gateway: CommercetoolsGateway,
        *,
        clock: MachineClock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        project = settings.commercetools
        self._introspection = Introspection(
            gateway,
            project_key=project.project_key,
            clock=clock,
            monotonic=monotonic,
            shared_verdicts=_shared_verdicts(settings, clock=clock, monotonic=monotonic),
        )
        self._merchant_center = _merchant_center(project, monotonic=monotonic)

    def back_office(self, token: str) -> ApiClient:
        """Return whose OAuth2 token it is: it has `manage_project` or `manage_checkout_payment_intents`.

        A scope of one store of our project is enough, and lets in to that store. Raises Unauthenticated, Forbidden
        (ScopeMissing where the client is known), RemoteUnreachable.
        """
        return self._introspection.check(_shaped(token))

    def asks_about(self, token: str) -> bool:
        """Whether commercetools has to be asked about a back office's token. It is not asked here."""
        return bool(BEARER_TOKEN.fullmatch(token)) and not self._introspection.has_verdict(token)

    def merchant_center(self, token: str) -> None:
        """Check a JWT: our issuer signed it, for our project.

        Raises Unauthenticated, Forbidden, RemoteUnreachable, PrincipalNotConfigured.
        """
        if self._merchant_center is None:
            raise PrincipalNotConfigured("CTP_JWKS_URL and CTP_JWT_ISSUER are not set")
        self._merchant_center.check(_shaped(token))


def _shaped(token: str) -> str:
    if not BEARER_TOKEN.fullmatch(token):
        raise Unauthenticated("the token is malformed", field="Authorization")
    return token


def _shared_verdicts(
    settings: Settings, *, clock: MachineClock, monotonic: Callable[[], float]
) -> SharedTokenVerdicts | None:
    if settings.redis_url is None:
        return None
    from monext_bridge.gateways.redis import SharedCache, connect_redis  # not loaded where there is no Redis

    return SharedTokenVerdicts(
        SharedCache(connect_redis(settings.redis_url), name="introspection", monotonic=monotonic),
        secrets=settings.secret_keys,
        project_key=settings.commercetools.project_key,
        clock=clock,
    )


def _merchant_center(
    project: CommercetoolsSettings, *, monotonic: Callable[[], float]
) -> MerchantCenter | None:
    if project.jwks_url is None or project.jwt_issuer is None:
        return None
    return MerchantCenter(
        issuer=project.jwt_issuer,
        project_key=project.project_key,
        keys=MerchantCenterKeys(project.jwks_url, monotonic=monotonic),
    )
