"""Plays a buyer by a script, with a browser that reloads a page that did not come."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from sandbox.faults import OBSERVER
from tests.bridges import Answer, landing_parameters
from tests.campaign.back_office import BackOfficeToken
from tests.campaign.bridges import ActorClient
from tests.campaign.plan import Step
from tests.campaign.scripts import GERMAN
from tests.campaign.shared_state import BuyerCart, BuyerPromise, SharedState, post_control
from tests.campaign.shop_staff import SHOP_ACTION_OF_VERB, ShopStaff
from tests.world import Json, World

TRIES = 5
RELOADS_AFTER = 0.5
TOKEN = re.compile(r'data-token="(?P<widget>\w+)"|[?&]token=(?P<address>\w+)')
CANCEL = re.compile(r"/cancel/([\w.~-]+)")
AT_MONEXT: Mapping[str, Mapping[str, Any]] = {
    "accepted": {"outcome": "accepted"},
    "refused": {"outcome": "refused"},
    "pending": {"outcome": "pending"},
    "risk": {"outcome": "risk"},
    "cancelled": {"outcome": "cancelled"},
    "less": {"outcome": "accepted", "amount": 100},
    "debit": {"outcome": "accepted", "method": "IDEAL_BE"},
}
VOUCHER = "voucher"
"""A way to pay at Monext: a card that comes with a meal voucher, which pays half of the session."""

VOUCHER_CARD: Mapping[str, str] = {"number": "4970106666666667", "expiry": "12/35", "cvv": "123"}


@dataclass(slots=True)
class ShownSession:
    """A session that a page has shown. `back` is the path to which Monext sends the buyer back."""

    token: str
    ref: str | None
    back: str | None = None


@dataclass(slots=True)
class BuyerActor:
    """One buyer, who plays the steps of a visit at our pages, at Monext and at the shop."""

    shared: SharedState
    buyer_cart: BuyerCart
    client: ActorClient
    world: World
    shop: ShopStaff
    shown: list[ShownSession] = field(default_factory=list)
    last: ShownSession | None = None

    @classmethod
    def of(cls, shared: SharedState, buyer_cart: BuyerCart, office_token: BackOfficeToken) -> BuyerActor:
        client, world = shared.client(f"buyer.{buyer_cart.visit.number}"), shared.world()
        return cls(shared, buyer_cart, client, world, ShopStaff(shared, buyer_cart, world, office_token))

    def play(self) -> None:
        visit = self.buyer_cart.visit
        self.shared.wait_until(visit.arrives)
        self.buyer_cart.cart = self.world.cart(visit.situation)
        self._note(f"cart {self.buyer_cart.cart}, {visit.situation}: {visit.story}")
        try:
            for step in visit.steps:
                time.sleep(step.pause)
                self._play_step(step)
        finally:
            self.buyer_cart.gone = True
            self.buyer_cart.over.set()

    def _play_step(self, step: Step) -> None:
        if step.verb in ACTION_OF_VERB:
            ACTION_OF_VERB[step.verb](self, step)
        elif SHOP_ACTION_OF_VERB[step.verb](self.shop, step):
            self.buyer_cart.done.append(step.verb)

    # our pages

    def open(self, step: Step) -> None:
        language, mode = step.argument or "fr", self.buyer_cart.visit.mode
        path = f"/checkout/{self.buyer_cart.cart}?mode={mode}&lang={language}"
        answer = self._get_until_good(step.bridge, path, is_good=lambda a: a.status < 500)
        shown = read_page(answer) if answer else None
        if shown:
            self.shown = [s for s in self.shown if s.token != shown.token] + [shown]

    def tabs(self, step: Step) -> None:
        """Open the same page twice at the same instant, once at each bridge."""
        second = Step(step.verb, step.argument, 0, step.bridge + 1)
        with ThreadPoolExecutor(2) as browser:
            list(browser.map(self.open, (step, second)))

    def comes_back(self, step: Step) -> None:
        shown = self.last
        if shown is None or shown.back is None:
            return
        path = f"{shown.back}?paylinetoken={shown.token}"
        answer = self._get_until_good(step.bridge, path, is_good=lambda a: a.status < 500)
        self._remember_promise(answer)

    def comes_back_four_times(self, step: Step) -> None:
        steps = [Step(step.verb, step.argument, 0, step.bridge + n) for n in range(4)]
        with ThreadPoolExecutor(4) as browser:
            list(browser.map(self.comes_back, steps))

    def opens_result_page(self, step: Step) -> None:
        self._page(step, "result")

    def cancels(self, step: Step) -> None:
        self._page(step, "cancel")

    def _page(self, step: Step, name: str) -> None:
        ref = next((s.ref for s in reversed(self.shown) if s.ref), None)
        if ref:
            self._remember_promise(
                self._get_until_good(step.bridge, f"/{name}/{ref}", is_good=lambda a: a.status < 500)
            )

    def _get_until_good(self, bridge: int, path: str, *, is_good: Callable[[Answer], bool]) -> Answer | None:
        """Reload at the bridges in turn until an answer is good; None where no try was answered."""
        answer: Answer | None = None
        for attempt in range(TRIES):
            if attempt:
                time.sleep(RELOADS_AFTER * attempt)
            got = self.client.call(bridge + attempt, "GET", path)
            answer = got or answer
            self._note(f"GET {_short(path)} at {(bridge + attempt) % 2}: {_summary(got)}")
            if got and is_good(got):
                return got
        return answer

    def _remember_promise(self, answer: Answer | None) -> None:
        """Note what the address of the shop's landing page tells the buyer."""
        if answer is None or answer.status != 303:
            return
        parameters = landing_parameters(answer.location)
        if "paymentReference" in parameters:
            promise = BuyerPromise(
                parameters["paymentReference"], parameters["status"], parameters.get("orderId")
            )
            self.shared.buyers.append(promise)

    # at Monext

    def pays(self, step: Step) -> None:
        self._pay(self.shown[-1:], step.argument)

    def pays_first(self, step: Step) -> None:
        self._pay(self.shown[:1], step.argument)

    def pays_all(self, _: Step) -> None:
        with ThreadPoolExecutor(max(len(self.shown), 1)) as bank:
            list(bank.map(lambda shown: self._pay([shown], "accepted"), list(self.shown)))

    def _pay(self, chosen: list[ShownSession], outcome: str) -> None:
        for shown in chosen:
            session = self._session_paid(shown.token, outcome)
            said = session["result"]["title"] if session else "closed already"
            self._note(f"pays {shown.token[:8]}: {outcome}: {said}")
            if session:
                shown.back = urlsplit(session["request"]["returnURL"]).path
                shown.ref = shown.back.rsplit("/", 1)[1]
                self.last = shown
            if said == "ACCEPTED":
                self.buyer_cart.done.append(f"pay:{outcome}")
                self.buyer_cart.paid = True
                self.buyer_cart.over.set()

    def _session_paid(self, token: str, outcome: str) -> Json | None:
        """Pay a session, and give it as it then reads; None where it can't be paid any more."""
        if outcome != VOUCHER:
            return post_control(self.shared.sandbox.monext_url, f"sessions/{token}/pay", AT_MONEXT[outcome])
        store = "DE" if self.buyer_cart.visit.situation in GERMAN else "FR"
        with requests.Session() as browser:
            browser.trust_env = False
            answer = browser.post(
                f"{self.shared.sandbox.monext_url}/services/token/{token}/securedPaymentRequest",
                json={**VOUCHER_CARD, "contractNumber": f"CB_{store}"},
                headers={OBSERVER: "buyer"},
                timeout=10,
            )
        return dict(self.world.monext()["sessions"][token]) if answer.ok else None

    def partner_answers(self, step: Step) -> None:
        if self.last:
            path = f"sessions/{self.last.token}/resolve"
            answer = post_control(self.shared.sandbox.monext_url, path, {"outcome": step.argument})
            self._note(f"partner: {step.argument}: {'taken' if answer else 'nothing is pending'}")
            if answer and step.argument == "accepted":
                self.buyer_cart.paid = True
                self.buyer_cart.over.set()

    def _note(self, text: str) -> None:
        self.shared.note(self.buyer_cart, text)


