"""What goes wrong between the bridge and its two remotes, ordered from a page."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.bank import CARDS, STORIES
from sandbox.commercetools.orders.troubles import TROUBLES
from sandbox.courier import MODES
from sandbox.faults import ACTIONS, KILLS
from sandbox.shop import controls
from sandbox.shop.keys_page import known_keys
from sandbox.shop.shop import shop

pages = Blueprint("faults", __name__)

CALLS_SHOWN = 40
UNSURE = (
    *("01196", "01197", "01199", "02002", "02003", "02011"),
    *("02013", "02101", "02102", "02103", "02106", "02601", "02602"),
)
"""Codes that an answer may have although the act was carried out."""
THREE_D_SECURE = "threeDSecure"
TICKED = ("sessionTransactions", "zeroAuthorizedAmount", "lowercaseCurrency")
WRITTEN = (
    *("sessionTitle", "sessionCode", "ledger", "sessionIdParameterName"),
    *("notificationType", "notificationMethod", "notificationNames"),
)
"""Switches of Monext that the form of its answers sets."""

CHOICES = {
    "titles": (
        *("ACCEPTED", "REFUSED", "ERROR", "CANCELLED", "INPROGRESS", "ONHOLD_PARTNER", "PENDING_RISK"),
        *("Unauthorized", "SOMETHING_NEW"),
    ),
    "types": ("WEBTRS", "TRS", "ALERT", "BILL", "WALLET", "RESET", "WEBWALLET", "SOMETHING_NEW"),
    "methods": ("GET", "POST form", "POST JSON"),
    "names": ("token", "transactionId", "token and transactionId", "nothing"),
    "ledgers": ("listed", "empty", "absent"),
}
# Kills are for tests, which name the process.
ORDERED_HERE = tuple(action for action in ACTIONS if action not in KILLS)


@pages.get("/faults")
def index() -> str:
    """The rules and the last calls of both remotes, and how notifications and messages are delivered."""
    remotes = [
        {
            "key": key,
            "name": name,
            "rules": controls.rules(url),
            "calls": controls.calls(url, last=CALLS_SHOWN),
        }
        for key, name, url in _remotes()
    ]
    switches = controls.switches(shop().settings.monext_url)
    return render_template(
        "faults.html",
        remotes=remotes,
        actions=ORDERED_HERE,
        modes=MODES,
        notifications=controls.notifications(shop().settings.monext_url),
        messages=controls.messages(shop().settings.commercetools_url),
        refused_orders=controls.refused_orders(shop().settings.commercetools_url),
        order_codes=tuple(TROUBLES),
        acts=controls.acts(shop().settings.monext_url),
        unsure=UNSURE,
        answers=switches,
        choices=CHOICES,
        three_d_secure=switches[THREE_D_SECURE],
        stories=STORIES,
        magic_cards=CARDS,
        **known_keys(),
    )


@pages.post("/faults/<remote>/rules")
def add(remote: str) -> Response:
    """Order one fault."""
    controls.add_rule(_url(remote), form=request.form)
    return _back()


@pages.post("/faults/<remote>/clear")
def clear(remote: str) -> Response:
    """No more faults at one remote."""
    controls.clear_rules(_url(remote))
    return _back()


@pages.post("/faults/notifications")
def notifications() -> Response:
    """How Monext's notifications go astray from now on."""
    controls.set_notifications(shop().settings.monext_url, form=request.form)
    return _back()


@pages.post("/faults/notifications/flush")
def flush_notifications() -> Response:
    """Send what waits."""
    controls.send_waiting_notifications(shop().settings.monext_url)
    return _back()


@pages.post("/faults/messages")
def messages() -> Response:
    """How commercetools' messages go astray from now on."""
    controls.set_messages(shop().settings.commercetools_url, form=request.form)
    return _back()


@pages.post("/faults/messages/flush")
def flush_messages() -> Response:
    """Send what waits."""
    controls.send_waiting_messages(shop().settings.commercetools_url)
    return _back()


@pages.post("/faults/acts")
def acts() -> Response:
    """Order how Monext's next captures, refunds or cancels end."""
    controls.script_act(shop().settings.monext_url, form=request.form)
    return _back()


@pages.post("/faults/acts/forget")
def forget_acts() -> Response:
    """They end as they do again."""
    controls.forget_acts(shop().settings.monext_url)
    return _back()


@pages.post("/faults/three-d-secure")
def three_d_secure() -> Response:
    """How 3-D Secure goes for all cards, or again by the card."""
    scenario = request.form.get("scenario", "")
    controls.set_switches(shop().settings.monext_url, values={THREE_D_SECURE: scenario})
    return _back()


@pages.post("/faults/answers")
def answers() -> Response:
    """Order what Monext's answers and notifications say. What the form does not name stays, but for its ticks."""
    texts = {name: request.form[name].strip() for name in WRITTEN if name in request.form}
    ticks = {name: name in request.form for name in TICKED}
    controls.set_switches(shop().settings.monext_url, values={**texts, **ticks})
    return _back()


@pages.post("/faults/clock")
def clock() -> Response:
    """Let time pass at Monext."""
    controls.advance_clock(shop().settings.monext_url, seconds=request.form["advance"])
    return _back()


@pages.post("/reset")
def reset() -> Response:
    """The whole sandbox as it was at the start."""
    for _, _, url in _remotes():
        controls.reset(url)
    shop().copies.clear()
    return redirect(url_for("storefront.index"), code=303)


def _remotes() -> tuple[tuple[str, str, str], ...]:
    settings = shop().settings
    return (
        ("commercetools", "commercetools", settings.commercetools_url),
        ("monext", "Monext", settings.monext_url),
    )


def _url(remote: str) -> str:
    urls = {key: url for key, _, url in _remotes()}
    if remote not in urls:
        abort(404)
    return urls[remote]


def _back() -> Response:
    return redirect(url_for("faults.index"), code=303)
