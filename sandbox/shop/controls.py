"""The sandbox's own controls, as the faults page uses them."""

from collections.abc import Mapping

from sandbox.shop.calls import Json, answered, call

_INTEGERS = ("times", "skip", "code")
# What is flushed is answered only once the bridge has answered.
_PATIENCE = 60


def rules(url: str) -> list[Json]:
    """The fault rules of a remote."""
    return list(answered(call("GET", f"{url}/_control/faults"))["faults"])


def add_rule(url: str, *, form: Mapping[str, str]) -> None:
    """Order a fault from the fields of a form; empty ones are left out. Raises Refused with the reason."""
    answered(call("POST", f"{url}/_control/faults", json=_rule(form)))


def clear_rules(url: str) -> None:
    """Take all rules of a remote away."""
    answered(call("DELETE", f"{url}/_control/faults"))


def calls(url: str, *, last: int) -> list[Json]:
    """The last calls in a remote's journal, the newest first, each with its duration in milliseconds."""
    journal = answered(call("GET", f"{url}/_control/calls"))["calls"]
    return [{**entry, "milliseconds": _milliseconds(entry)} for entry in reversed(journal[-last:])]


def notifications(url: str) -> Json:
    """The mode of Monext's notifications and their journal."""
    return answered(call("GET", f"{url}/_control/notifications"))


def set_notifications(url: str, *, form: Mapping[str, str]) -> None:
    """Change how notifications go astray. Raises Refused with the reason."""
    answered(call("POST", f"{url}/_control/notifications", json=_delivery(form)))


def send_waiting_notifications(url: str) -> None:
    """Send now all that waits, due or not."""
    url = f"{url}/_control/notifications/flush"
    answered(call("POST", url, json={"all": True}, seconds=_PATIENCE))


def messages(url: str) -> Json:
    """Where commercetools' messages go, how, and their journal."""
    return answered(call("GET", f"{url}/_control/push"))


def set_messages(url: str, *, form: Mapping[str, str]) -> None:
    """Change how messages go astray. Raises Refused with the reason."""
    answered(call("POST", f"{url}/_control/push", json=_delivery(form)))


def send_waiting_messages(url: str) -> None:
    """Send now all messages that wait, due or not."""
    answered(call("POST", f"{url}/_control/push/flush", json={"all": True}, seconds=_PATIENCE))


def send_message_again(url: str, *, place: int) -> None:
    """Send the message in that place of the journal once more. Raises Refused where there is none."""
    answered(call("POST", f"{url}/_control/push/again", json={"number": place}))


def acts(url: str) -> list[Json]:
    """How Monext's next captures, refunds and cancels end."""
    return list(answered(call("GET", f"{url}/_control/acts"))["acts"])


def script_act(url: str, *, form: Mapping[str, str]) -> None:
    """Order how acts end, from the fields of a form; empty ones are left out. Raises Refused with the reason."""
    script: Json = {name: value for name, value in form.items() if value}
    numbers = {name: number(script[name]) for name in ("status", "times") if name in script}
    answered(call("POST", f"{url}/_control/acts", json={**script, **numbers}))


def forget_acts(url: str) -> None:
    """Captures, refunds and cancels end as they do again."""
    answered(call("DELETE", f"{url}/_control/acts"))


def switches(url: str) -> Json:
    """How Monext behaves."""
    return answered(call("GET", f"{url}/_control/settings"))


def set_switch(url: str, *, name: str, on: bool) -> None:
    """Change how Monext behaves. Raises Refused for a name that is none."""
    answered(call("POST", f"{url}/_control/settings", json={name: on}))


def ledger(url: str, *, token: str) -> list[Json]:
    """What Monext holds of a session: attempts, captures, refunds and cancels, the oldest first."""
    rows = answered(call("GET", f"{url}/_control/dump"))["transactions"]
    return [row for row in rows if row["token"] == token]


def advance_clock(url: str, *, seconds: str) -> None:
    """Let time pass at Monext. Raises Refused where `seconds` is not a number."""
    answered(call("POST", f"{url}/_control/clock", json={"advance": number(seconds)}))


def ended_session(url: str, *, cart_id: str) -> str:
    """The id of a checkout session of the cart that is over already."""
    body = {"cartId": cart_id, "state": "Expired"}
    return str(answered(call("POST", f"{url}/_control/sessions", json=body))["id"])


def edit_order(url: str, order_id: str, *, total: str) -> None:
    """The order costs so many minor units from now on. Raises Refused with the reason."""
    answered(call("POST", f"{url}/_control/orders/{order_id}/edit", json={"total": number(total)}))


def cancel_order(url: str, order_id: str) -> None:
    """The order is Cancelled."""
    answered(call("POST", f"{url}/_control/orders/{order_id}/state", json={"orderState": "Cancelled"}))


def charge_back(url: str, payment_id: str, *, form: Mapping[str, str]) -> None:
    """A bank takes a charge back, all of it where no amount is given. Raises Refused with the reason."""
    body: Json = {"state": form.get("state", "Success")}
    if form.get("amount"):
        body["centAmount"] = number(form["amount"])
    answered(call("POST", f"{url}/_control/payments/{payment_id}/chargeback", json=body))


def add_foreign_payment(url: str, cart_id: str, *, form: Mapping[str, str]) -> None:
    """A payment of another interface on the cart. Raises Refused with the reason."""
    body = {
        "paymentInterface": form.get("interface", ""),
        "centAmount": number(form.get("amount", "")),
        "currencyCode": form.get("currency", ""),
    }
    answered(call("POST", f"{url}/_control/carts/{cart_id}/payments", json=body))


def remove_payment(url: str, cart_id: str, *, payment_id: str) -> None:
    """The cart's buyer takes a payment off it. Raises Refused with the reason."""
    answered(call("POST", f"{url}/_control/carts/{cart_id}/payments/remove", json={"payment": payment_id}))


def refused_orders(url: str) -> Json:
    """The code with which the next orders are refused, and how many; without a code none is."""
    return answered(call("GET", f"{url}/_control/orders/trouble"))


def refuse_orders(url: str, *, form: Mapping[str, str]) -> None:
    """Order how the next orders end. Raises Refused with the reason."""
    body: Json = {"code": form.get("code") or None}
    if form.get("times"):
        body["times"] = number(form["times"])
    answered(call("POST", f"{url}/_control/orders/trouble", json=body))


def reset(url: str) -> None:
    """A remote as it was at the start: seed, no faults, empty journal."""
    answered(call("POST", f"{url}/_control/reset"))


def _delivery(form: Mapping[str, str]) -> Json:
    wanted: Json = {"mode": form.get("mode", "normal")}
    given = [name for name in ("late", "interval") if form.get(name)]
    return wanted | {name: number(form[name]) for name in given}


def _rule(form: Mapping[str, str]) -> Json:
    rule: Json = {name: value for name, value in form.items() if value}
    for name in _INTEGERS:
        if name in rule:
            rule[name] = number(rule[name])
    if "seconds" in rule:
        rule["seconds"] = number(rule["seconds"])
    return rule


def number(text: str) -> int | float | str:
    """A number where the text is one; else the text, which the control then refuses with a reason."""
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def _milliseconds(entry: Json) -> float | None:
    return None if entry["end"] is None else round((entry["end"] - entry["start"]) * 1000, 1)
