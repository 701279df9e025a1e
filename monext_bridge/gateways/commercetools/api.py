"""Calls commercetools' HTTP API, as plain JSON. https://docs.commercetools.com/api/

Every method makes one call, more only for a list that is too large for one, and returns the JSON of its answer.
Reads are tried again where that is harmless, writes never: each write names the version it was computed from, and
after one whose outcome is not known the caller reads. All methods raise RemoteError as `answers.document` sorts it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict, Unpack

from monext_bridge.config import CommercetoolsSettings
from monext_bridge.errors import RemoteTooLarge, RemoteUnavailable, RemoteUnreachable, SettingsError
from monext_bridge.gateways.commercetools.acting import external_user
from monext_bridge.gateways.commercetools.answers import Json, document
from monext_bridge.gateways.commercetools.clock import CommercetoolsClock
from monext_bridge.gateways.commercetools.oauth import api_clients, fetch_grant, introspect
from monext_bridge.gateways.commercetools.tokens import Tokens
from monext_bridge.gateways.http import HttpAnswer, HttpClient, segment
from monext_bridge.logs import Scalar, shortened

__all__ = ["CommercetoolsGateway", "Json"]

PAYMENTS = "paymentInfo.payments[*]"
WITH_PAYMENTS = {"expand": PAYMENTS}
PRODUCT_TYPES = "lineItems[*].productType"
Variables = Mapping[str, str | Sequence[str]]
"""Values of the `:names` in a predicate. Where a name has several values, each is sent."""

Sort = str | Sequence[str] | None
"""Fields with `asc` or `desc`; of several, the first counts most."""


class QueryOptions(TypedDict, total=False):
    """How many are given at most (1 to 500, or 20 where nothing is said), in which order, and what is expanded."""

    limit: int
    sort: Sort
    expand: str | None


Params = Mapping[str, str | Sequence[str]]

CHECK_TIMEOUT = 2.0


class CommercetoolsGateway:
    """Calls one project. Thread-safe. Opens nothing before its first call. Tests hand in the clients.

    `clock` takes commercetools' time from every answer.
    """

    def __init__(
        self,
        settings: CommercetoolsSettings,
        *,
        api: HttpClient | None = None,
        auth: HttpClient | None = None,
        sessions: HttpClient | None = None,
        clock: CommercetoolsClock | None = None,
    ) -> None:
        self.clock = clock or CommercetoolsClock()
        self._project = segment(settings.project_key)
        self._api = api or _client(settings.api_url)
        self._sessions = sessions or (_client(settings.session_url) if settings.session_url else None)
        self._clients, self._auth = api_clients(settings), auth or _client(settings.auth_url)
        self._tokens = Tokens(lambda: fetch_grant(self._auth, self._clients))

    def get_cart(self, cart_id: str, *, product_types: bool = False) -> Json:
        """Returns the cart with its payments expanded, and where asked for the product types of its lines."""
        return self._call("GET", "/carts/{cart}", ids={"cart": cart_id}, params=_of_cart(product_types))

    def update_cart(self, cart_id: str, body: Json, *, product_types: bool = False) -> Json:
        """Returns the cart after the update, expanded likewise."""
        ids, params = {"cart": cart_id}, _of_cart(product_types)
        return self._call("POST", "/carts/{cart}", json=body, ids=ids, params=params)

    def query_carts(self, where: str, variables: Variables, **options: Unpack[QueryOptions]) -> list[Json]:
        """Returns the carts that match. `variables` fill the `:names` in the predicate."""
        return self._query("/carts", _query(where, variables, **options))

    def get_payment(self, payment_id: str) -> Json:
        return self._call("GET", "/payments/{payment}", ids={"payment": payment_id})

    def get_payment_by_key(self, key: str) -> Json:
        return self._call("GET", "/payments/key={payment_key}", ids={"payment_key": key})

    def create_payment(self, body: Json) -> Json:
        """Raises DuplicateField where `key` is taken, or the pair of `paymentInterface` and `interfaceId`."""
        return self._call("POST", "/payments", json=body)

    def update_payment(self, payment_id: str, body: Json) -> Json:
        return self._call("POST", "/payments/{payment}", json=body, ids={"payment": payment_id})

    def query_payments(self, where: str, variables: Variables, **options: Unpack[QueryOptions]) -> list[Json]:
        """Returns the payments that match. `variables` fill the `:names` in the predicate."""
        return self._query("/payments", _query(where, variables, **options))

    def get_order(self, order_id: str) -> Json:
        """Returns the order with its payments expanded."""
        return self._call("GET", "/orders/{order}", ids={"order": order_id}, params=WITH_PAYMENTS)

    def get_order_by_number(self, number: str) -> Json:
        """Returns the order with its payments expanded."""
        route = "/orders/order-number={number}"
        return self._call("GET", route, ids={"number": number}, params=WITH_PAYMENTS)

    def query_orders(self, where: str, variables: Variables, **options: Unpack[QueryOptions]) -> list[Json]:
        """Returns the orders that match. `variables` fill the `:names` in the predicate."""
        return self._query("/orders", _query(where, variables, **options))

    def create_order(self, body: Json) -> Json:
        """Raises DuplicateField where the order number is taken; other reasons are codes of RemoteRefused."""
        return self._call("POST", "/orders", json=body)

    def update_order(self, order_id: str, body: Json) -> Json:
        return self._call("POST", "/orders/{order}", json=body, ids={"order": order_id})

    def get_customer(self, customer_id: str) -> Json:
        return self._call("GET", "/customers/{customer}", ids={"customer": customer_id})

    def get_subscription_by_key(self, key: str) -> Json:
        return self._call("GET", "/subscriptions/key={subscription}", ids={"subscription": key})

    def create_subscription(self, body: Json) -> Json:
        """Raises DuplicateField where `key` is taken, RemoteRefused where the destination can't be reached."""
        return self._call("POST", "/subscriptions", json=body)

    def update_subscription(self, key: str, body: Json) -> Json:
        return self._call("POST", "/subscriptions/key={subscription}", json=body, ids={"subscription": key})

    def get_session(self, session_id: str) -> Json:
        """Returns a shop session from the session API. Raises SettingsError where that has no URL."""
        if self._sessions is None:
            raise SettingsError(["CTP_SESSION_URL: is needed to read checkout sessions"])
        return self._call("GET", "/sessions/{session}", ids={"session": session_id}, client=self._sessions)

    def introspect(self, token: str) -> Json:
        """Returns what the authorisation server knows of a token: `active`, and where it is `scope` and `exp`."""
        return introspect(self._auth, self._clients, token=token)

    def introspect_own_token(self) -> Json:
        """Returns what the authorisation server knows of the bridge's own token."""
        return self.introspect(self._token())

    def get_project(self) -> Json:
        """Returns the project's settings, such as its `currencies`. It takes a scope of its own."""
        return self._call("GET", "", attempts=1, read_timeout=CHECK_TIMEOUT)

    def check(self) -> None:
        """Raises RemoteError unless URL, project, client and the scope for payments work. Takes seconds at most."""
        params = {"limit": "1", "withTotal": "false"}
        self._call("GET", "/payments", params=params, attempts=1, read_timeout=CHECK_TIMEOUT)

    def count_payments(self, where: str, variables: Variables) -> int:
        """Returns how many payments match, to tell how far a run is. commercetools counts up to a limit."""
        params = {**_query(where, variables, limit=1), "withTotal": "true"}
        total = self._call("GET", "/payments", params=params).get("total")
        return total if isinstance(total, int) else 0

    def _query(self, route: str, params: Params) -> list[Json]:
        """Returns what matches. A list that is too large to be read at once is read by halves, in a fixed order."""
        try:
            return self._page(route, params)
        except RemoteTooLarge:
            limit, offset = int(str(params["limit"])), int(str(params.get("offset", 0)))
            if limit == 1:
                raise
        half = limit // 2
        parts = ((offset, half), (offset + half, limit - half))
        ordered = {"sort": "id asc", **params}
        pages = [{**ordered, "offset": str(at), "limit": str(count)} for at, count in parts]
        return [each for page in pages for each in self._query(route, page)]

    def _page(self, route: str, params: Params) -> list[Json]:
        results = self._call("GET", route, params=params).get("results")
        if not isinstance(results, list) or not all(isinstance(each, dict) for each in results):
            raise RemoteUnavailable(f"commercetools gave no results to GET {route}", remote="commercetools")
        return results

    def _call(
        self,
        method: str,
        route: str,
        *,
        ids: Mapping[str, str] | None = None,
        params: Params | None = None,
        json: Json | None = None,
        client: HttpClient | None = None,
        attempts: int | None = None,
        read_timeout: float | None = None,
    ) -> Json:
        """Makes one call. `ids` are quoted to fill the route's braces, and are logged beside the route."""
        path = route.format_map({name: segment(value) for name, value in (ids or {}).items()})

        def send(token: str) -> HttpAnswer:
            answer = (client or self._api).send(
                method,
                f"/{self._project}{path}",
                route=f"/{{project}}{route}",
                ids=_logged(ids or {}),
                params=params,
                json=json,
                headers={"Authorization": f"Bearer {token}", **external_user(method)},
                attempts=attempts,
                read_timeout=read_timeout,
            )
            self.clock.hear(answer)
            return answer

        return document(self._with_token(send), what=f"{method} {route}")

    def _with_token(self, send: Callable[[str], HttpAnswer]) -> HttpAnswer:
        """Returns the answer. A 401, before which nothing is executed, is tried once more with a new token."""
        token = self._token()
        answer = send(token)
        if answer.status != 401:
            return answer
        self._tokens.invalidate(token)
        return send(self._token())

    def _token(self) -> str:
        """Returns the token.

        Without one nothing is sent, so its absence never leaves a doubt about what was executed.
        """
        try:
            return self._tokens.current()
        except RemoteUnavailable as error:
            raise RemoteUnreachable(
                f"no token, so nothing was sent: {error}", remote=error.remote, retry_after=error.retry_after
            ) from error


def _client(base_url: str) -> HttpClient:
    return HttpClient(remote="commercetools", base_url=base_url)


def _of_cart(product_types: bool) -> Params:
    return {"expand": (PAYMENTS, PRODUCT_TYPES)} if product_types else WITH_PAYMENTS


def _logged(ids: Mapping[str, str]) -> Mapping[str, Scalar]:
    """Logs only the beginning of a session's id, which gives access to the session."""
    return {name: shortened(value) if name == "session" else value for name, value in ids.items()}


def _query(
    where: str, variables: Variables, *, limit: int = 20, sort: Sort = None, expand: str | None = None
) -> Params:
    """Sends values as predicate variables, never inside the predicate's text."""
    params: dict[str, str | Sequence[str] | None] = {
        "where": where,
        "limit": str(limit),
        "withTotal": "false",
        "sort": sort,
        "expand": expand,
    }
    given = {name: value for name, value in params.items() if value is not None}
    return given | {f"var.{name}": value for name, value in variables.items()}
