"""Calls Monext's Checkout REST API v1 (OpenAPI description 1.26.0).

An answer is returned whatever its status: a 2xx may hold a refusal and a 4xx the state of a session. The
mapping decides what an answer means. Every method raises RemoteUnavailable where there was no answer at all.
Operations are never sent twice, since Monext knows no idempotency key: where a merchant has several keys, an
operation goes out only with one that a read has proved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from pydantic import SecretStr

from monext_bridge.config import MonextCredentials
from monext_bridge.domain.ids import MonextTransactionId, SessionToken
from monext_bridge.domain.monext import OperationKind
from monext_bridge.errors import RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.http import HttpAnswer, HttpClient, segment
from monext_bridge.gateways.rotation import REFUSED, Chosen, Rotation
from monext_bridge.logs import shortened
from monext_bridge.runtime import leaving

SESSIONS = "/v1/checkout/payments/sessions"
TRANSACTIONS = "/v1/checkout/transactions"
ALIVE = "/v1/checkout/alive"
POINTS_OF_SALE = "/v1/merchants/{merchant}/pointsofsale"

OPERATION_TIMEOUT = 15.0
"""Seconds to wait for the answer to an operation. An acquirer may take long, and an operation whose answer is
lost costs more than a wait."""

RESERVED_AFTER_OPERATION = 1.0
"""Seconds that an operation leaves at the end of its request, to write down what became of it."""

ALIVE_TIMEOUT = 2.0

UNAUTHORIZED = "Unauthorized"
"""The title with which Monext has been seen to refuse a key under HTTP 200, in place of a 401."""

ApiKeys = Rotation[SecretStr]
ApiKey = Chosen[SecretStr]


def monext_client(api_url: str) -> HttpClient:
    """Returns a client for one of Monext's hosts."""
    return HttpClient(remote="monext", base_url=api_url)


