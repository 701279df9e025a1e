"""Defines an API client of the project, as its token shows it: who it is, and what of the project is open to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monext_bridge.errors import Forbidden

OPENING_SCOPES = frozenset({"manage_project", "manage_checkout_payment_intents"})
STORE_KEY = re.compile(r"[A-Za-z0-9_-]{2,256}")


@dataclass(frozen=True, slots=True)
class ApiClient:
    """An API client by its id. `stores` are those that its token is for, None where it is for the whole project."""

    id: str
    stores: frozenset[str] | None = None


class ScopeMissing(Forbidden):
    """The token of an API client has no scope that lets it in."""

    def __init__(self, message: str, *, client: ApiClient) -> None:
        super().__init__(message)
        self.client = client


def open_stores(scopes: str, *, project_key: str) -> frozenset[str] | None:
    """Return the stores of this project that the scopes let in to, None for the whole of it; no store: no access.

    Scopes are separated by spaces, and read `name:project` or `name:project:store`. Several add up.
    https://docs.commercetools.com/api/scopes
    """
    stores: set[str] = set()
    for scope in scopes.split(" "):
        name, _, rest = scope.partition(":")
        project, colon, store = rest.partition(":")
        if name not in OPENING_SCOPES or project != project_key:
            continue
        if not colon:
            return None
        if STORE_KEY.fullmatch(store):
            stores.add(store)
    return frozenset(stores)
