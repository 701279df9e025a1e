"""Builds answers of Monext, as its OpenAPI description and its plugins show them."""

from __future__ import annotations

from typing import Any

from tests.builders import PAYMENT_ID, TOKEN

Json = dict[str, Any]

ACCEPTED = {"title": "ACCEPTED", "code": "00000", "detail": "Transaction approved"}


def a_result(title: str = "ACCEPTED", code: str = "00000", detail: str = "Transaction approved") -> Json:
    return {"title": title, "code": code, "detail": detail}


def a_monext_transaction(**changes: Any) -> Json:
    values: Json = {
        "id": "28d1a4f0112233",
        "date": "2026-11-23T10:01:33.000+00:00",
        "type": "AUTHORIZATION_AND_CAPTURE",
        "paymentMethodId": "CB_FR",
        "requestedAmount": 11100,
        "authorizedAmount": 11100,
        "currency": "EUR",
        "paymentInstrumentData": {
            "usedPaymentInstrument": "UsedCard",
            "paymentInstrumentType": {"code": "CB"},
        },
        "partnerReturnedData": {"authorizationNumber": "A55A"},
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def a_session_answer(*transactions: Json, **changes: Any) -> Json:
    """A session that was paid, unless `changes` say something else."""
    values: Json = {
        "result": ACCEPTED,
        "transactions": list(transactions or (a_monext_transaction(),)),
        "order": {"reference": "MABCDEFGHIJKL", "amount": 11100, "currency": "EUR"},
        "privateData": {"commercetoolsPaymentID": PAYMENT_ID},
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def a_session_created_answer(**changes: Any) -> Json:
    values: Json = {
        "result": ACCEPTED,
        "sessionId": TOKEN,
        "redirectURL": f"https://homologation-webpayment.payline.com/v2/?token={TOKEN}",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def an_operation_answer(title: str = "ACCEPTED", code: str = "00000") -> Json:
    done = {"id": "12345678901234", "date": "2026-11-24T09:00:00.000+00:00", "type": "CAPTURE"}
    return {"result": a_result(title, code), "transaction": done}


def a_row(**changes: Any) -> Json:
    values: Json = {
        "id": "28d1a4f0112233",
        "type": "AUTHORIZATION",
        "date": "2026-11-23T10:01:33.000+00:00",
        "amount": 11100,
        "status": "OK",
        "originTransactionId": "28d1a4f0112233",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}
