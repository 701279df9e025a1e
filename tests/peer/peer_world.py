"""Controls a world whose commercetools is commercetools-mock; Monext stays the sandbox's."""

from __future__ import annotations

from typing import Any

from sandbox.runner import Sandbox
from sandbox.shop.project import Project
from sandbox.shop.settings import ShopSettings
from tests.peer.drafts import CHAIR, CUSTOMER, PRODUCT_TYPE, cart_draft, delivery
from tests.peer.mock_server import MockServer
from tests.world import Json, World

UNTIL_SENT_BY_HAND = 86_400


class PeerWorld(World):
    """A world whose carts, payments and orders are the mock's, which has no faults, refused orders or sessions."""

    def __init__(self, sandbox: Sandbox, mock: MockServer) -> None:
        super().__init__(sandbox)
        self.mock = mock
        self.project = Project(ShopSettings(commercetools_url=mock.url, monext_url=sandbox.monext_url))

    def create_catalogue(self) -> None:
        """Create what the shop sells, once for each mock."""
        self.project.create("product-types", draft=PRODUCT_TYPE)
        self.project.create("products", draft=CHAIR)
        self.project.create("customers", draft=CUSTOMER)

    def cart(self, situation: str = "guest", **changes: Any) -> str:
        """Make a new cart (`guest`, `customer` or `german-store`) and give its id. `changes` replace members."""
        draft = cart_draft(situation, customer_id=self._customer())
        made = self.project.create("carts", draft=draft | changes)
        self.change(made["id"], **delivery(situation))
        return str(made["id"])

    def orders(self, cart_id: str) -> list[Json]:
        """All orders that were made from a cart."""
        query = {"where": "cart(id=:cart)", "var.cart": cart_id}
        return list(self.project.get("orders", **query)["results"])

    def amount(self, cart_id: str) -> int:
        """What the cart costs, in cents."""
        return int(self.project.get(f"carts/{cart_id}")["taxedPrice"]["totalGross"]["centAmount"])

    def sessions_of(self, cart_id: str) -> list[str]:
        """The tokens of all sessions that were opened at Monext for a cart."""
        sessions = self.monext()["sessions"]
        return [t for t, s in sessions.items() if s["request"]["privateData"]["cartId"] == cart_id]

    def requested_order_states(self, cart_id: str) -> list[str]:
        """The payment states in the drafts of a cart's orders; the mock drops them."""
        drafts = self.mock.writes("/sandbox/orders")
        return [draft["paymentState"] for draft in drafts if draft["cart"]["id"] == cart_id]

    def payment_writes(self, cart_id: str) -> list[Json]:
        """The updates of a cart's only payment that were sent, whether or not they changed anything."""
        return self.mock.writes(f"/sandbox/payments/{self.payment(cart_id)['id']}")

    def hold_notifications(self) -> None:
        """Let Monext keep its notifications until `deliver`.

        The mock makes two orders of one cart, with one number, where two creations arrive together; the real
        commercetools refuses the second. So a return and a notification must not meet here.
        """
        self._monext("notifications", mode="late", late=UNTIL_SENT_BY_HAND)

    def pay_and_notify(self, token: str, **how: Any) -> list[str]:
        """Pay as the buyer, let Monext itself send its notification, and give the answers to it."""
        self.hold_notifications()
        self.pay(token, notify=True, **how)
        return self.deliver(token)

    def deliver(self, token: str) -> list[str]:
        """Send all notifications that wait, and give the answers to those of one session."""
        self._monext("notifications/flush", all=True)
        sent = self._http.get(f"{self.sandbox.monext_url}/_control/notifications", timeout=60).json()
        return [
            answer for told in sent["notifications"] if told["token"] == token for answer in told["answers"]
        ]

    def _customer(self) -> str:
        query = {"where": "email=:email", "var.email": CUSTOMER["email"]}
        return str(self.project.get("customers", **query)["results"][0]["id"])

    def _monext(self, control: str, **body: Any) -> Json:
        return self._post(self.sandbox.monext_url, control, body)
