"""A buyer who plays a script, with a browser that reloads what did not come."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sandbox.shop.calls import Refused, Unreachable
from tests.bridges import Answer, hints
from tests.campaign.bridges import Line
from tests.campaign.plan import Step
from tests.campaign.shared_state import Dealing, Stage, ToldBuyer, order
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


@dataclass(slots=True)
class Shown:
    """A session that a page has shown; `back` is the path by which Monext sends the buyer home."""

    token: str
    ref: str | None
    back: str | None = None


@dataclass(slots=True)
class Shopper:
    stage: Stage
    dealing: Dealing
    line: Line
    world: World
    shown: list[Shown] = field(default_factory=list)
    last: Shown | None = None

    @classmethod
    def of(cls, stage: Stage, dealing: Dealing) -> Shopper:
        line = stage.line(f"buyer.{dealing.visit.number}")
        return cls(stage, dealing, line, stage.world())

    def play(self) -> None:
        visit = self.dealing.visit
        self.stage.wait_until(visit.arrives)
        self.dealing.cart = self.world.cart(visit.situation)
        self._note(f"cart {self.dealing.cart}, {visit.situation}: {visit.story}")
        try:
            for step in visit.steps:
                time.sleep(step.pause)
                DO[step.verb](self, step)
        finally:
            self.dealing.gone = True
            self.dealing.over.set()

    # our pages

    def open(self, step: Step) -> None:
        language, mode = step.argument or "fr", self.dealing.visit.mode
        path = f"/checkout/{self.dealing.cart}?mode={mode}&lang={language}"
        answer = self._persist(step.bridge, path, is_good=lambda a: a.status < 500)
        shown = read_page(answer) if answer else None
        if shown:
            self.shown = [s for s in self.shown if s.token != shown.token] + [shown]

    def tabs(self, step: Step) -> None:
        """The same page twice at the same instant, at one bridge each."""
        second = Step(step.verb, step.argument, 0, step.bridge + 1)
        with ThreadPoolExecutor(2) as browser:
            list(browser.map(self.open, (step, second)))

    def comes_back(self, step: Step) -> None:
        shown = self.last
        if shown is None or shown.back is None:
            return
        path = f"{shown.back}?paylinetoken={shown.token}"
        answer = self._persist(step.bridge, path, is_good=lambda a: a.status < 500)
        self._believe(answer)

    def comes_back_four_times(self, step: Step) -> None:
        steps = [Step(step.verb, step.argument, 0, step.bridge + n) for n in range(4)]
        with ThreadPoolExecutor(4) as browser:
            list(browser.map(self.comes_back, steps))

    def looks(self, step: Step) -> None:
        self._page(step, "result")

    def cancels(self, step: Step) -> None:
        self._page(step, "cancel")

    def _page(self, step: Step, name: str) -> None:
        ref = next((s.ref for s in reversed(self.shown) if s.ref), None)
        if ref:
            self._believe(self._persist(step.bridge, f"/{name}/{ref}", is_good=lambda a: a.status < 500))

    def _persist(self, bridge: int, path: str, *, is_good: Callable[[Answer], bool]) -> Answer | None:
        """Reload at the one and the other bridge; None where none of the tries was answered."""
        answer: Answer | None = None
        for attempt in range(TRIES):
            if attempt:
                time.sleep(RELOADS_AFTER * attempt)
            got = self.line.call(bridge + attempt, "GET", path)
            answer = got or answer
            self._note(f"GET {_short(path)} at {(bridge + attempt) % 2}: {_told(got)}")
            if got and is_good(got):
                return got
        return answer

    def _believe(self, answer: Answer | None) -> None:
        """What the shop's landing page is told by its address."""
        if answer is None or answer.status != 303:
            return
        said = hints(answer.location)
        if "paymentReference" in said:
            told = ToldBuyer(said["paymentReference"], said["status"], said.get("orderId"))
            self.stage.buyers.append(told)

    # at Monext

    def pays(self, step: Step) -> None:
        self._pay(self.shown[-1:], step.argument)

    def pays_first(self, step: Step) -> None:
        self._pay(self.shown[:1], step.argument)

    def pays_all(self, _: Step) -> None:
        with ThreadPoolExecutor(max(len(self.shown), 1)) as bank:
            list(bank.map(lambda shown: self._pay([shown], "accepted"), list(self.shown)))

    def _pay(self, chosen: list[Shown], outcome: str) -> None:
        for shown in chosen:
            how = AT_MONEXT[outcome]
            session = order(self.stage.sandbox.monext_url, f"sessions/{shown.token}/pay", how)
            said = session["result"]["title"] if session else "closed already"
            self._note(f"pays {shown.token[:8]}: {outcome}: {said}")
            if session:
                shown.back = urlsplit(session["request"]["returnURL"]).path
                shown.ref = shown.back.rsplit("/", 1)[1]
                self.last = shown
            if said == "ACCEPTED":
                self.dealing.paid = True
                self.dealing.over.set()

    def partner_answers(self, step: Step) -> None:
        if self.last:
            path = f"sessions/{self.last.token}/resolve"
            answer = order(self.stage.sandbox.monext_url, path, {"outcome": step.argument})
            self._note(f"partner: {step.argument}: {'taken' if answer else 'nothing is pending'}")
            if answer and step.argument == "accepted":
                self.dealing.paid = True
                self.dealing.over.set()

    # at the shop

    def grows(self, _: Step) -> None:
        self._at_shop("one more of the first line", lambda: self.world.one_more(self.dealing.cart))

    def is_ordered(self, _: Step) -> None:
        """The shop makes the order itself, before the bridge does or too late."""
        if self.dealing.paid:
            self._at_shop("the shop orders", self._order)

    def _order(self) -> Json:
        cart = self.world.project.get(f"carts/{self.dealing.cart}")
        draft = {
            "cart": {"typeId": "cart", "id": cart["id"]},
            "version": cart["version"],
            "orderNumber": f"SHOP-{self.stage.plan.seed}-{self.dealing.visit.number}",
        }
        return self.world.project.create("orders", draft=draft)

    def is_in_trouble(self, step: Step) -> None:
        self.world.trouble(self.dealing.cart, step.argument)

    def is_mended(self, _: Step) -> None:
        self.world.trouble(self.dealing.cart, None)

    def _at_shop(self, what: str, act: Callable[[], Json]) -> None:
        try:
            act()
            self._note(what)
        except (Refused, Unreachable) as error:
            self._note(f"{what}: refused: {error}")

    def _note(self, text: str) -> None:
        self.stage.note(self.dealing, text)


