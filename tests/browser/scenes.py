"""Lists every page that a buyer can meet, in each of its states, and how to get there on a real bridge.

This table is used by the checks of accessibility and layout, by the screenshots, and by the guard that no template is
missing here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Route, expect

from monext_bridge.domain.record.cart import NotPayable
from sandbox.bank import CARDS, Scenario
from tests.bridges import Buyer
from tests.bridges import Page as Started
from tests.browser.devices import Device
from tests.browser.pages.checkout import address
from tests.browser.pages.monext import Widget
from tests.browser.shop import IMAGE_HOST
from tests.web.back_office import EUR_10, BackOfficeClient
from tests.world import World


@dataclass(frozen=True, slots=True)
class Stage:
    """The world and the buyer with which a scene is prepared. The faults that it adds last until `World.reset`."""

    world: World
    buyer: Buyer

    def result(self, situation: str = "guest", **played: Any) -> str:
        """Give the result page of a payment that was paid at Monext as `played` says, or that only began."""
        page = self.buyer.start(self.world.cart(situation))
        if played:
            self.world.pay(page.token, **played)
        return result_of(page)

    def after_operation(self, situation: str, action: dict[str, Any]) -> str:
        """Give the result page of a payment on which the back office has performed an operation."""
        page = self.buyer.start(cart := self.world.cart(situation))
        self.world.pay(page.token, outcome="accepted")
        self.buyer.notification_arrives(page)
        office = BackOfficeClient(self.buyer.bridge, self.world.back_office_token())
        office.send_actions(self.world.payment(cart)["id"], action)
        return result_of(page)

    def reversed_payment(self, situation: str = "guest", **refund: Any) -> str:
        """Give the result page of a payment that was reversed, because its cart grew meanwhile.

        `refund` says how the refund ends at Monext.
        """
        page = self.buyer.start(cart := self.world.cart(situation))
        self.world.add_one_item(cart)
        if refund:
            self.world.script_operation(act="refunds", **refund)
        self.world.pay(page.token, outcome="accepted")
        self.buyer.comes_back(page)
        return result_of(page)


@dataclass(frozen=True, slots=True)
class Scene:
    """A page in one state. `path` brings it about and gives its address; `shows` is a selector that only it matches.

    `prepare` readies the browser before it goes there, `act` is what the buyer does there.
    """

    template: str
    path: Callable[[Stage], str]
    shows: str
    prepare: Callable[[Device], None] = lambda _: None
    act: Callable[[Device], None] = lambda _: None
    script: bool = True

    def open(self, device: Device, path: str) -> None:
        """Go there and wait until it is shown. A page that polls by itself gets no news."""
        self.prepare(device)
        tab = device.tab
        tab.route("**/result/*waiting=*", lambda route: route.fulfill(status=204))
        tab.goto(path, wait_until="commit")
        self.act(device)
        expect(tab.locator(self.shows)).to_be_visible()


def result_of(page: Started) -> str:
    return f"/result/{page.ref}"


def in_language(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def _widget_hangs(device: Device) -> None:
    device.hold("**/cdn/scripts/widget-min.js")


def _widget_fails(device: Device) -> None:
    device.tab.route("**/cdn/scripts/widget-min.js", lambda route: route.abort("blockedbyclient"))


def without_script(device: Device) -> None:
    """Show the page as a browser without script does, in a browser with script, so that axe can examine it."""

    def unwrap(route: Route) -> None:
        answer = route.fetch()
        html = re.sub(
            r"<script\b.*?</script>|</?noscript>|<link[^>]*widget-min[^>]*>",
            "",
            answer.text(),
            flags=re.DOTALL,
        )
        route.fulfill(response=answer, body=html)

    device.tab.route("**/checkout/*", unwrap)


def _pictures_come(device: Device) -> None:
    """Answer for the host of the shop's pictures."""
    device.tab.route(
        f"https://{IMAGE_HOST}/**", lambda route: route.fulfill(body=PICTURE, content_type="image/svg+xml")
    )


def _stays(device: Device) -> None:
    """Let the redirect to Monext lead nowhere, so that its own page can be looked at."""
    device.tab.route("**/v2/?token=*", lambda route: route.fulfill(status=204))


