"""Opens a small session at Monext for each store and currency, which nobody pays: it ends by itself.

commercetools is not written to. Monext has no way to delete a session.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from monext_bridge.config import Settings, StoreSettings
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.mapping.json_object import Json
from monext_bridge.mapping.monext import SessionRefused, read_created_session
from monext_bridge.services.doctor.examination import Examination
from monext_bridge.services.doctor.findings import Diagnosis, fault, ok, skipped
from monext_bridge.services.doctor.patient import at_store

SMALL = 100
"""Minor units, whatever the currency."""

SETTING = "MONEXT_POINT_OF_SALE_REF"


def live_checks(settings: Settings) -> Iterator[Examination]:
    for store in settings.stores():
        for currency in sorted(settings.currencies):
            yield Examination(
                f"small session in {currency}",
                lambda store=store, currency=currency: small_session(  # type: ignore[misc]
                    settings, store, currency=currency
                ),
                setting=at_store(SETTING, store),
            )


def small_session(settings: Settings, store: StoreSettings, *, currency: str) -> Iterator[Diagnosis]:
    setting = at_store(SETTING, store)
    body = request_of(settings, store, currency=currency)
    try:
        answer = MonextGateway().create_session(store.credentials, body)
    except RemoteUnavailable:
        yield skipped("live_session_not_asked", "Monext is not reached, or does not answer", setting=setting)
        return
    created = read_created_session(answer.status, answer.body)
    if created is None:
        yield skipped(
            "live_session_not_known", f"Monext's answer tells nothing ({answer.status})", setting=setting
        )
    elif isinstance(created, SessionRefused):
        yield fault(
            "live_session_refused",
            f"Monext refuses a small session in {currency}: {created.code or 'without a code'}",
            setting=setting,
            advice="Look the code up at Monext: it tells which setting, or that the currency is not taken.",
        )
    else:
        yield ok(
            "live_session",
            f"Monext opens a session in {currency}; nobody pays it, and it ends",
            setting=setting,
        )


def request_of(settings: Settings, store: StoreSettings, *, currency: str) -> Json:
    """Return a request such as the bridge makes, with nothing about a person."""
    return {
        "pointOfSaleReference": store.point_of_sale,
        "paymentMethod": {"paymentMethodIDs": list(store.contracts.ids)},
        "payment": {"paymentType": "ONE_OFF", "capture": store.capture.value, "amount": SMALL},
        "order": {
            "reference": f"doctor-{secrets.token_hex(8)}",
            "amount": SMALL,
            "currency": currency,
            "origin": "E_COM",
        },
        "returnURL": f"{settings.public_url}/health",
    }
