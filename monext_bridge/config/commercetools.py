"""Declares the settings of the commercetools project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from monext_bridge.config import parsing, secrets
from monext_bridge.config.declaring import ISSUED, Group, declares, setting
from monext_bridge.domain.operations import is_client_id

LARGEST_AMOUNT = 10**15


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """Holds the credentials of one API client."""

    id: str
    secret: SecretStr = field(repr=False)


@declares
class CommercetoolsSettings:
    """Holds the project, its API client and its URLs, which have no slash at their end.

    `client_ids` and `client_secrets` have one element for each API client, in the same order; the first is used, the
    next where it is refused. `session_url` is None where no shop session is ever read. `jwks_url` and `jwt_issuer`
    are those of the Merchant Center: both are set, or neither where none of its users ever calls.
    """

    project_key: str = setting(
        "CTP_PROJECT_KEY",
        parsing.project_key,
        "commercetools project",
        required=True,
        group=Group.COMMERCETOOLS,
        note="commercetools: an API client of the project, with its addresses. Auth URL without /oauth/token, API "
        "URL without the project key.",
    )
    client_ids: tuple[str, ...] = setting(
        "CTP_CLIENT_ID",
        parsing.elements,
        "API client of the project; a comma list rotates, in pairs with `CTP_CLIENT_SECRET`: the first pair is used, "
        "the next where it is refused (401)",
        required=True,
        group=Group.COMMERCETOOLS,
        note="",
    )
    client_secrets: tuple[SecretStr, ...] = setting(
        "CTP_CLIENT_SECRET",
        secrets.issued_secrets,
        "its secret",
        required=True,
        secret=ISSUED,
        group=Group.COMMERCETOOLS,
        note="",
    )
    auth_url: str = setting(
        "CTP_AUTH_URL",
        parsing.base_url_without("/oauth/token"),
        "authorisation server, without `/oauth/token`",
        required=True,
        https=True,
        group=Group.COMMERCETOOLS,
        example="https://auth.europe-west1.gcp.commercetools.com",
        note="",
    )
    api_url: str = setting(
        "CTP_API_URL",
        parsing.base_url,
        "HTTP API, without the project key",
        required=True,
        https=True,
        group=Group.COMMERCETOOLS,
        example="https://api.europe-west1.gcp.commercetools.com",
        note="",
    )
    session_url: str | None = setting(
        "CTP_SESSION_URL",
        parsing.base_url,
        "session API",
        otherwise="checkout sessions are not read",
        https=True,
        group=Group.COMMERCETOOLS,
        example="https://session.europe-west1.gcp.commercetools.com",
        note="Session API: needed by CHECKOUT_ACCESS=session and by the JSON API.",
    )
    jwks_url: str | None = setting(
        "CTP_JWKS_URL",
        parsing.base_url,
        "keys of the Merchant Center's tokens (JSON Web Key Set)",
        otherwise="calls from the Merchant Center are refused",
        https=True,
        needs="CTP_JWT_ISSUER",
        group=Group.COMMERCETOOLS,
        example="https://mc-api.europe-west1.gcp.commercetools.com/.well-known/jwks.json",
        note="Tokens of the Merchant Center, by which its users read the bridge's status: their keys, and who issues "
        "them",
    )
    jwt_issuer: str | None = setting(
        "CTP_JWT_ISSUER",
        parsing.base_url,
        "issuer of the Merchant Center's tokens",
        otherwise="calls from the Merchant Center are refused",
        needs="CTP_JWKS_URL",
        group=Group.COMMERCETOOLS,
        example="https://mc-api.europe-west1.gcp.commercetools.com",
        note="",
    )

    def clients(self) -> tuple[ClientCredentials, ...]:
        """Returns the API clients, the one that is used first before the others."""
        pairs = zip(self.client_ids, self.client_secrets, strict=True)
        return tuple(ClientCredentials(client_id, secret) for client_id, secret in pairs)


def amounts_by_client(value: Any) -> Mapping[str, int]:
    """Reads JSON by API client id: whole minor units, from 0, with which the client may do nothing."""
    if not isinstance(value, dict) or not all(is_client_id(client) for client in value):
        raise parsing.Fault(
            "must be JSON by API client id: 1 to 64 of A-Z a-z 0-9 _ . : - and no name of a part of the bridge"
        )
    amounts = value.values()
    whole = all(isinstance(amount, int) and not isinstance(amount, bool) for amount in amounts)
    if not whole or not all(0 <= amount <= LARGEST_AMOUNT for amount in amounts):
        raise parsing.Fault(f"must give each API client a whole number of minor units, 0 to {LARGEST_AMOUNT}")
    return value
