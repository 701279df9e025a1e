"""Plays every flow with marked people and marked secrets, and looks for the marks in everything that comes out.

`ALLOWED` says where a mark may stand. Everywhere else it is a leak, in any of its forms.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from monext_bridge.config import load_settings
from monext_bridge.errors import SettingsError
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, InProcess, environment
from tests.log_lines import captured_logs
from tests.push_samples import message, pub_sub
from tests.web.back_office import BackOfficeClient, capture
from tests.world import World

PEOPLE = {
    "first name": "Markedfirst-Zélie",
    "last name": "Markedlast-O'Brönte",
    "street": "Marked-Allée-des-Tests",
    "city": "Markedville-sur-Mer",
    "phone": "+33698765432",
    "email": "marked.person@leaks.example",
}
CARD = "4970101122334455"
"""What somebody typed into a field where it does not belong."""

SECRETS = {
    "SECRET_KEY": "marked-secret-key-Zb7Qm2Xw9Tn4Kc6V",
    "LINK_SECRET": "marked-link-secret-Hd3Lp8Rs5Yg1Jf0W",
    "EVENTS_SECRET": "marked-events-secret-Nv6Ek2Ua9Bo4Mi7X",
    "METRICS_TOKEN": "marked-metrics-token-Qc5Tz8Hw3Dy1Pl6R",
}
FAULTS: tuple[dict[str, Any], ...] = (
    {"action": "html"},
    {"action": "half_body"},
    {"action": "drop_before"},
    {"action": "drop_after"},
    {"action": "status", "code": 500},
    {"action": "status", "code": 401},
    {"action": "status", "code": 404},
)
ALLOWED: Mapping[str, tuple[str, ...]] = {
    # The buyer's own page opens Monext's, whose address holds the token, as does the page that leads back to it.
    "session token": ("own page", "way to monext", "way back to the payment"),
    # The page with the order says to which town it goes.
    "city": ("own page",),
    # The buyer's own pages link to each other by the reference.
    "reference": ("own page", "way on", "way back to the payment", "result page"),
}
"""The marks that may stand somewhere, with the beginnings of the outputs in which they may."""


@dataclass(slots=True)
class Outputs:
    """Everything that came out, by what it is."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, answer: Answer) -> Answer:
        self.texts.append((name, f"{answer.status}\n{answer.headers}\n{answer.text}"))
        return answer

    def leaks(self) -> list[tuple[str, str, str]]:
        """Give each mark that is where it may not be: its name, the output, and the form in which it is there."""
        return [
            (mark, name, text[:200])
            for mark, value in self.marks.items()
            for form in forms(value)
            for name, text in self.texts
            if form in text and not name.startswith(ALLOWED.get(mark.rstrip(" 23"), ()))
        ]


def forms(value: str) -> set[str]:
    """Give a value as it is, in URLs, in JSON, and in base64 at any offset."""
    shifted = (base64.b64encode(b"x" * lead + value.encode()).decode()[4:-4] for lead in range(3))
    return {
        value,
        quote(value),
        quote_plus(value),
        quote(value, safe=""),
        value.encode("unicode_escape").decode(),
        *shifted,
    }


@pytest.fixture
def outputs() -> Iterator[Outputs]:
    """All loggers at DEBUG, those of libraries too."""
    found = Outputs()
    libraries = [
        logging.getLogger(name) for name in ("urllib3", "urllib3.connectionpool", "requests", "werkzeug")
    ]
    before = [each.level for each in libraries]
    for each in libraries:
        each.setLevel(logging.DEBUG)
    yield found
    for each, level in zip(libraries, before, strict=True):
        each.setLevel(level)


def marked_cart(world: World) -> str:
    person = {
        "firstName": PEOPLE["first name"],
        "lastName": PEOPLE["last name"],
        "streetName": PEOPLE["street"],
        "city": PEOPLE["city"],
        "postalCode": "13006",
        "country": "DE",
        "mobile": PEOPLE["phone"],
        "email": PEOPLE["email"],
        "additionalStreetInfo": CARD,
    }
    return world.cart(
        "german-store", billingAddress=person, shippingAddress=person, customerEmail=PEOPLE["email"]
    )