class MonextGateway:
    """Keeps one client for each host and takes the credentials with each call, so no store can use another's.

    Thread-safe. Opens nothing before its first call.
    """

    def __init__(self, *, connect: Callable[[str], HttpClient] = monext_client) -> None:
        self._connect = connect
        self._clients: dict[str, HttpClient] = {}
        self._keys: dict[tuple[str, tuple[str, ...]], ApiKeys] = {}
        self._lock = Lock()

    def create_session(self, credentials: MonextCredentials, body: Mapping[str, Any]) -> HttpAnswer:
        """Sends POST /v1/checkout/payments/sessions (sessionCreate). A key that is refused makes no session."""
        return self._send(credentials, "POST", SESSIONS, route=SESSIONS, json=body)

    def get_session(self, credentials: MonextCredentials, token: SessionToken) -> HttpAnswer:
        """Sends GET /v1/checkout/payments/sessions/{sessionId}. A final result read here ends the notifications."""
        path, route = f"{SESSIONS}/{segment(token)}", f"{SESSIONS}/{{session}}"
        ids = {"session": shortened(token)}
        return self._send(credentials, "GET", path, route=route, ids=ids, proves=_shows_its_key)

    def get_transaction(
        self, credentials: MonextCredentials, transaction_id: MonextTransactionId
    ) -> HttpAnswer:
        """Sends GET /v1/checkout/transactions/{id}. The answer holds the ledger in `associatedTransactions`."""
        path, route = f"{TRANSACTIONS}/{segment(transaction_id)}", f"{TRANSACTIONS}/{{transaction}}"
        ids = {"transaction": transaction_id}
        return self._send(credentials, "GET", path, route=route, ids=ids, proves=_shows_its_key)

    def execute(
        self,
        credentials: MonextCredentials,
        kind: OperationKind,
        transaction_id: MonextTransactionId,
        body: Mapping[str, Any],
    ) -> HttpAnswer:
        """Sends POST /v1/checkout/transactions/{id}/captures, cancels or refunds.

        Raises RemoteUnreachable only where Monext certainly did nothing. After any other RemoteUnavailable
        only the ledger tells whether Monext did it. Where no key is proved yet, the transaction is read first.
        """
        with leaving(RESERVED_AFTER_OPERATION):
            chosen = self._proved_key(credentials, transaction_id)
            answer = self._send_with(
                chosen.key,
                credentials,
                "POST",
                f"{TRANSACTIONS}/{segment(transaction_id)}/{kind.value}",
                route=f"{TRANSACTIONS}/{{transaction}}/{kind.value}",
                ids={"transaction": transaction_id},
                json=body,
                read_timeout=OPERATION_TIMEOUT,
            )
        if answer.status == REFUSED:
            self._keys_of(credentials).doubt(chosen)
        return answer

    def alive(self, credentials: MonextCredentials) -> HttpAnswer:
        """Sends GET /v1/checkout/alive once, with 2 seconds for the answer. It needs the key as every call does."""
        return self._send(credentials, "GET", ALIVE, route=ALIVE, attempts=1, read_timeout=ALIVE_TIMEOUT)

    def get_points_of_sale(self, credentials: MonextCredentials) -> HttpAnswer:
        """Sends GET /v1/merchants/{merchantId}/pointsofsale of the Merchant API, which a key may not be allowed."""
        return self._of_merchant(credentials, "")

    def get_point_of_sale(self, credentials: MonextCredentials, reference: str) -> HttpAnswer:
        """Sends GET /v1/merchants/{merchantId}/pointsofsale/{posReference}."""
        return self._of_merchant(credentials, f"/{segment(reference)}")

    def get_contract(self, credentials: MonextCredentials, reference: str, contract: str) -> HttpAnswer:
        """Sends GET /v1/merchants/{merchantId}/pointsofsale/{posReference}/paymentMethods/{paymentMethodId}."""
        return self._of_merchant(credentials, f"/{segment(reference)}/paymentMethods/{segment(contract)}")

    def _of_merchant(self, credentials: MonextCredentials, path: str) -> HttpAnswer:
        """Reads from the Merchant API, once."""
        merchant = segment(credentials.merchant_id)
        whole = f"{POINTS_OF_SALE.format(merchant=merchant)}{path}"
        return self._send(credentials, "GET", whole, route=POINTS_OF_SALE, attempts=1)

    def _proved_key(self, credentials: MonextCredentials, transaction_id: MonextTransactionId) -> ApiKey:
        """Returns a key for an operation on this transaction. Raises RemoteUnreachable where none is proved."""
        keys = self._keys_of(credentials)
        chosen = keys.proved()
        if chosen is None:
            try:
                self.get_transaction(credentials, transaction_id)
            except RemoteUnavailable as error:
                raise RemoteUnreachable(f"no key, so nothing was sent: {error}", remote="monext") from error
            chosen = keys.proved()
        if chosen is None:
            raise RemoteUnreachable("monext took no key in a read, so nothing was sent", remote="monext")
        return chosen

    def _send(
        self,
        credentials: MonextCredentials,
        method: str,
        path: str,
        *,
        proves: Callable[[HttpAnswer], bool] = lambda _: False,
        **options: Any,
    ) -> HttpAnswer:
        """Sends with the key in use, and with the next one where it is refused. Nothing that may not be repeated."""

        def send(api_key: SecretStr) -> HttpAnswer:
            return self._send_with(api_key, credentials, method, path, **options)

        return self._keys_of(credentials).send(send, proves=proves)

    def _send_with(
        self, api_key: SecretStr, credentials: MonextCredentials, method: str, path: str, **options: Any
    ) -> HttpAnswer:
        headers = {"Authorization": f"Basic {api_key.get_secret_value()}"}
        client = self._client(credentials.api_url)
        return client.send(method, path, headers=headers, store=credentials.store_key, **options)

    def _keys_of(self, credentials: MonextCredentials) -> ApiKeys:
        """Returns the keys of a merchant; stores that have the same share what is known of them."""
        which = credentials.api_url, tuple(each.get_secret_value() for each in credentials.api_keys)
        with self._lock:
            if which not in self._keys:
                self._keys[which] = Rotation(credentials.api_keys, remote="monext", setting="MONEXT_API_KEY")
            return self._keys[which]

    def _client(self, api_url: str) -> HttpClient:
        with self._lock:
            if api_url not in self._clients:
                self._clients[api_url] = self._connect(api_url)
            return self._clients[api_url]


def refuses_key(answer: HttpAnswer) -> bool:
    """Tells whether an answer says that Monext does not take the key, in whatever way it was seen to say so."""
    return answer.status in (401, 403) or _title(answer) == UNAUTHORIZED


def _shows_its_key(answer: HttpAnswer) -> bool:
    """Tells whether an answer to a read shows that Monext takes the key: JSON under a 2xx that refuses nothing."""
    return 200 <= answer.status < 300 and isinstance(answer.body, dict) and _title(answer) != UNAUTHORIZED


def _title(answer: HttpAnswer) -> object:
    body = answer.body
    inner = body.get("result") if isinstance(body, dict) else None
    result = inner if isinstance(inner, dict) else body
    return result.get("title") if isinstance(result, dict) else None
