"""Chargebacks: a bank takes money back, and the shop's finance writes it into the payment."""

from sandbox.commercetools.errors import invalid_operation
from sandbox.commercetools.wire import Json, new_id

_ADDS = {"Charge": 1, "Refund": -1, "Chargeback": -1}


def charged(payment: Json) -> int:
    """What is charged, and neither given nor taken back, in minor units; InvalidOperation where there is nothing."""
    done = [each for each in payment["transactions"] if each["state"] == "Success"]
    left = sum(_ADDS.get(each["type"], 0) * each["amount"]["centAmount"] for each in done)
    if left < 1:
        raise invalid_operation("The payment has no charge that a bank could take back.")
    return int(left)


def chargeback_of(payment: Json, amount: int, *, state: str, at: str) -> Json:
    """The draft of a transaction, in the currency of the payment's charges."""
    charges = [each["amount"] for each in payment["transactions"] if each["type"] == "Charge"]
    currency = (charges or [payment["amountPlanned"]])[0]["currencyCode"]
    return {
        "type": "Chargeback",
        "state": state,
        "amount": {"centAmount": amount, "currencyCode": currency},
        "timestamp": at,
        "interactionId": f"dispute-{new_id()[:8]}",
    }
