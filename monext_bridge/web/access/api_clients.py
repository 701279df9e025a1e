"""Keeps, for the length of a request, which API client it is proved to come from, and says what it may ask for."""

from __future__ import annotations

from typing import cast

from flask import g, request

from monext_bridge.errors import Unauthenticated
from monext_bridge.services.access import ApiClient
from monext_bridge.services.operations import Actor
from monext_bridge.web.http import services


def remember_client(client: ApiClient) -> None:
    g.api_client = client


def api_client() -> ApiClient:
    """Return the API client of this request. Raises Unauthenticated where none was proved."""
    client = cast(ApiClient | None, g.get("api_client"))
    if client is None:
        raise Unauthenticated("a bearer token is needed", field="Authorization")
    return client


def actor_of(client: ApiClient) -> Actor:
    """Return the API client as it asks for operations, with its limit and the address that it calls from."""
    return Actor(
        client.id,
        stores=client.stores,
        amount_limit=services().settings.client_amount_limits.get(client.id),
        client_address=request.remote_addr,
    )