def test_no_mark_stands_where_it_is_not_allowed(
    sandbox: Sandbox, outputs: Outputs, capsys: pytest.CaptureFixture[str]
) -> None:
    with captured_logs() as lines:
        world = World(sandbox)
        bridge = InProcess(sandbox, variables=SECRETS)
        office = BackOfficeClient(bridge, world.back_office_token())
        outputs.marks |= {**PEOPLE, "card": CARD, **SECRETS, "bearer token": office.token}
        outputs.marks |= {f"secret {n}": s for n, s in enumerate(configured_secrets(bridge))}
        purchase(bridge, world, office, outputs)
        shop_page(bridge, world, outputs)
        operators(bridge, world, outputs)
        troubles(bridge, world, outputs)
        terminal(bridge, world, outputs)
        settings_at_fault(sandbox, outputs)
    assert len(lines.all()) > 300, "the log was listened to"
    assert [line for line in lines.all() if line["logger"].startswith("urllib3")]
    outputs.texts += [("log", line) for line in lines.text.splitlines()]
    outputs.texts.append(("standard output", "".join(capsys.readouterr())))
    assert outputs.leaks() == []


def configured_secrets(bridge: InProcess) -> list[str]:
    project = bridge.settings.commercetools
    keys = [
        key.get_secret_value() for store in bridge.settings.stores() for key in store.credentials.api_keys
    ]
    plain = [base64.b64decode(key).decode().partition(":")[2] for key in keys]
    return [*(each.get_secret_value() for each in project.client_secrets), *keys, *plain]


def purchase(bridge: InProcess, world: World, office: BackOfficeClient, outputs: Outputs) -> None:
    buyer, cart = Buyer(bridge), marked_cart(world)
    page = buyer.start(cart)
    outputs.marks |= {"session token": page.token, "reference": page.ref}
    outputs.take("own page, widget", page.answer)
    outputs.take("own page, redirect", buyer.checkout(cart, mode="redirect"))
    outputs.take("way to monext", buyer.checkout(cart, mode="direct"))
    outputs.take("way on from a form", bridge.call("POST", f"/checkout/{cart}", data={"mode": "widget"}))
    outputs.take("way back to the payment", buyer.opens_result(page))
    outputs.take("page of another token", buyer.get(f"/return/{page.ref}?token=of-another"))
    outputs.take("way on after a cancel", buyer.cancels(page))
    cart = marked_cart(world)
    page = buyer.start(cart)
    outputs.marks |= {"session token 2": page.token, "reference 2": page.ref}
    world.pay(page.token, outcome="accepted")
    outputs.take("notification", buyer.notification_arrives(page))
    outputs.take("way on to the shop", buyer.comes_back(page))
    outputs.take("result page", buyer.opens_result(page))
    id_ = world.payment(cart)["id"]
    outputs.take("capture", office.send_actions(id_, capture(merchantReference="order 17"), key="k-1"))
    outputs.take("refund", office.send_actions(id_, capture(action="refundPayment"), key="k-2"))
    outputs.take("payment intent", office.call("GET", f"payment-intents/{id_}"))
    outputs.take("checkout link", office.checkout_link(cartId=cart))
    (order,) = world.orders(cart)
    headers = {"Authorization": f"Bearer {SECRETS['EVENTS_SECRET']}"}
    event = bridge.call("POST", "/events/commercetools", json=pub_sub(message(order["id"])), headers=headers)
    outputs.take("event", event)
    outputs.take(
        "event", bridge.call("POST", f"/events/commercetools?secret={SECRETS['EVENTS_SECRET']}", data=CARD)
    )


def shop_page(bridge: InProcess, world: World, outputs: Outputs) -> None:
    cart = marked_cart(world)
    session = world.session(cart)
    outputs.marks["shop session"] = session
    headers = {"X-Session-Id": session}
    outputs.take("config", bridge.call("GET", "/operations/config", headers=headers))
    outputs.take("shop api", bridge.call("POST", "/payment", json={"mode": "redirect"}, headers=headers))
    outputs.take("form with a session", bridge.call("POST", f"/checkout/{cart}", data={"session": session}))
    outputs.take("page of another cart", Buyer(bridge).checkout(world.cart(), session=session))


