"""Calls Monext's Checkout REST API v1 (OpenAPI description 1.26.0).

An answer is returned whatever its status: a 2xx may hold a refusal and a 4xx the state of a session. The
mapping decides what an answer means. Every method but `alive` raises RemoteUnavailable where there was no
answer at all. Writes are never sent twice, since Monext knows no idempotency key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from monext_bridge.config import MonextCredentials
from monext_bridge.domain.ids import MonextTransactionId, SessionToken
from monext_bridge.domain.monext import OperationKind
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.gateways.http import HttpAnswer, HttpClient, segment
from monext_bridge.logs import shortened
from monext_bridge.runtime import leaving

SESSIONS = "/v1/checkout/payments/sessions"
TRANSACTIONS = "/v1/checkout/transactions"
ALIVE = "/v1/checkout/alive"

OPERATION_TIMEOUT = 15.0
"""Seconds to wait for the answer to an operation. An acquirer may take long, and an operation whose answer is
lost costs more than a wait."""

RESERVED_AFTER_OPERATION = 1.0
"""Seconds that an operation leaves at the end of its request, to write down what became of it."""

ALIVE_TIMEOUT = 2.0


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
        self._lock = Lock()

    def create_session(self, credentials: MonextCredentials, body: Mapping[str, Any]) -> HttpAnswer:
        """Sends POST /v1/checkout/payments/sessions (sessionCreate)."""
        return self._send(credentials, "POST", SESSIONS, route=SESSIONS, json=body)

    def get_session(self, credentials: MonextCredentials, token: SessionToken) -> HttpAnswer:
        """Sends GET /v1/checkout/payments/sessions/{sessionId}. A final result read here ends the notifications."""
        path, route = f"{SESSIONS}/{segment(token)}", f"{SESSIONS}/{{session}}"
        return self._send(credentials, "GET", path, route=route, ids={"session": shortened(token)})

    def get_transaction(
        self, credentials: MonextCredentials, transaction_id: MonextTransactionId
    ) -> HttpAnswer:
        """Sends GET /v1/checkout/transactions/{id}. The answer holds the ledger in `associatedTransactions`."""
        path, route = f"{TRANSACTIONS}/{segment(transaction_id)}", f"{TRANSACTIONS}/{{transaction}}"
        return self._send(credentials, "GET", path, route=route, ids={"transaction": transaction_id})

    def execute(
        self,
        credentials: MonextCredentials,
        kind: OperationKind,
        transaction_id: MonextTransactionId,
        body: Mapping[str, Any],
    ) -> HttpAnswer:
        """Sends POST /v1/checkout/transactions/{id}/captures, cancels or refunds.

        Raises RemoteUnreachable only where Monext certainly did nothing. After any other RemoteUnavailable
        only the ledger tells whether Monext did it.
        """
        with leaving(RESERVED_AFTER_OPERATION):
            return self._send(
                credentials,
                "POST",
                f"{TRANSACTIONS}/{segment(transaction_id)}/{kind.value}",
                route=f"{TRANSACTIONS}/{{transaction}}/{kind.value}",
                ids={"transaction": transaction_id},
                json=body,
                read_timeout=OPERATION_TIMEOUT,
            )

    def alive(self, credentials: MonextCredentials) -> bool:
        """Sends GET /v1/checkout/alive once, with 2 seconds for the answer. Returns False for any trouble."""
        try:
            answer = self._send(
                credentials, "GET", ALIVE, route=ALIVE, attempts=1, read_timeout=ALIVE_TIMEOUT
            )
        except RemoteUnavailable:
            return False
        return answer.status == 200

    def _send(self, credentials: MonextCredentials, method: str, path: str, **options: Any) -> HttpAnswer:
        headers = {"Authorization": f"Basic {credentials.api_key.get_secret_value()}"}
        return self._client(credentials.api_url).send(method, path, headers=headers, **options)

    def _client(self, api_url: str) -> HttpClient:
        with self._lock:
            if api_url not in self._clients:
                self._clients[api_url] = self._connect(api_url)
            return self._clients[api_url]
