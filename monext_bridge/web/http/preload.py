"""What a process would load with its first payment, while that buyer waits and all others behind: loaded before."""

from __future__ import annotations

from flask import Flask

from monext_bridge.domain.ids import CartId, OrderNumber
from monext_bridge.domain.money import Money
from monext_bridge.mapping.commercetools import order_draft, payment_draft


def preload(app: Flask) -> None:
    """Compile the templates, and have the SDK load its schemas by building two drafts for nobody.

    Once, before processes are forked; calls nobody. It saves the first buyer of each half a second.
    """
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    payment_draft(
        key="rehearsal", amount=Money(1, "EUR"), interface="rehearsal", customer_id=None, anonymous_id=None
    )
    order_draft(
        cart_id=CartId("rehearsal"), version=1, number=OrderNumber("rehearsal"), payment_state="Pending"
    )
