"""Lists what no command can find out, each with the way in which a person can."""

from __future__ import annotations

from collections.abc import Mapping

NOT_CHECKED: Mapping[str, str] = {
    "hosts of production, and that the page's address begins as in homologation": (
        "open a first small payment in production, and look at its address"
    ),
    "from which addresses notifications come, and how often Monext lets itself be called": "ask Monext",
    "how long Monext waits for a bank, and what an answer 202 or an unknown outcome looks like": (
        "look for payment_act with the outcome unknown in the log of the first weeks"
    ),
    "a capture after seven days (LATE_DELIVERY), and until when a refund is taken": (
        "keep a test payment for eight days, capture it with lateDelivery, and ask Monext for the limit of refunds"
    ),
    "wallets, PayPal, Bancontact, iDEAL, MB Way, Klarna: type, partial captures, refunds, what is on hold": (
        "pay by each in homologation, then read the payment by flask payment show"
    ),
    "meal and holiday vouchers: two transactions of one session": (
        "pay one in homologation, and compare the sums of flask payment show"
    ),
    "currencies without minor units": "pay 500 JPY where the contract takes them; Monext's back office shows 500",
    "a fraud rule that waits for a person (PENDING_RISK), and the notification TRS of the decision": (
        "set such a rule up in Monext's back office, pay, decide there, and look for the notification in the log"
    ),
    "notifications of captures and refunds in Monext's back office": (
        "make one there, and see whether the record has it before reconciliation runs"
    ),
    "3-D Secure in the widget: forms, frames and time limits of real banks": (
        "pay with a card of each bank at hand, on a phone and a desktop, and read widget_policy afterwards"
    ),
    "Apple Pay: the file that Apple asks for": "open /.well-known/apple-developer-merchantid-domain-association",
    "the widget's fail-over host": "ask Monext for a test of the second site",
    "refusals of orders by stock, price, discount code, tax and extensions": (
        "let a product of a test cart run out while it is paid: the money goes back, and the log has why"
    ),
    "the Merchant Center's token: its issuer, its claim of the project, its keys": (
        "connect the bridge in the Merchant Center, which then asks /operations/status; the log has its answer"
    ),
    "messages of your cloud: their envelope, their signature, a push that comes twice": (
        "change a test order's shipment state, and look for POST /events/commercetools in the log"
    ),
    "a cart that is locked while it is paid, and one whose customer was deleted": (
        "lock a test cart, or delete its customer, between the payment page and the payment; then flask payment show"
    ),
    "a payment in another currency put on a cart": "nothing relies on it; the bridge compares currencies itself",
}
"""What it is, and how a person finds out."""
