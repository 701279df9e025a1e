"""Checks each store's merchant at Monext: its keys, the point of sale, and the contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import SecretStr

from monext_bridge.config import MonextCredentials, PaymentMethod, Settings, StoreSettings
from monext_bridge.domain.ids import SessionToken
from monext_bridge.errors import RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.http import HttpAnswer
from monext_bridge.gateways.monext import UNAUTHORIZED, MonextGateway
from monext_bridge.mapping.monext import method_of_instrument
from monext_bridge.services.doctor.examination import Examination
from monext_bridge.services.doctor.findings import Diagnosis, fault, ok, skipped, warning
from monext_bridge.services.doctor.patient import at_store

NO_SESSION = SessionToken("00000000000000000000")
"""A token that no session has. Reading it changes nothing, and tells whether the key is taken."""

KEY, POINT_OF_SALE, CONTRACTS = "MONEXT_API_KEY", "MONEXT_POINT_OF_SALE_REF", "MONEXT_PAYMENT_METHOD_IDS"
FALLBACKS = "MONEXT_FALLBACK_METHOD_IDS"


def merchant_checks(settings: Settings) -> Iterator[Examination]:
    for store in settings.stores():
        yield Examination(
            f"keys of {_named(store)} at Monext",
            lambda store=store: merchant_keys(store),  # type: ignore[misc]
            setting=at_store(KEY, store),
        )
        yield Examination(
            f"point of sale of {_named(store)}",
            lambda store=store: point_of_sale(store),  # type: ignore[misc]
            setting=at_store(POINT_OF_SALE, store),
        )


def merchant_keys(store: StoreSettings) -> Iterator[Diagnosis]:
    """Read something with each key alone. One of several that is refused is worth a warning, all a fault."""
    keys = store.credentials.api_keys
    verdicts = [_verdict(store.credentials, key) for key in keys]
    taken = "taken" in verdicts
    for place, verdict in enumerate(verdicts, start=1):
        which = f"Key {place} of {len(keys)}" if len(keys) > 1 else "The key"
        yield _of_key(store, f"{which} of {_named(store)}", verdict, another_is_taken=taken)


def _verdict(credentials: MonextCredentials, key: SecretStr) -> str:
    try:
        answer = MonextGateway().get_session(replace(credentials, api_keys=(key,)), NO_SESSION)
    except RemoteUnreachable:
        return "not reached"
    except RemoteUnavailable:
        return "no answer"
    return _judged(answer)


def _judged(answer: HttpAnswer) -> str:
    if answer.status in (401, 403) or _title(answer) == UNAUTHORIZED:
        return "refused"
    return "no answer" if answer.status >= 500 or not isinstance(answer.body, dict) else "taken"


def _title(answer: HttpAnswer) -> object:
    body = answer.body if isinstance(answer.body, Mapping) else {}
    inner = body.get("result")
    return inner.get("title") if isinstance(inner, Mapping) else body.get("title")


def _of_key(store: StoreSettings, which: str, verdict: str, *, another_is_taken: bool) -> Diagnosis:
    setting = at_store(KEY, store)
    if verdict == "taken":
        return ok("monext_key_accepted", f"{which} is accepted", setting=setting)
    if verdict == "not reached":
        return skipped("monext_key_not_asked", f"{which}: Monext is not reached", setting=setting)
    if verdict == "no answer":
        advice = "See Monext's status page, and whether MONEXT_API_URL is right."
        return fault(
            "monext_no_usable_answer",
            f"{which}: Monext gave no usable answer",
            setting=setting,
            advice=advice,
            outside=True,
        )
    if another_is_taken:
        advice = "Take it out of the list, unless it is new and not active yet."
        return warning("monext_key_refused", f"{which} is refused", setting=setting, advice=advice)
    advice = "Copy it again from Monext's back office: base64 of merchantId:accessKey. See also MONEXT_ENVIRONMENT."
    return fault("monext_key_refused", f"{which} is refused", setting=setting, advice=advice)


def point_of_sale(store: StoreSettings) -> Iterator[Diagnosis]:
    """Look the point of sale up in the Merchant API, and then each contract. Without that API, warn."""
    gateway, setting = MonextGateway(), at_store(POINT_OF_SALE, store)
    try:
        answer = gateway.get_point_of_sale(store.credentials, store.point_of_sale)
        if answer.status == 404 and gateway.get_points_of_sale(store.credentials).status == 200:
            yield fault(
                "point_of_sale_unknown",
                f"Monext knows no point of sale {store.point_of_sale} of this merchant",
                setting=setting,
                advice="Copy its reference from Monext's back office; see also MONEXT_ENVIRONMENT.",
            )
        elif answer.status != 200 or not _is_json(answer, "pointOfSale"):
            yield from _without_merchant_api(store, answer)
        else:
            yield ok("point_of_sale", f"Point of sale {store.point_of_sale} is there", setting=setting)
            yield from _contracts(gateway, store)
    except RemoteUnavailable:
        yield skipped("point_of_sale_not_asked", "Monext is not reached, or does not answer", setting=setting)


def _without_merchant_api(store: StoreSettings, answer: HttpAnswer) -> Iterator[Diagnosis]:
    setting = at_store(POINT_OF_SALE, store)
    if answer.status == 401 or _title(answer) == UNAUTHORIZED:
        yield skipped(
            "point_of_sale_not_asked",
            "The point of sale is not looked up: the key is refused",
            setting=setting,
        )
        return
    yield warning(
        "merchant_api_closed",
        f"The key does not open Monext's Merchant API ({answer.status}), so point of sale and contracts are not "
        "looked up",
        setting=setting,
        advice="Ask Monext to open it to this key, or make a small session with --live, which needs both.",
    )


def _contracts(gateway: MonextGateway, store: StoreSettings) -> Iterator[Diagnosis]:
    wanted = [(CONTRACTS, each) for each in store.contracts.ids]
    wanted += [(FALLBACKS, each) for each in store.wishes.fallback_method_ids]
    missing = 0
    for name, number in wanted:
        answer = gateway.get_contract(store.credentials, store.point_of_sale, number)
        if answer.status == 404:
            missing += 1
            yield fault(
                "contract_unknown",
                f"Point of sale {store.point_of_sale} has no contract {number}",
                setting=at_store(name, store),
                advice="Copy the number from Monext's back office, or take it out: sessions with it are refused.",
            )
        elif answer.status == 200 and name == CONTRACTS:
            yield from _of_another_method(store, number, answer)
    if not missing:
        what = (
            f"Every contract that is set is there ({len(wanted)})"
            if wanted
            else "All contracts of the point of sale are offered"
        )
        yield ok("contracts", what, setting=at_store(CONTRACTS, store))


def _of_another_method(store: StoreSettings, number: str, answer: HttpAnswer) -> Iterator[Diagnosis]:
    """Compare the method under which a contract is set with what Monext says of it, where both are known."""
    said = _instrument(answer)
    known = method_of_instrument(said)
    named = [method for method, each in store.contracts.by_method.items() if each == number]
    if known and named and PaymentMethod(known) not in named and not _are_cards(known, named):
        yield warning(
            "contract_of_another_method",
            f"Contract {number} stands under {named[0]}, and Monext calls it {said}",
            setting=at_store(CONTRACTS, store),
            advice="See whether two numbers were exchanged: buyers would be shown the wrong method.",
        )


CARDS = frozenset({"CB", "VISA", "MASTERCARD", "AMEX", "APPLE_PAY", "GOOGLE_PAY"})
"""Methods that one contract of cards may serve alike."""


def _are_cards(known: str, named: list[PaymentMethod]) -> bool:
    return known in CARDS and all(each in CARDS for each in named)


def _instrument(answer: HttpAnswer) -> str:
    body = answer.body if isinstance(answer.body, Mapping) else {}
    method = body.get("paymentMethod")
    kind = method.get("paymentInstrumentType") if isinstance(method, Mapping) else None
    code = kind.get("code") if isinstance(kind, Mapping) else None
    return code if isinstance(code, str) and code.isascii() and len(code) <= 40 else ""


def _is_json(answer: HttpAnswer, member: str) -> bool:
    return isinstance(answer.body, Mapping) and isinstance(answer.body.get(member), Mapping)


def _named(store: StoreSettings) -> str:
    return f"store {store.store_key}" if store.store_key else "all stores"
