"""Access tokens: https://docs.commercetools.com/api/authorization"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from threading import Lock

from sandbox.clock import Clock
from sandbox.commercetools.errors import AuthError, invalid_client, invalid_token
from sandbox.commercetools.settings import ApiClient, ProjectSettings
from sandbox.commercetools.wire import Json

_BEYOND_MANAGE_PROJECT = frozenset(("manage_locked_carts",))


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token's client, scopes (`manage_payments:projectkey`) and end."""

    client_id: str
    scopes: frozenset[str]
    expires: datetime


@dataclass(slots=True)
class Tokens:
    """API clients of the project and the tokens they hold. Safe to use from several threads."""

    settings: ProjectSettings
    clock: Clock
    _clients: dict[str, ApiClient] = field(default_factory=dict)
    _tokens: dict[str, AccessToken] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Back to the API clients of the settings; the tokens of these stay valid."""
        with self._lock:
            self._clients = {client.id: client for client in self.settings.clients()}
            self._tokens = {
                text: token for text, token in self._tokens.items() if token.client_id in self._clients
            }

    def add_client(self, client: ApiClient) -> None:
        """A further API client, or another secret or scopes for one that is there."""
        with self._lock:
            self._clients[client.id] = client

    def clients(self) -> list[ApiClient]:
        """All API clients of the project."""
        with self._lock:
            return list(self._clients.values())

    def remove_client(self, client_id: str) -> bool:
        """Delete an API client: its secret is refused, and its tokens end. False where there is none."""
        with self._lock:
            self._tokens = {text: each for text, each in self._tokens.items() if each.client_id != client_id}
            return self._clients.pop(client_id, None) is not None

    def revoke_all(self) -> None:
        """End every token now."""
        with self._lock:
            self._tokens.clear()

    def authenticate(self, client_id: str | None, secret: str | None) -> ApiClient:
        """The API client with that id and secret; raises `invalid_client`."""
        with self._lock:
            client = self._clients.get(client_id or "")
        if client is None or not compare_digest(client.secret.encode(), (secret or "").encode()):
            raise invalid_client()
        return client

    def issue(self, client: ApiClient, *, requested: str | None) -> Json:
        """The answer to a client credentials grant; raises `invalid_scope` for more than the client has."""
        return self._issued(client.id, self._granted(client, requested))

    def issue_to_buyer(self, owner: str) -> Json:
        """A buyer's own token, as a shop's client gets one for its buyer; `owner` as in `customer_id:…`."""
        return self._issued("shop", [f"manage_my_orders:{self.settings.project_key}", owner])

    def _issued(self, client_id: str, scopes: list[str]) -> Json:
        text = secrets.token_urlsafe(24)
        lifetime = self.settings.token_lifetime_seconds
        expires = self.clock() + timedelta(seconds=lifetime)
        with self._lock:
            self._tokens[text] = AccessToken(client_id=client_id, scopes=frozenset(scopes), expires=expires)
        return {
            "access_token": text,
            "token_type": "Bearer",
            "expires_in": lifetime,
            "scope": " ".join(scopes),
        }

    def read(self, text: str) -> AccessToken:
        """The token; raises `invalid_token` where it is unknown, expired or revoked."""
        with self._lock:
            token = self._tokens.get(text)
        if token is None or token.expires <= self.clock():
            raise invalid_token()
        return token

    def introspect(self, text: str) -> Json:
        """The answer of token introspection; `exp` is in milliseconds."""
        try:
            token = self.read(text)
        except AuthError:
            return {"active": False}
        return {
            "active": True,
            "scope": " ".join(sorted(token.scopes)),
            "exp": int(token.expires.timestamp() * 1000),
            "client_id": token.client_id,
        }

    def _granted(self, client: ApiClient, requested: str | None) -> list[str]:
        project_key = self.settings.project_key
        own = [_complete(scope, project_key=project_key) for scope in client.scopes]
        if not (requested or "").strip():
            return own
        wanted = (requested or "").split()
        for scope in wanted:
            if not grants(frozenset(own), scope, project_key=project_key):
                message = f"Malformed parameter: scope: Invalid scope: '{scope}'."
                raise AuthError(400, code="invalid_scope", message=message)
        return wanted


def _complete(scope: str, *, project_key: str) -> str:
    """A client's scope with the project in it: `manage_payments:store` becomes `manage_payments:project:store`."""
    name, separator, store = scope.partition(":")
    return f"{name}:{project_key}{separator}{store}"


def grants(held: frozenset[str], scope: str, *, project_key: str) -> bool:
    """Whether the held scopes cover one: itself, its `manage_` form, or `manage_project`.

    A scope of the whole project covers that of one of its stores, as in `manage_payments:project:store`; never the
    other way round. `manage_project` does not cover locked carts, and nothing covers another project.
    """
    name, _, rest = scope.partition(":")
    if scope in held:
        return True
    if rest.partition(":")[0] != project_key:
        return False
    if rest != project_key and grants(held, f"{name}:{project_key}", project_key=project_key):
        return True
    if name.startswith("view_") and f"manage_{name.removeprefix('view_')}:{rest}" in held:
        return True
    known = name.startswith(("manage_", "view_")) and name not in _BEYOND_MANAGE_PROJECT
    return known and f"manage_project:{project_key}" in held
