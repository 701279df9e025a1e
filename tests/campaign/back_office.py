"""The back office: captures, refunds, cancels and reversals under a key, asked again while nothing is known."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sandbox.shop.calls import Refused, Unreachable
from tests.bridges import Answer
from tests.campaign.bridges import Line
from tests.campaign.plan import Deal, Deed
from tests.campaign.shared_state import Dealing, Stage, ToldOffice
from tests.world import Json, World

TRIES = 4
ASKS_AGAIN_AFTER = 0.6
WAITS_FOR_RECORD = 6.0
LOOKS_EVERY = 0.3


class Badge:
    """The office's access token, fetched again when it has ended; one for all clerks."""

    def __init__(self, world: World) -> None:
        self._world, self._lock = world, Lock()
        self._token = world.back_office_token()

    @property
    def token(self) -> str:
        with self._lock:
            return self._token

    def has_ended(self, token: str) -> None:
        """A 401 said so; whoever is first fetches another."""
        with self._lock:
            if token == self._token:
                self._token = self._world.back_office_token()


@dataclass(frozen=True, slots=True)
class Clerk:
    """Does all deeds of one deal, once the payment is in the records."""

    stage: Stage
    dealing: Dealing
    deal: Deal
    line: Line
    world: World
    badge: Badge

    @classmethod
    def of(cls, stage: Stage, deal: Deal, badge: Badge) -> Clerk:
        line = stage.line(f"office.{deal.number}")
        return cls(stage, stage.dealings[deal.number], deal, line, stage.world(), badge)

    def play(self) -> None:
        self.dealing.over.wait()
        payment = accepted_payment(self.world, self.dealing)
        if payment is None:
            return
        deeds = list(enumerate(self.deal.deeds))
        with ThreadPoolExecutor(len(deeds) if self.deal.all_at_once else 1) as desks:
            list(desks.map(lambda deed: self._do(payment, *deed), deeds))

    def _do(self, payment: Json, number: int, deed: Deed) -> None:
        time.sleep(deed.pause)
        key = f"{deed.kind}-{self.dealing.visit.number}-{number}"
        action = act_of(deed, payment)
        if deed.manner == "at once":
            with ThreadPoolExecutor(2) as hands:
                ask = lambda bridge: self._ask(payment, action, key=key, bridge=bridge)  # noqa: E731
                ends = list(hands.map(ask, (deed.bridge, deed.bridge + 1)))
            self._agree(payment, key, ends)
        else:
            ends = [self._ask(payment, action, key=key, bridge=deed.bridge)]
        self._note_told(payment, key, deed.kind, _telling(ends))
        if deed.manner == "other body" and ends[-1] and ends[-1].status == 200:
            self._ask_otherwise(payment, action, key=key, bridge=deed.bridge)

    def _ask(self, payment: Json, action: Json, *, key: str, bridge: int) -> Answer | None:
        """The same key and body until there is an answer that says what became of it."""
        answer: Answer | None = None
        for attempt in range(TRIES):
            if attempt:
                time.sleep(ASKS_AGAIN_AFTER * attempt)
            answer = self._send(payment, action, key=key, bridge=bridge + attempt)
            self._note(f"{key} at {(bridge + attempt) % 2}: {_words(answer)}")
            if answer and answer.status not in (401, 503):
                return answer
        return answer

    def _send(self, payment: Json, action: Json, *, key: str, bridge: int) -> Answer | None:
        token = self.badge.token
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        path = f"/operations/payment-intents/{payment['id']}"
        body = json.dumps({"actions": [action]})
        answer = self.line.call(bridge, "POST", path, data=body, headers=headers)
        if answer and answer.status == 401:
            self.badge.has_ended(token)
        return answer

    def _ask_otherwise(self, payment: Json, action: Json, *, key: str, bridge: int) -> None:
        """A key that was used for something else: 422, whatever became of it."""
        other = {**action, "merchantReference": "something else"}
        answer = self._ask(payment, other, key=key, bridge=bridge)
        if answer and answer.status not in (422, 503):
            self.stage.faults.append(f"key {key} of {payment['id']} took another body: {_words(answer)}")

    def _agree(self, payment: Json, key: str, ends: list[Answer | None]) -> None:
        told = {_end(answer) for answer in ends if answer and answer.status == 200}
        if len(told) > 1 and "received" not in {end for end, _ in told}:
            self.stage.faults.append(f"key {key} of {payment['id']} had two ends: {sorted(told)}")

    def _note_told(self, payment: Json, key: str, kind: str, answer: Answer | None) -> None:
        end, transaction = _end(answer) if answer else ("no answer", None)
        self.stage.office.append(ToldOffice(payment["id"], key, kind, end, transaction))

    def _note(self, text: str) -> None:
        self.stage.note(self.dealing, text)


def _telling(ends: list[Answer | None]) -> Answer | None:
    """Of several answers under one key the one that tells its end; what was forbidden may be allowed later."""
    return next((answer for answer in ends if answer and answer.status == 200), ends[-1])


def act_of(deed: Deed, payment: Json) -> Json:
    """The action as the operations API takes it."""
    planned = payment["amountPlanned"]
    cents = max(planned["centAmount"] * deed.share // 1000, 1)
    amount = {"centAmount": cents, "currencyCode": planned["currencyCode"]}
    forms: dict[str, Json] = {
        "capture": {"action": "capturePayment", "amount": amount},
        "final": {"action": "capturePayment", "amount": amount, "final": True},
        "refund": {"action": "refundPayment", "amount": amount},
        "cancel": {"action": "cancelPayment"},
        "reverse": {"action": "reversePayment"},
    }
    return forms[deed.kind]


def accepted_payment(world: World, dealing: Dealing) -> Json | None:
    """The payment of a cart that the records call accepted, as soon as they do; None where they never do."""
    if not dealing.paid:
        return None
    return _soon(lambda: next((p for p in world.payments(dealing.cart) if _is_accepted(p)), None))


def order_of(world: World, dealing: Dealing) -> Json | None:
    """The order that names a payment of the cart, as soon as there is one."""
    payment = accepted_payment(world, dealing)
    if payment is None:
        return None
    query = {"where": "paymentInfo(payments(id=:payment))", "var.payment": payment["id"]}
    return _soon(lambda: next(iter(world.project.get("orders", limit=1, **query)["results"]), None))


def _soon(look: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WAITS_FOR_RECORD
    while time.monotonic() < deadline:
        try:
            found = look()
        except (Refused, Unreachable):
            found = None
        if found is not None:
            return found
        time.sleep(LOOKS_EVERY)
    return None


def _is_accepted(payment: Json) -> bool:
    token = payment.get("interfaceId")
    return any(t["state"] == "Success" and t.get("interactionId") == token for t in payment["transactions"])


def _end(answer: Answer) -> tuple[str, str | None]:
    """What an answer tells of the act, and its transaction."""
    if answer.status != 200:
        return str(answer.status), None
    body = json.loads(answer.text)
    return body["outcome"], body.get("transactionId")


def _words(answer: Answer | None) -> str:
    if answer is None:
        return "no answer"
    body = json.loads(answer.text) if answer.text.startswith("{") else {}
    return f"{answer.status} {body.get('outcome', body.get('message', ''))}".strip()
