import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from sandbox.clock import ShiftedClock
from sandbox.commercetools import create_app
from sandbox.commercetools.seed import cart_id
from tests.sandbox.commercetools.json_client import JsonAnswer, JsonClient, json_client

Json = dict[str, Any]


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


@dataclass(frozen=True, slots=True)
class Api:
    """The project as one API client sees it."""

    http: JsonClient
    token: str

    def get(self, path: str, **query: Any) -> JsonAnswer:
        return self.http.get(f"/sandbox/{path}", query_string=query, headers=self.headers)

    def post(self, path: str, body: object) -> JsonAnswer:
        return self.http.post(f"/sandbox/{path}", json=body, headers=self.headers)

    def delete(self, path: str, *, version: int) -> JsonAnswer:
        return self.http.delete(f"/sandbox/{path}?version={version}", headers=self.headers)

    def update(self, path: str, document: Json, *actions: Json) -> JsonAnswer:
        body = {"version": document["version"], "actions": list(actions)}
        return self.post(f"{path}/{document['id']}", body)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def cart(self, name: str) -> Json:
        """The seed's cart of that situation, as it is now."""
        found: Json = self.get(f"carts/{cart_id(name)}").json
        return found

    def payment(self, **changes: object) -> Json:
        """A new payment of 134.90 EUR."""
        draft = {"amountPlanned": {"centAmount": 13490, "currencyCode": "EUR"}, **changes}
        made = self.post("payments", draft)
        assert made.status_code == 201, made.json
        payment: Json = made.json
        return payment


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
def http(clock: ShiftedClock) -> JsonClient:
    return json_client(create_app(clock=clock))


def sign_in(http: JsonClient, client_id: str = "bridge", secret: str = "bridge-secret") -> Api:
    """The project with a token of that API client."""
    form = {"grant_type": "client_credentials"}
    answer = http.post("/oauth/token", data=form, headers=basic(client_id, secret))
    return Api(http=http, token=answer.json["access_token"])


@pytest.fixture
def login(http: JsonClient) -> Callable[..., Api]:
    return partial(sign_in, http)


@pytest.fixture
def api(login: Callable[..., Api]) -> Api:
    return login()


def code(answer: JsonAnswer) -> str:
    """The status and first error code of a refusal, as in `400 DuplicateField`."""
    body = answer.json
    assert body["statusCode"] == answer.status_code
    assert body["message"] == body["errors"][0]["message"]
    return f"{answer.status_code} {body['errors'][0]['code']}"


def transaction(**changes: object) -> Json:
    """A successful authorisation of 134.90 EUR."""
    return {
        "type": "Authorization",
        "state": "Success",
        "amount": {"centAmount": 13490, "currencyCode": "EUR"},
        **changes,
    }


def attach(api: Api, cart: Json, payment: Json) -> JsonAnswer:
    """Add the payment to the cart."""
    action = {"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}}
    return api.update("carts", cart, action)
