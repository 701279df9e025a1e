"""Plays the back office: it performs operations under a key, and repeats them while their outcome is unknown."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

from sandbox.shop.calls import Refused, Unreachable
from tests.bridges import Answer
from tests.campaign.bridges import ActorClient
from tests.campaign.plan import OfficePlan, PlannedOperation
from tests.campaign.shared_state import BuyerCart, OfficeAnswer, SharedState
from tests.world import Json, World

TRIES = 4
SECONDS_BEFORE_REPEATING = 0.6
LONGEST_WAIT_FOR_RECORD = 6.0
SECONDS_BETWEEN_LOOKUPS = 0.3


class BackOfficeToken:
    """The access token that all actors of the back office share. It is renewed when it has ended."""

    def __init__(self, world: World) -> None:
        self._world, self._lock = world, Lock()
        self._token = world.back_office_token()

    @property
    def token(self) -> str:
        with self._lock:
            return self._token

    def renew(self, token: str) -> None:
        """Fetch another token after a 401, unless another actor has done so already."""
        with self._lock:
            if token == self._token:
                self._token = self._world.back_office_token()


@dataclass(frozen=True, slots=True)
class BackOfficeActor:
    """Performs all operations of one plan, once the payment is recorded as accepted."""

    shared: SharedState
    buyer_cart: BuyerCart
    office_plan: OfficePlan
    client: ActorClient
    world: World
    office_token: BackOfficeToken
    name: str

    @classmethod
    def of(
        cls,
        shared: SharedState,
        office_plan: OfficePlan,
        office_token: BackOfficeToken,
        *,
        name: str = "office",
    ) -> BackOfficeActor:
        client, cart = shared.client(f"{name}.{office_plan.number}"), shared.buyer_carts[office_plan.number]
        return cls(shared, cart, office_plan, client, shared.world(), office_token, name)

    def play(self) -> None:
        self.buyer_cart.over.wait()
        payment = accepted_payment(self.world, self.buyer_cart)
        if payment is None:
            return
        operations = list(enumerate(self.office_plan.operations))
        with ThreadPoolExecutor(len(operations) if self.office_plan.all_at_once else 1) as pool:
            list(pool.map(lambda operation: self._do(payment, *operation), operations))

    def _do(self, payment: Json, number: int, operation: PlannedOperation) -> None:
        time.sleep(operation.pause)
        key = f"{self.name}-{operation.kind}-{self.buyer_cart.visit.number}-{number}"
        action = action_of(operation, payment)
        if operation.manner == "at once":
            with ThreadPoolExecutor(2) as pool:
                ask = lambda bridge: self._ask(payment, action, key=key, bridge=bridge)  # noqa: E731
                answers = list(pool.map(ask, (operation.bridge, operation.bridge + 1)))
            self._check_same_outcome(payment, key, answers)
        else:
            answers = [self._ask(payment, action, key=key, bridge=operation.bridge)]
        self._remember_answer(payment, key, operation.kind, _decisive_answer(answers))
        if operation.manner == "other body" and answers[-1] and answers[-1].status == 200:
            self._ask_with_another_body(payment, action, key=key, bridge=operation.bridge)

    def _ask(self, payment: Json, action: Json, *, key: str, bridge: int) -> Answer | None:
        """Send the same key and body until an answer tells what became of the operation."""
        answer: Answer | None = None
        for attempt in range(TRIES):
            if attempt:
                time.sleep(SECONDS_BEFORE_REPEATING * attempt)
            answer = self._send(payment, action, key=key, bridge=bridge + attempt)
            self._note(f"{key} at {(bridge + attempt) % 2}: {_summary(answer)}")
            if answer and answer.status not in (401, 503):
                return answer
        return answer

    def _send(self, payment: Json, action: Json, *, key: str, bridge: int) -> Answer | None:
        token = self.office_token.token
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        path = f"/operations/payment-intents/{payment['id']}"
        body = json.dumps({"actions": [action]})
        answer = self.client.call(bridge, "POST", path, data=body, headers=headers)
        if answer and answer.status == 401:
            self.office_token.renew(token)
        return answer

    def _ask_with_another_body(self, payment: Json, action: Json, *, key: str, bridge: int) -> None:
        """Send another body under a used key: the answer must be 422, whatever became of the operation."""
        other = {**action, "merchantReference": "something else"}
        answer = self._ask(payment, other, key=key, bridge=bridge)
        if answer and answer.status not in (422, 503):
            self.shared.faults.append(f"key {key} of {payment['id']} took another body: {_summary(answer)}")

    def _check_same_outcome(self, payment: Json, key: str, answers: list[Answer | None]) -> None:
        told = {_outcome_of(answer) for answer in answers if answer and answer.status == 200}
        if len(told) > 1 and "received" not in {end for end, _ in told}:
            self.shared.faults.append(f"key {key} of {payment['id']} had two ends: {sorted(told)}")

    def _remember_answer(self, payment: Json, key: str, kind: str, answer: Answer | None) -> None:
        end, transaction = _outcome_of(answer) if answer else ("no answer", None)
        self.shared.office.append(OfficeAnswer(payment["id"], key, kind, end, transaction))

    def _note(self, text: str) -> None:
        self.shared.note(self.buyer_cart, text)


def _decisive_answer(answers: list[Answer | None]) -> Answer | None:
    """Give the answer under one key that tells its outcome; what was forbidden may be allowed later."""
    return next((answer for answer in answers if answer and answer.status == 200), answers[-1])


def action_of(operation: PlannedOperation, payment: Json) -> Json:
    """Give the action in the form of the operations API."""
    planned = payment["amountPlanned"]
    cents = max(planned["centAmount"] * operation.share // 1000, 1)
    amount = {"centAmount": cents, "currencyCode": planned["currencyCode"]}
    forms: dict[str, Json] = {
        "capture": {"action": "capturePayment", "amount": amount},
        "final": {"action": "capturePayment", "amount": amount, "final": True},
        "refund": {"action": "refundPayment", "amount": amount},
        "cancel": {"action": "cancelPayment"},
        "reverse": {"action": "reversePayment"},
    }
    return forms[operation.kind]


def accepted_payment(world: World, buyer_cart: BuyerCart) -> Json | None:
    """Wait for the cart's payment that is recorded as accepted, and give it; None where none is."""
    if not buyer_cart.paid:
        return None
    return _wait_for(lambda: next((p for p in world.payments(buyer_cart.cart) if _is_accepted(p)), None))