ACTION_OF_VERB: Mapping[str, Callable[[BuyerActor, Step], None]] = {
    "open": BuyerActor.open,
    "tabs": BuyerActor.tabs,
    "pay": BuyerActor.pays,
    "pay-first": BuyerActor.pays_first,
    "pay-all": BuyerActor.pays_all,
    "resolve": BuyerActor.partner_answers,
    "return": BuyerActor.comes_back,
    "returns": BuyerActor.comes_back_four_times,
    "look": BuyerActor.opens_result_page,
    "cancel": BuyerActor.cancels,
}


def read_page(answer: Answer) -> ShownSession | None:
    """Give the session that a page shows, or to which it leads, in any of the three modes."""
    text = answer.location if answer.status == 303 else answer.text
    found = TOKEN.search(text) if answer.status in (200, 303) else None
    if found is None:
        return None
    cancel = CANCEL.search(answer.text)
    return ShownSession(found["widget"] or found["address"], cancel[1] if cancel else None)


def _short(path: str) -> str:
    """Shorten the reference in a path, for a diary that people read."""
    return re.sub(r"(/(?:return|result|cancel)/)([\w.~-]{8})[\w.~-]*", r"\1\2…", path)[:90]


def _summary(answer: Answer | None) -> str:
    if answer is None:
        return "no answer"
    said = landing_parameters(answer.location).get("status", _short(urlsplit(answer.location).path))
    return f"{answer.status} {said}".strip()