def operators(bridge: InProcess, world: World, outputs: Outputs) -> None:
    center = world.merchant_center_token()
    outputs.marks["token of the merchant center"] = center
    operator = {"Authorization": f"Bearer {SECRETS['METRICS_TOKEN']}"}
    for path in ("/operations/status", "/operations/payment-components"):
        outputs.take(path, bridge.call("GET", path, headers={"Authorization": f"Bearer {center}"}))
    for path in ("/ready", "/metrics", "/health", "/docs", "/openapi.json", "/.well-known/security.txt"):
        outputs.take(path, bridge.call("GET", path, headers=operator))


def troubles(bridge: InProcess, world: World, outputs: Outputs) -> None:
    """Each kind of failure of each remote, and requests that are refused, with marks in what they bring."""
    buyer = Buyer(bridge)
    for remote in ("commercetools", "monext"):
        for rule in FAULTS:
            world.fault(remote, **rule, times=3)
            outputs.take(f"error by {remote}", buyer.checkout(marked_cart(world)))
            world.reset()
    email, phone = quote(PEOPLE["email"]), quote(PEOPLE["phone"])
    for path in (
        f"/checkout/{email}",
        f"/return/{CARD}",
        f"/result/{email}?token={CARD}",
        f"/{phone}/{email}",
    ):
        outputs.take(
            "error page", buyer.get(path, headers={"X-Correlation-ID": CARD + "é", "Referer": email})
        )
    wrong = {
        "Authorization": f"Basic {SECRETS['SECRET_KEY']}",
        "X-Session-Id": CARD,
        "Idempotency-Key": email,
    }
    for method, path in (
        ("POST", "/payment"),
        ("GET", "/operations/status"),
        ("POST", "/operations/checkout-links"),
    ):
        outputs.take("refusal", bridge.call(method, path, json={CARD: PEOPLE["email"]}, headers=wrong))


def terminal(bridge: InProcess, world: World, outputs: Outputs) -> None:
    runner = bridge.app.test_cli_runner()
    cart = marked_cart(world)
    page = Buyer(bridge).start(cart)
    outputs.marks |= {"session token 3": page.token, "reference 3": page.ref}
    world.pay(page.token, outcome="accepted")
    Buyer(bridge).comes_back(page)
    id_ = world.payment(cart)["id"]
    for arguments in (
        ["payment", "show", id_],
        ["payment", "show", id_, "--json"],
        ["payment", "capture", id_, "--yes", "--amount", "1.00"],
        ["payment", "capture", id_, "--yes", "--amount", CARD[:4]],
        ["reconcile", "--since", "5m", "--older-than", "0s", "--ledger"],
    ):
        result = runner.invoke(args=arguments)
        outputs.texts.append((f"terminal {arguments[1]}", result.output))


def settings_at_fault(sandbox: Sandbox, outputs: Outputs) -> None:
    """Each secret in the place of another setting, as somebody pastes it."""
    for name in (
        "PUBLIC_URL",
        "MONEXT_API_KEY",
        "CTP_API_URL",
        "PORT",
        "CURRENCIES",
        "SECRET_KEY_FILE",
        "REDIS_URL",
    ):
        for secret in SECRETS.values():
            with pytest.raises(SettingsError) as raised:
                load_settings(environment(sandbox, variables={name: secret, "MONEXT_SECRET": secret}))
            outputs.texts.append(("settings", str(raised.value)))


def test_a_planted_leak_is_found() -> None:
    """Each form in which a mark may hide is recognised."""
    for text in (SECRETS["SECRET_KEY"], base64.b64encode(f"ab:{SECRETS['SECRET_KEY']}".encode()).decode()):
        found = Outputs([("log", f"GET /x {text} 200")], {"key": SECRETS["SECRET_KEY"]})
        assert [(mark, name) for mark, name, _ in found.leaks()] == [("key", "log")]
    found = Outputs([("page", quote(PEOPLE["email"], safe=""))], {"email": PEOPLE["email"]})
    assert found.leaks()
