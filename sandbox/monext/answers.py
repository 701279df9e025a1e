"""The JSON of Monext's answers (schemas SessionDetailResponse, Transaction{Detail,Action}Response)."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sandbox.monext.platform import Platform
from sandbox.monext.results import Result, result
from sandbox.monext.sessions import Session, result_of
from sandbox.monext.settings import Kind
from sandbox.monext.transactions import Transaction

_ITEM_TEXTS = ("comment", "brand", "category", "subCategory1", "subCategory2", "seller")
_JUNK_EVERY = 3


def moment(when: datetime) -> str:
    """As Monext writes dates: milliseconds and `+00:00`."""
    return when.isoformat(timespec="milliseconds")


def told_result(session: Session, *, platform: Platform) -> Result:
    """What a session says of itself: its result, or the title and code that were ordered."""
    own, switches = result_of(session, now=platform.now), platform.switches
    if not switches.session_title and not switches.session_code:
        return own
    said = result(switches.session_code or own.code, title=own.title)
    return replace(said, title=switches.session_title or said.title)


def session_json(session: Session, *, platform: Platform) -> dict[str, Any]:
    """What GET session answers. Members that hold nothing are left out."""
    outcome = told_result(session, platform=platform)
    if platform.switches.flat_results and outcome.title != "ACCEPTED":
        return dict(outcome.as_json())
    told = session.attempts if platform.switches.session_transactions else []
    attempts = [payment_json(attempt, session=session) for attempt in told]
    body = {
        "result": outcome.as_json(),
        "transactions": attempts,
        **_context(session),
        "privateData": session.request.get("privateData", {}),
    }
    kept = {name: member for name, member in body.items() if member or name == "privateData"}
    return _with_currencies(kept, platform=platform)


def transaction_json(transaction: Transaction, *, platform: Platform) -> dict[str, Any]:
    """What GET transaction answers, for an attempt and for any act on one."""
    session = platform.sessions[transaction.token]
    shown = payment_json(transaction, session=session) if transaction.is_payment else act_json(transaction)
    body = {
        "result": transaction.result.as_json(),
        "transaction": shown,
        **{name: member for name, member in _context(session).items() if member},
        "privateData": transaction.private_data if platform.switches.echo_private_data else {},
    }
    if platform.switches.ledger != "absent":
        rows = platform.family(transaction) if platform.switches.ledger == "listed" else []
        body["associatedTransactions"] = [row_json(member) for member in rows]
    return _with_currencies(body, platform=platform)


def action_json(outcome: Result, *, transaction: Transaction | None) -> dict[str, Any]:
    """What a capture, refund or cancel answers: id, date and type of the act, never an amount."""
    body: dict[str, Any] = {"result": outcome.as_json()}
    if transaction:
        body["transaction"] = {
            "id": transaction.id,
            "date": moment(transaction.date),
            "type": transaction.type,
        }
    return body


def with_junk(body: dict[str, Any], *, platform: Platform) -> dict[str, Any]:
    """Now and then a member that no page mentions, as real answers have."""
    platform.answers_given += 1
    if not platform.switches.junk_members or platform.answers_given % _JUNK_EVERY:
        return body
    return {**body, f"_{secrets.token_hex(4)}": secrets.token_hex(3)}


def act_json(transaction: Transaction) -> dict[str, Any]:
    """An act as the `transaction` of GET transaction."""
    return {
        "id": transaction.id,
        "date": moment(transaction.date),
        "type": transaction.type,
        "requestedAmount": transaction.amount,
        "currency": transaction.currency,
        "paymentMethodId": transaction.contract.id,
    }


def payment_json(transaction: Transaction, *, session: Session) -> dict[str, Any]:
    """An attempt, as in `transactions` of a session and as `transaction` of GET transaction."""
    payment = session.request.get("payment", {})
    body: dict[str, Any] = {
        **act_json(transaction),
        "paymentType": payment.get("paymentType", "ONE_OFF"),
        "capture": session.capture,
        "paymentInstrumentData": _instrument_json(transaction),
    }
    if transaction.contract.kind is Kind.WALLET:
        body["externalWallet"] = transaction.contract.code
    if transaction.result.title == "ACCEPTED":
        given = transaction.authorized
        body["authorizedAmount"] = transaction.amount if given is None else given
        body["partnerReturnedData"] = _partner_json(transaction)
    if transaction.authenticated:
        body["authenticationResultData"] = {
            "eci": "05",
            "effectiveAuthType": "CH",
            "transStatus": "Y",
            "messageVersion": "2.2.0",
            "liabilityShift": True,
        }
    if transaction.result.title == "PENDING_RISK":
        body["fraud"] = {"riskDetected": True, "action": "REVIEW", "code": transaction.result.code}
    return body


def row_json(transaction: Transaction) -> dict[str, Any]:
    """A line of `associatedTransactions`; without `status` while it is under way."""
    status = {"status": transaction.status} if transaction.status else {}
    return {
        "id": transaction.id,
        "type": transaction.type,
        "date": moment(transaction.date),
        "amount": transaction.settled_amount,
        **status,
        "originTransactionId": transaction.origin_id,
    }


def _with_currencies(body: dict[str, Any], *, platform: Platform) -> dict[str, Any]:
    """The same answer, its currencies in small letters where that is ordered."""
    if not platform.switches.lowercase_currency:
        return body
    return {name: _lowered(name, member) for name, member in body.items()}


def _lowered(name: str, member: Any) -> Any:
    match member:
        case dict():
            return {inner: _lowered(inner, value) for inner, value in member.items()}
        case list():
            return [_lowered(name, element) for element in member]
        case str() if name == "currency":
            return member.lower()
        case _:
            return member


def _partner_json(transaction: Transaction) -> dict[str, str]:
    return {
        "authorizationNumber": transaction.authorization_number,
        "authorizationDate": moment(transaction.date),
        "issuerTransactionId": f"0000{transaction.id}",
    }


def _instrument_json(transaction: Transaction) -> dict[str, Any]:
    contract, card = transaction.contract, transaction.card
    if card is None:
        kind = {"code": contract.code, "name": contract.name}
        return {"usedPaymentInstrument": "UsedAlternativePaymentMethod", "paymentInstrumentType": kind}
    selected, network = card.network
    wallet = contract.kind is Kind.WALLET
    return {
        "usedPaymentInstrument": "UsedCard",
        "paymentInstrumentType": {"code": "CB" if wallet else contract.code},
        **({"holderName": card.holder} if card.holder else {}),
        "expirationDate": card.expiry,
        "mxToken": card.number[:6] + f"Hq{transaction.id[-4:]}" + card.number[-4:],
        "maskedNumber": card.masked,
        "panType": "DEVICE_TOKEN" if wallet else "CARD_PAN",
        "country": "FR",
        "selectedNetwork": selected,
        "network": network,
    }


def _ordered(session: Session) -> datetime:
    given = session.order.get("date")
    return datetime.fromisoformat(given).astimezone(UTC) if given else session.created


def _context(session: Session) -> dict[str, Any]:
    order = {
        **session.order,
        "date": moment(_ordered(session)),
        "origin": session.order.get("origin", "E_COM"),
        "country": session.order.get("country", "FR"),
    }
    if session.order.get("items"):
        order["items"] = [{**dict.fromkeys(_ITEM_TEXTS, ""), **item} for item in session.order["items"]]
    return {
        "order": order,
        "buyer": session.request.get("buyer"),
        "delivery": session.request.get("delivery"),
        "device": session.device,
    }
