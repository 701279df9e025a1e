"""A merchant of the sandbox's Monext, and its requests: valid by default, one change at a time."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sandbox import bank
from sandbox.monext import create_app
from sandbox.monext.notifications import Message

Json = dict[str, Any]

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BANK_URL = "https://bank.example"
RETURN_URL = "https://shop.example/return?cart=1"
NOTIFICATION_URL = "https://shop.example/notification?cart=1"


@dataclass
class Inbox:
    """Notifications as they arrive; answers with `status`."""

    status: int = 200
    messages: list[Message] = field(default_factory=list)

    @property
    def urls(self) -> list[str]:
        return [message.url for message in self.messages]

    def __call__(self, message: Message) -> int:
        self.messages.append(message)
        return self.status


def session_body(**changes: Any) -> Json:
    """A session request of 24.99 EUR by order `order-1`; `order` is merged, the rest replaced."""
    order = {"reference": "order-1", "amount": 2499, "currency": "EUR", **changes.pop("order", {})}
    return {
        "pointOfSaleReference": "POS_FR",
        "order": order,
        "payment": {"paymentType": "ONE_OFF", "capture": "MANUAL"},
        "privateData": {"paymentId": "p-1"},
        "returnURL": RETURN_URL,
        "notificationURL": NOTIFICATION_URL,
        **changes,
    }


@dataclass
class Merchant:
    """Calls the API with credentials, and the controls without."""

    client: FlaskClient
    credentials: str = "sandbox:sandbox-key"

    @property
    def bank(self) -> FlaskClient:
        """The pages of the bank that issued all cards."""
        issuer = self.client.application.extensions["monext"].bank
        return bank.create_app(issuer).test_client()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(self.credentials.encode()).decode()}

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/v1/{path}", headers=self.headers)

    def post(self, path: str, body: Any) -> TestResponse:
        return self.client.post(f"/v1/{path}", json=body, headers=self.headers)

    def create(self, **changes: Any) -> str:
        """A session's token."""
        answer = self.post("checkout/payments/sessions", session_body(**changes))
        assert answer.status_code == 201, answer.get_json()
        return str(answer.get_json()["sessionId"])

    def read(self, token: str) -> Json:
        answer = self.get(f"checkout/payments/sessions/{token}")
        assert answer.status_code == 200
        return dict(answer.get_json())

    def code(self, token: str) -> str:
        return str(self.read(token)["result"]["code"])

    def control(self, path: str, **body: Any) -> Json:
        answer = self.client.post(f"/_control/{path}", json=body)
        assert answer.status_code in (200, 204), answer.get_data(as_text=True)
        return dict(answer.get_json()) if answer.status_code == 200 and answer.is_json else {}

    def play(self, token: str, **body: Any) -> Json:
        return self.control(f"sessions/{token}/pay", **body)

    def advance(self, seconds: float) -> None:
        self.control("clock", advance=seconds)

    def paid(self, **changes: Any) -> str:
        """The transaction id of an accepted payment."""
        token = self.create(**changes)
        return str(self.play(token)["transactions"][0])

    def act(self, transaction_id: str, kind: str, **body: Any) -> Json:
        answer = self.post(f"checkout/transactions/{transaction_id}/{kind}", body)
        return {"status": answer.status_code, **answer.get_json()}

    def act_code(self, transaction_id: str, kind: str, **body: Any) -> str:
        return str(self.act(transaction_id, kind, **body)["result"]["code"])

    def rows(self, transaction_id: str) -> list[Json]:
        return list(self.get(f"checkout/transactions/{transaction_id}").get_json()["associatedTransactions"])


def make_merchant(inbox: Inbox, *, bank_url: str = BANK_URL) -> Merchant:
    app = create_app(clock=lambda: START, send=inbox, bank=bank.Bank(bank_url))
    merchant = Merchant(app.test_client())
    merchant.control("settings", junkMembers=False)
    return merchant


def page_of(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def found(page: BeautifulSoup, selector: str) -> Tag:
    """The one element that `selector` names."""
    tag = page.select_one(selector)
    assert tag is not None, f"{selector} is not on the page"
    return tag