DO: Mapping[str, Callable[[Shopper, Step], None]] = {
    "open": Shopper.open,
    "tabs": Shopper.tabs,
    "pay": Shopper.pays,
    "pay-first": Shopper.pays_first,
    "pay-all": Shopper.pays_all,
    "resolve": Shopper.partner_answers,
    "return": Shopper.comes_back,
    "returns": Shopper.comes_back_four_times,
    "look": Shopper.looks,
    "cancel": Shopper.cancels,
    "grow": Shopper.grows,
    "order": Shopper.is_ordered,
    "trouble": Shopper.is_in_trouble,
    "mended": Shopper.is_mended,
}


def read_page(answer: Answer) -> Shown | None:
    """The session that a page shows, or to which it leads, in any of the three modes."""
    text = answer.location if answer.status == 303 else answer.text
    found = TOKEN.search(text) if answer.status in (200, 303) else None
    if found is None:
        return None
    cancel = CANCEL.search(answer.text)
    return Shown(found["widget"] or found["address"], cancel[1] if cancel else None)


def _short(path: str) -> str:
    """The path with its reference cut, for a diary that people read."""
    return re.sub(r"(/(?:return|result|cancel)/)([\w.~-]{8})[\w.~-]*", r"\1\2…", path)[:90]


def _told(answer: Answer | None) -> str:
    if answer is None:
        return "no answer"
    said = hints(answer.location).get("status", _short(urlsplit(answer.location).path))
    return f"{answer.status} {said}".strip()
