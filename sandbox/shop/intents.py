"""The bridge's payment intents by its public API, as a back office uses them."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from sandbox.shop.calls import Bearer, Json, Unreachable
from sandbox.shop.controls import number
from sandbox.shop.settings import ShopSettings

# The bridge waits for Monext, and that may take its time.
_PATIENCE = 60

ACTIONS = ("capturePayment", "refundPayment", "cancelPayment", "reversePayment")
WITH_AMOUNT = ("capturePayment", "refundPayment")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bridge said; no `status` where nobody answered, no `document` where it was no JSON object."""

    status: int | None
    document: Json | None
    text: str

    @property
    def good(self) -> bool:
        """Whether it is a 2xx with a JSON object."""
        return self.status is not None and 200 <= self.status < 300 and self.document is not None


class Intents:
    """The endpoint of one bridge; nothing is raised, as every answer is shown to whoever plays."""

    def __init__(self, settings: ShopSettings) -> None:
        self._bridge = settings.bridge
        self._bearer = Bearer(settings.back_office, commercetools_url=settings.commercetools_url)

    def show(self, payment_id: str) -> Answer:
        """What is open and what was done."""
        return self._call("GET", payment_id)

    def order(self, payment_id: str, *, action: Json, key: str) -> Answer:
        """One action; the same key and body may be sent any number of times. An empty key is left out."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._call("POST", payment_id, json={"actions": [action]}, headers=headers)

    def _call(self, method: str, payment_id: str, **options: Any) -> Answer:
        url = f"{self._bridge.value}/operations/payment-intents/{payment_id}"
        try:
            response = self._bearer.call(method, url, seconds=_PATIENCE, **options)
        except Unreachable as error:
            return Answer(None, None, str(error))
        try:
            document: Any = response.json()
        except ValueError:
            document = None
        return Answer(response.status_code, document if isinstance(document, dict) else None, response.text)


def action_of(form: Mapping[str, str]) -> Json:
    """The action that a form orders. An amount that is no number is sent as it is, to see it refused."""
    kind = form.get("action", "")
    action: Json = {"action": kind}
    if kind in WITH_AMOUNT:
        cents = number(form.get("amount", "").strip())
        action["amount"] = {"centAmount": cents, "currencyCode": form.get("currency", "")}
    for name in ("transactionId", "merchantReference"):
        if form.get(name):
            action[name] = form[name]
    if form.get("final"):
        action["final"] = True
    return action


def new_key() -> str:
    """A key that no other action has."""
    return f"back-office-{token_hex(6)}"
