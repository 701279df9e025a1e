"""Controls of the sandbox itself, under `/_control`; the real commercetools has none of them."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from flask import Blueprint, Response, request
from pydantic import Field

from sandbox.commercetools.answers import answer
from sandbox.commercetools.auth.merchant_center import issue_jwt
from sandbox.commercetools.auth.tokens import Tokens
from sandbox.commercetools.carts.documents import store_cart_document
from sandbox.commercetools.carts.mine import owner_of
from sandbox.commercetools.errors import not_found
from sandbox.commercetools.push import Pusher
from sandbox.commercetools.schema import Strict, parse, read_json
from sandbox.commercetools.seed import SITUATIONS, cart_id, plant
from sandbox.commercetools.sessions import DEFAULT_LIFETIME, store_session
from sandbox.commercetools.settings import ApiClient
from sandbox.commercetools.state import Project


class SessionControl(Strict):
    """A session of a cart, in any state."""

    cartId: str
    metadata: dict[str, Any] = Field(default_factory=dict)
    state: str = "Active"
    expiresIn: int = DEFAULT_LIFETIME


class BuyerControl(Strict):
    """Whose token is wanted: the buyer's of that cart."""

    cartId: str


class JwtControl(Strict):
    """A token with claims of the caller's choice; a claim that is null is left out."""

    claims: dict[str, Any] = Field(default_factory=dict)
    expiresIn: int = 300


class ClientControl(Strict):
    """An API client; scopes without the project key."""

    id: str
    secret: Annotated[str, Field(min_length=8)]
    scopes: list[str]


class SubscriptionControl(Strict):
    """What commercetools says of a subscription's health: https://docs.commercetools.com/api/projects/subscriptions"""

    status: Literal["Healthy", "ConfigurationError", "ConfigurationErrorDeliveryStopped", "TemporaryError"]


class TroubleControl(Strict):
    """An error code with which orders of the cart are refused; null ends it."""

    code: str | None


def controls(project: Project, tokens: Tokens, *, pusher: Pusher) -> Blueprint:
    """All controls of the project, save those of the push."""
    endpoints = _Controls(project=project, tokens=tokens, pusher=pusher)
    control = Blueprint("control", __name__, url_prefix="/_control")
    control.post("/reset")(endpoints.reset)
    control.post("/revoke-tokens")(endpoints.revoke_tokens)
    control.get("/clients")(endpoints.list_clients)
    control.post("/clients")(endpoints.add_client)
    control.delete("/clients/<client_id>")(endpoints.delete_client)
    control.post("/buyers")(endpoints.make_buyer_token)
    control.post("/sessions")(endpoints.add_session)
    control.post("/jwt")(endpoints.make_jwt)
    control.get("/carts")(endpoints.list_carts)
    control.post("/carts")(endpoints.add_cart)
    control.post("/subscriptions/<key>/status")(endpoints.set_health)
    control.post("/carts/<wanted_id>/trouble")(endpoints.set_trouble)
    control.get("/dump")(endpoints.dump)
    return control


@dataclass(frozen=True, slots=True)
class _Controls:
    project: Project
    tokens: Tokens
    pusher: Pusher

    def reset(self) -> Response:
        """Back to the seed; tokens of the seed's API clients stay valid, and the push its target."""
        plant(self.project)
        self.pusher.reset()
        self.tokens.reset()
        return answer({})

    def revoke_tokens(self) -> Response:
        self.tokens.revoke_all()
        return answer({})

    def add_client(self) -> Response:
        wanted = parse(ClientControl, read_json(request.data))
        client = ApiClient(id=wanted.id, secret=wanted.secret, scopes=tuple(wanted.scopes))
        self.tokens.add_client(client)
        return answer({"id": wanted.id}, status=201)

    def list_clients(self) -> Response:
        clients = self.tokens.clients()
        return answer({"clients": [{"id": each.id, "scopes": list(each.scopes)} for each in clients]})

    def delete_client(self, client_id: str) -> Response:
        """Its secret is answered 401 from now on, and introspection calls its tokens inactive."""
        if not self.tokens.remove_client(client_id):
            raise not_found(client_id)
        return answer({})

    def make_buyer_token(self) -> Response:
        """What a shop's page in the browser has. A guest's cart gets the id of an anonymous session."""
        wanted = parse(BuyerControl, read_json(request.data))
        with self.project.lock:
            cart = self.project.get("cart", wanted.cartId)
            if cart is None:
                raise not_found(wanted.cartId)
            owner = owner_of(self.project, cart)
        return answer(self.tokens.issue_to_buyer(owner), status=201)

    def add_session(self) -> Response:
        wanted = parse(SessionControl, read_json(request.data))
        with self.project.lock:
            session = store_session(
                self.project,
                cart_id=wanted.cartId,
                metadata=wanted.metadata,
                state=wanted.state,
                lifetime=wanted.expiresIn,
            )
        return answer(session, status=201)

    def make_jwt(self) -> Response:
        wanted = parse(JwtControl, read_json(request.data or b"{}"))
        settings = self.project.settings
        token = issue_jwt(
            self.project.clock,
            issuer=settings.base_url.value or request.host_url.rstrip("/"),
            project_key=settings.project_key,
            lifetime=wanted.expiresIn,
            claims=wanted.claims,
        )
        return answer({"token": token}, status=201)

    def list_carts(self) -> Response:
        """The seed's carts: name, id and what each is for."""
        carts = SITUATIONS.items()
        return answer([{"name": name, "id": cart_id(name), "story": cart.story} for name, cart in carts])

    def add_cart(self) -> Response:
        with self.project.lock:
            cart = store_cart_document(self.project, read_json(request.data))
        return answer(cart, status=201)

    def set_trouble(self, wanted_id: str) -> Response:
        wanted = parse(TroubleControl, read_json(request.data))
        with self.project.lock:
            if self.project.get("cart", wanted_id) is None:
                raise not_found(wanted_id)
            self.project.conditions.cart_troubles.pop(wanted_id, None)
            if wanted.code is not None:
                self.project.conditions.cart_troubles[wanted_id] = wanted.code
        return answer({})

    def set_health(self, key: str) -> Response:
        """The subscription's destination takes messages, or no longer does."""
        wanted = parse(SubscriptionControl, read_json(request.data))
        with self.project.lock:
            subscription = self.project.get_by("subscription", field="key", value=key)
            if subscription is None:
                raise not_found(key)
            subscription["status"] = wanted.status
        return answer({"status": wanted.status})

    def dump(self) -> Response:
        with self.project.lock:
            shelves = {kind: list(shelf.values()) for kind, shelf in self.project.documents.items()}
            return answer({**shelves, "session": list(self.project.sessions.values())})
