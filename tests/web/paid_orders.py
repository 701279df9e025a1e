"""Makes a payment that was paid, and runs `flask payment` on it, for the tests of the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from click.testing import Result

from monext_bridge.web.cli.payment import payment_group
from tests.bridges import Buyer, InProcess, Page
from tests.world import World

Run = Callable[..., Result]


class PaidCart:
    """A cart that was paid, and its payment."""

    def __init__(self, world: World, buyer: Buyer, situation: str) -> None:
        self.world = world
        self.cart = world.cart(situation)
        self.page: Page = buyer.start(self.cart)
        world.pay(self.page.token, outcome="accepted")
        assert buyer.notification_arrives(self.page).status == 200

    @property
    def id(self) -> str:
        return str(self.world.payment(self.cart)["id"])

    @property
    def order_number(self) -> str:
        return str(self.world.orders(self.cart)[0]["orderNumber"])

    @property
    def operations(self) -> list[tuple[str, int, str | None]]:
        """The rows of Monext's ledger after the payment itself."""
        return self.world.ledger(self.page.token)[1:]


def payment_command(bridge: InProcess) -> Run:
    """Give a function that runs `flask payment` with its arguments on this bridge."""

    def invoke(*arguments: str, **options: Any) -> Result:
        return bridge.app.test_cli_runner().invoke(payment_group, arguments, **options)

    return invoke