def _pays(card: Scenario, *buttons: str) -> Callable[[Device], None]:
    """Pay by a card that goes through 3-D Secure, and press buttons on the bank's pages."""

    def pay(device: Device) -> None:
        Widget(device.tab).pay_by_card(CARDS[card])
        for button in buttons:
            device.tab.locator(button).click()

    return pay


def _checkout(situation: str = "guest", **query: str) -> Callable[[Stage], str]:
    return lambda stage: address(stage.world.cart(situation), **query)


def _recording(stage: Stage) -> str:
    body = {"statusCode": 403, "message": "no", "errors": [{"code": "insufficient_scope", "message": "no"}]}
    path = stage.result(outcome="accepted")
    stage.world.fault(
        "commercetools", action="status", code=403, body=body, method="POST", path="/orders$", times=0
    )
    return path


def _refund_under_way(stage: Stage) -> str:
    stage.world.script_operation(act="refunds", outcome="pending")
    return stage.after_operation("guest", {"action": "refundPayment", "amount": EUR_10})


def _checking(stage: Stage) -> str:
    path = stage.result(outcome="accepted")
    stage.world.fault("monext", action="html", method="GET", path="/sessions/", times=0)
    return path


def _earlier_unknown(stage: Stage) -> str:
    stage.buyer.start(cart := stage.world.cart())
    stage.world.fault("monext", action="html", method="GET", path="/sessions/", times=0)
    return address(cart, method="IDEAL")


def _commercetools_fails(stage: Stage) -> str:
    cart = stage.world.cart()
    stage.world.fault("commercetools", action="status", code=400, path=f"/carts/{cart}", times=0)
    return address(cart)


def _recording_fails(stage: Stage) -> str:
    path = stage.result(outcome="accepted")
    stage.world.fault("commercetools", action="html", method="GET", path="/carts/", times=0)
    return path


def _too_many(stage: Stage) -> str:
    cart = stage.world.cart("empty")
    while stage.buyer.checkout(cart).status != 429:
        continue
    return address(cart)


def _obstacle(reason: NotPayable) -> Callable[[Stage], str]:
    return lambda stage: address(stage.world.cart_with(reason))


def _ordered_by_the_shop(stage: Stage) -> str:
    project, cart = stage.world.project, stage.world.cart()
    version = project.get(f"carts/{cart}")["version"]
    project.create("orders", draft={"cart": {"typeId": "cart", "id": cart}, "version": version})
    return address(cart)


def _result(template: str, path: Callable[[Stage], str], shows: str = "") -> Scene:
    return Scene(f"result/{template}.html", path, f'main [data-status="{template}"]{shows}')


def _error(status: int, path: Callable[[Stage], str]) -> Scene:
    return Scene("errors/error.html", path, f'main [data-error="{status}"]')


def _played(outcome: str, situation: str = "guest") -> Callable[[Stage], str]:
    return lambda stage: stage.result(situation, outcome=outcome)


WIDGET = "#PaylineWidget .pl-form"
PICTURES = (f"https://{IMAGE_HOST}/chair.svg", "https://elsewhere.example.com/lamp.svg")
"""One that may be shown, and one that may not."""

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><path fill="#a9713d" d="M5 8h50v24H5z"/></svg>'

CHECKOUTS = {
    "widget": Scene("checkout/widget.html", _checkout(), WIDGET),
    "widget, several lines": Scene("checkout/widget.html", _checkout("discounted"), WIDGET),
    "widget, strange names": Scene("checkout/widget.html", _checkout("exotic"), WIDGET),
    "widget, partly paid": Scene("checkout/widget.html", _checkout("gift-card"), WIDGET),
    "widget, two deliveries": Scene("checkout/widget.html", _checkout("several-shipping"), WIDGET),
    "widget, pictures": Scene(
        "checkout/widget.html",
        lambda stage: address(stage.world.cart_with_pictures(*PICTURES)),
        WIDGET,
        prepare=_pictures_come,
    ),
    "widget, one method": Scene(
        "checkout/widget.html", _checkout(method="IDEAL"), "#PaylineWidget .pl-pay-btn"
    ),
    "widget loading": Scene(
        "checkout/widget.html", _checkout(), "[data-notices] .notice", prepare=_widget_hangs
    ),
    "widget failed": Scene(
        "checkout/widget.html", _checkout(), "[data-notices] .button", prepare=_widget_fails
    ),
    "widget without script": Scene(
        "checkout/widget.html", _checkout(), ".payment .actions .button", script=False
    ),
    "widget, looks of a shop": Scene("checkout/widget.html", _checkout("german-store"), WIDGET),
    "redirect": Scene("checkout/redirect.html", _checkout(mode="redirect"), "#continue", prepare=_stays),
}

