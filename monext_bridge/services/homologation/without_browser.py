"""Finds out what a program can find out alone, and opens the sessions that a person then uses."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from pydantic import SecretStr

from monext_bridge.config import Settings, StoreSettings
from monext_bridge.domain.ids import SessionToken
from monext_bridge.errors import RemoteError
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.gateways.http import HttpAnswer
from monext_bridge.gateways.monext import UNAUTHORIZED, MonextGateway
from monext_bridge.mapping.json_object import Json, JsonObject
from monext_bridge.mapping.monext import CreatedSession, SessionRefused, read_created_session, read_result
from monext_bridge.services.homologation.facts import Found, FoundOut, known, open_still
from monext_bridge.services.homologation.progress import CheckProgress

AMOUNT = 300
"""Minor units. Two parts of 100 are captured, 50 of them refunded, and the rest cancelled."""

LONGEST_URL = 255
NO_CURRENCY = "ZZZ"
NO_SESSION = SessionToken("00000000000000000000")
OWN_DATA = "homologationCheck"
INTROSPECTED = ("active", "scope", "client_id", "exp")

NOTIFIED_AT = "homologation-check"
"""Stands where a notification's reference does. The bridge refuses it as no reference, and counts the call."""


def session_body(settings: Settings, store: StoreSettings, *, return_url: str, reference: str = "") -> Json:
    """Return a request for a session by MANUAL, of nobody in particular."""
    return {
        "pointOfSaleReference": store.point_of_sale,
        "paymentMethod": {"paymentMethodIDs": list(store.contracts.ids)},
        "payment": {"paymentType": "ONE_OFF", "capture": "MANUAL", "amount": AMOUNT},
        "order": {
            "reference": reference or new_reference(),
            "amount": AMOUNT,
            "currency": min(settings.currencies),
            "origin": "E_COM",
        },
        "returnURL": return_url,
    }


def new_reference() -> str:
    return f"check-{secrets.token_hex(8)}"


def open_sessions(settings: Settings, store: StoreSettings, progress: CheckProgress) -> Found:
    """Open the session that a person will pay and three more, and note them in `progress`."""
    gateway, progress.private_data = MonextGateway(), secrets.token_hex(8)
    progress.order_reference = new_reference()
    here = f"{settings.public_url}/health"
    body = session_body(settings, store, return_url=here, reference=progress.order_reference) | {
        "privateData": {OWN_DATA: progress.private_data},
        "notificationURL": f"{settings.public_url}/notification/{NOTIFIED_AT}",
    }
    answer = gateway.create_session(store.credentials, body)
    created = read_created_session(answer.status, answer.body)
    url = isinstance(created, CreatedSession)
    yield "redirect_url", known(url, "a redirectURL" if url else said(answer))
    if not isinstance(created, CreatedSession):
        return
    progress.session, progress.redirect_url = created.token, created.redirect_url
    read = gateway.get_session(store.credentials, created.token)
    again = JsonObject.of(read.body, what="session").text("redirectURL")
    yield "redirect_url_once", known(again is None, "absent" if again is None else "given again")
    result = read_result(read.body)
    yield "not_begun", known((result.title, result.code) == ("INPROGRESS", "02306"), said(read))
    _open_more(gateway, settings, store, progress)


def _open_more(
    gateway: MonextGateway, settings: Settings, store: StoreSettings, progress: CheckProgress
) -> None:
    """Open the sessions beside the first. One that is not opened leaves its facts open."""
    second = f"{progress.order_reference}-2"
    progress.second, progress.second_url = _opened(gateway, settings, store, reference=second)
    progress.given_up, progress.given_up_url = _opened(gateway, settings, store)
    progress.left_alone, _ = _opened(gateway, settings, store)


def _opened(
    gateway: MonextGateway, settings: Settings, store: StoreSettings, *, reference: str = ""
) -> tuple[str, str]:
    body = session_body(settings, store, return_url=f"{settings.public_url}/health", reference=reference)
    try:
        answer = gateway.create_session(store.credentials, body)
    except RemoteError:
        return "", ""
    created = read_created_session(answer.status, answer.body)
    return (created.token, created.redirect_url) if isinstance(created, CreatedSession) else ("", "")


def ask_alone(settings: Settings, store: StoreSettings) -> Found:
    """Find out everything that needs no payment. A remote that does not answer leaves its fact open."""
    asked: Mapping[str, Callable[[], FoundOut]] = {
        "wrong_key": lambda: _wrong_key(store),
        "unknown_session": lambda: _unknown_session(store),
        "invalid_field": lambda: _invalid_field(settings, store),
        "url_length": lambda: _url_length(settings, store),
        "introspection": lambda: _introspection(settings),
        "dated_answers": lambda: _dated(settings),
    }
    for name, ask in asked.items():
        try:
            yield name, ask()
        except RemoteError as error:
            yield name, open_still(type(error).__name__)


def _wrong_key(store: StoreSettings) -> FoundOut:
    pair = f"{store.credentials.merchant_id}:{secrets.token_hex(10)}"
    wrong = SecretStr(base64.b64encode(pair.encode()).decode())
    answer = MonextGateway().get_session(replace(store.credentials, api_keys=(wrong,)), NO_SESSION)
    refused = answer.status == 401 or read_result(answer.body).title == UNAUTHORIZED.upper()
    return known(refused, said(answer))


def _unknown_session(store: StoreSettings) -> FoundOut:
    answer = MonextGateway().get_session(store.credentials, NO_SESSION)
    result = read_result(answer.body)
    return known((result.title, result.code) == ("ERROR", "02304"), said(answer))


def _invalid_field(settings: Settings, store: StoreSettings) -> FoundOut:
    body = session_body(settings, store, return_url=f"{settings.public_url}/health")
    wrong = {**body, "order": {**body["order"], "currency": NO_CURRENCY}}
    answer = MonextGateway().create_session(store.credentials, wrong)
    created = read_created_session(answer.status, answer.body)
    named = isinstance(created, SessionRefused) and any("currency" in each for each in created.invalid_params)
    return known(named, said(answer))


def _url_length(settings: Settings, store: StoreSettings) -> FoundOut:
    back, told = (
        f"{settings.public_url}/{path}/".ljust(LONGEST_URL, "A") for path in ("return", "notification")
    )
    body = session_body(settings, store, return_url=back) | {"notificationURL": told}
    answer = MonextGateway().create_session(store.credentials, body)
    created = read_created_session(answer.status, answer.body)
    return known(isinstance(created, CreatedSession), said(answer))


def _introspection(settings: Settings) -> FoundOut:
    gateway = CommercetoolsGateway(settings.commercetools)
    told = gateway.introspect_own_token()
    missing = [name for name in INTROSPECTED if name not in told]
    return known(not missing and told["active"] is True, f"missing: {missing}" if missing else "all members")


def _dated(settings: Settings) -> FoundOut:
    gateway = CommercetoolsGateway(settings.commercetools)
    gateway.check()
    return known(gateway.clock.is_known, "Date" if gateway.clock.is_known else "no Date")


def said(answer: HttpAnswer) -> str:
    """Return status, title and code: no text of an answer, which might hold anything."""
    result = read_result(answer.body)
    return f"{answer.status} {result.title} {result.code}".strip()