def order_of(world: World, buyer_cart: BuyerCart) -> Json | None:
    """Wait for the order that names a payment of the cart, and give it; None where none comes."""
    payment = accepted_payment(world, buyer_cart)
    if payment is None:
        return None
    query = {"where": "paymentInfo(payments(id=:payment))", "var.payment": payment["id"]}
    return _wait_for(lambda: next(iter(world.project.get("orders", limit=1, **query)["results"]), None))


def _wait_for(read: Callable[[], Json | None]) -> Json | None:
    deadline = time.monotonic() + LONGEST_WAIT_FOR_RECORD
    while time.monotonic() < deadline:
        try:
            found = read()
        except (Refused, Unreachable):
            found = None
        if found is not None:
            return found
        time.sleep(SECONDS_BETWEEN_LOOKUPS)
    return None


def _is_accepted(payment: Json) -> bool:
    token = payment.get("interfaceId")
    return any(t["state"] == "Success" and t.get("interactionId") == token for t in payment["transactions"])


def _outcome_of(answer: Answer) -> tuple[str, str | None]:
    """Give the outcome that an answer tells, or its status, and the id of the transaction."""
    if answer.status != 200:
        return str(answer.status), None
    body = json.loads(answer.text)
    return body["outcome"], body.get("transactionId")


def _summary(answer: Answer | None) -> str:
    if answer is None:
        return "no answer"
    body = json.loads(answer.text) if answer.text.startswith("{") else {}
    return f"{answer.status} {body.get('outcome', body.get('message', ''))}".strip()