RESULTS = {
    "paid": _result("paid", _played("accepted")),
    "authorized": _result("authorized", _played("accepted", "german-store")),
    "recording": _result("recording", _recording),
    "pending": _result("pending", _played("pending")),
    "review": _result("review", _played("risk")),
    "checking": _result("checking", _checking),
    "not finished": _result("not_finished", lambda stage: stage.result()),
    "refused": _result("refused", _played("refused")),
    "refused, looks of a shop": _result("refused", _played("refused", "german-store")),
    "cancelled": _result("cancelled", _played("cancelled")),
    "cancelled by the shop": _result(
        "cancelled", lambda stage: stage.after_operation("german-store", {"action": "cancelPayment"})
    ),
    "partly refunded": _result(
        "paid",
        lambda stage: stage.after_operation("guest", {"action": "refundPayment", "amount": EUR_10}),
    ),
    "refund under way": _result("paid", _refund_under_way, " #refunding"),
    "expired": _result("expired", _played("expired")),
    "refunded": _result(
        "refunded", lambda stage: stage.after_operation("guest", {"action": "reversePayment"})
    ),
    "returned": _result("returned", lambda stage: stage.reversed_payment()),
    "reservation released": _result("returned", lambda stage: stage.reversed_payment("german-store")),
    "being returned": _result("returned", lambda stage: stage.reversed_payment(outcome="pending")),
    "not returned": _result(
        "returned", lambda stage: stage.reversed_payment(outcome="refused", code="02110", times=9)
    ),
}

NOT_PAYABLE = {
    "cart empty": _error(409, _checkout("empty")),
    "cart zero": _error(409, _checkout("free")),
    "cart merged": _error(409, _checkout("merged")),
    "cart locked": _error(409, _checkout("locked")),
    "cart without billing address": _error(409, _checkout("no-billing-address")),
    "cart without delivery address": _error(
        409, lambda stage: address(stage.world.cart(shippingAddress=None))
    ),
    "cart currency": _error(409, _checkout("dinar")),
    "cart with a discount code that is used up": _error(409, _obstacle(NotPayable.DISCOUNT_CODE)),
    "cart with another delivery method": _error(409, _obstacle(NotPayable.SHIPPING_METHOD)),
    "cart without delivery details": _error(409, _obstacle(NotPayable.SHIPPING_DETAILS)),
    "cart ordered by the shop": _error(409, _ordered_by_the_shop),
}

ERRORS = {
    "damaged link": _error(400, lambda _: "/checkout/not-an-id"),
    "forged reference": _error(403, lambda _: "/result/e30." + "A" * 43),
    "no such cart": _error(404, lambda _: address("00000000-0000-4000-8000-000000000000")),
    **NOT_PAYABLE,
    "too many attempts": _error(429, _too_many),
    "store unknown": _error(503, _checkout("other-store")),
    "start fails": _error(502, _commercetools_fails),
    "earlier payment unknown": _error(503, _earlier_unknown),
    "settling fails": _error(503, _recording_fails),
}

DOCUMENTS = {"API description": Scene("docs.html", lambda _: "/docs", "main h1")}

THREE_D_SECURE = {
    "3-D Secure, the bank is asked": Scene(
        "checkout/widget.html", _checkout(), "#PaylineWidget .pl-hidden", act=_pays(Scenario.SILENT_METHOD)
    ),
    "3-D Secure, the bank asks": Scene(
        "checkout/widget.html", _checkout(), "#acs-form", act=_pays(Scenario.CHALLENGE)
    ),
    "3-D Secure, paid": Scene(
        "checkout/widget.html", _checkout(), ".verdict", act=_pays(Scenario.CHALLENGE, "#authenticate")
    ),
    "3-D Secure, refused": Scene(
        "checkout/widget.html", _checkout(), ".verdict", act=_pays(Scenario.CHALLENGE, "#fail")
    ),
}
"""For the screenshots alone: what they end at passes by itself, or is not ours."""

SCENES: dict[str, Scene] = {**CHECKOUTS, **RESULTS, **ERRORS, **DOCUMENTS}
