"""The server behind the widget: `/services/token/{token}/…`, called from the shop's page, hence with CORS."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import NotFound

from sandbox.monext import buyer, card_payment, cards
from sandbox.monext.cards_to_try import cards_to_try
from sandbox.monext.hosted import bank_return_url, way_back
from sandbox.monext.money import as_read, digits_of
from sandbox.monext.platform import platform
from sandbox.monext.redirections import redirection_json
from sandbox.monext.sessions import CHOOSING_STATES, PAYABLE_STATES, Session, state_of
from sandbox.monext.settings import Contract, Kind
from sandbox.monext.words import language_of, method_name, told, words_in

widget_api = Blueprint("widget_api", __name__, url_prefix="/services/token/<token>")

_TOKEN_EXPIRED = {"type": "TOKEN_EXPIRED", "cancelUrl": "", "returnUrl": "", "info": {}, "tokenExpired": {}}
_MEMBERS = {
    "PAYMENT_METHODS_LIST": "paymentMethodsList",
    "PAYMENT_FAILURE_WITH_RETRY": "paymentMethodsList",
    "PAYMENT_REDIRECT_NO_RESPONSE": "paymentRedirectNoResponse",
    "ACTIVE_WAITING": "activeWaiting",
    "PAYMENT_SUCCESS": "paymentSuccess",
    "PAYMENT_FAILURE": "paymentFailure",
    "PAYMENT_CANCELED": "paymentCanceled",
    "PAYMENT_ONHOLD_PARTNER": "paymentOnholdPartner",
    "TOKEN_EXPIRED": "tokenExpired",
}


@widget_api.after_request
def allow_any_origin(answer: Response) -> Response:
    """The widget runs on every shop's page; it sends no cookie."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Allow-Headers"] = "Content-Type, Accept-Language, X-Widget-SDK"
    answer.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@widget_api.get("/state/current")
def current_state(token: str) -> Response:
    """The state to show; an unknown token looks like an expired one."""
    session = platform().sessions.get(token)
    return _answer(session) if session else jsonify({"token": token, **_words(None), **_TOKEN_EXPIRED})


@widget_api.post("/securedPaymentRequest")
def secured_payment(token: str) -> tuple[Response, int] | Response:
    session, body = _session(token), _body()
    contract = _contract(session, contract_id=body.get("contractNumber"), kinds=(Kind.CARD,))
    if not _payable(session):
        return _answer(session)
    form = {name: str(body.get(name) or "") for name in ("number", "expiry", "cvv", "holder")}
    card, faults = cards.read_card(**form, networks=contract.networks, now=platform().now)
    if card is None:
        return jsonify({"faults": told(faults, session=session)}), 400
    _note_page(session, body=body)
    card_payment.pay_by_card(
        platform(),
        session=session,
        contract=contract,
        card=card,
        notification_url=bank_return_url(session),
        method=True,
    )
    return _answer(session)


@widget_api.post("/paymentRequest")
def other_payment(token: str) -> Response:
    """Any method but a card: the answer's state says where the buyer goes, or that the phone rings."""
    session, body = _session(token), _body()
    kinds = (Kind.PARTNER, Kind.WALLET, Kind.PHONE)
    contract = _contract(session, contract_id=body.get("contractNumber"), kinds=kinds)
    if _payable(session):
        _note_page(session, body={} if contract.kind is Kind.PHONE else body)
        if contract.kind is Kind.PHONE:
            buyer.wait_for_phone(platform(), session=session, contract=contract)
        else:
            buyer.leave_for_partner(session, contract=contract)
    return _answer(session)


@widget_api.get("/cardCode/<code>/activewaiting/isDone")
def waiting_is_done(token: str, code: str) -> Response:
    """Whether the phone has answered; `code` is the method's instrument code."""
    session = _session(token)
    return jsonify(session.waiting is None or session.waiting.contract.code != code)


@widget_api.post("/redirection/continue")
def continue_after_method(token: str) -> Response:
    """The method of 3-D Secure is over, or its time is: what follows, perhaps the bank's challenge."""
    session = _session(token)
    card_payment.go_on(platform(), session=session)
    return _answer(session)


@widget_api.post("/redirection/abandon")
def abandon_redirection(token: str) -> Response:
    """The buyer came back from the bank or the partner without an answer, and chooses again."""
    session = _session(token)
    session.redirection = None
    return _answer(session)


@widget_api.post("/cancel")
def cancel(token: str) -> Response:
    session = _session(token)
    if _payable(session):
        buyer.cancel(platform(), session=session)
    return _answer(session)


@widget_api.post("/end")
def end_token(token: str) -> Response:
    """`Payline.Api.endToken()`: the session can't be paid any more."""
    session = _session(token)
    if _payable(session):
        session.redirection = None
        session.ended = True
    return _answer(session)


def state_json(session: Session) -> dict[str, Any]:
    """The widget's view of the session, with one member for its state, as the mobile SDKs read it."""
    state = _state(session)
    return {
        "token": session.token,
        "type": state,
        "cancelUrl": way_back(session),
        "returnUrl": way_back(session),
        "pointOfSale": session.point_of_sale.reference,
        **_words(session),
        "automaticRedirectAtSessionsEnd": platform().switches.automatic_redirect,
        "isSandbox": True,
        "info": _info(session),
        _MEMBERS[state]: _state_member(session, state=state),
    }


def _words(session: Session | None) -> dict[str, Any]:
    """The language as the mobile SDKs read it, and this widget's sentences in it."""
    language = language_of(session)
    return {"language": language.upper(), "words": words_in(language)}


def _state_member(session: Session, *, state: str) -> dict[str, Any]:
    if state in CHOOSING_STATES:
        methods = [_method(each, language=language_of(session)) for each in session.contracts]
        return {"methods": methods, "failure": session.failures[-1].result.detail if session.failures else ""}
    if state == "PAYMENT_REDIRECT_NO_RESPONSE" and session.redirection:
        return redirection_json(platform(), session=session, origin=request.host_url)
    if state == "ACTIVE_WAITING" and session.waiting:
        phone = f"{request.host_url}v2/?token={session.token}"
        return {"cardCode": session.waiting.contract.code, "mockUrl": phone}
    return {}


def _method(contract: Contract, *, language: str) -> dict[str, Any]:
    shown = {
        "contractNumber": contract.id,
        "cardCode": contract.code,
        "name": method_name(contract, language),
        "kind": contract.kind,
    }
    return {**shown, "cardsToTry": asdict(cards_to_try(contract))} if contract.kind is Kind.CARD else shown


def _info(session: Session) -> dict[str, Any]:
    amount, currency = session.amount, session.order["currency"]
    language = language_of(session)
    order_amount = session.order["amount"]
    return {
        "PaylineAmountSmallestUnit": amount,
        "PaylineCurrencyDigits": digits_of(currency),
        "PaylineCurrencyCode": currency,
        "PaylineFormattedAmount": as_read(amount, currency=currency, language=language),
        "PaylineFormattedOrderAmount": as_read(order_amount, currency=currency, language=language),
        "PaylineOrderAmountSmallestUnit": order_amount,
        "PaylineOrderRef": session.order["reference"],
        "PaylineOrderDate": session.order.get("date", session.created.isoformat(timespec="seconds")),
        "PaylineMerchantCountry": session.order.get("country", "FR"),
        "PaylineBuyerIp": request.remote_addr or "",
        "PaylineBuyerMobilePhone": session.request.get("buyer", {}).get("mobile", ""),
        "PaylineOrderDeliveryMode": session.request.get("delivery", {}).get("mode", ""),
        "PaylineOrderDeliveryTime": session.request.get("delivery", {}).get("timeframe", ""),
        "PaylineOrderDetails": session.order.get("items", []),
    }


def _note_page(session: Session, *, body: dict[str, Any]) -> None:
    """Where a redirect of this attempt comes back to."""
    page = str(body.get("pageUrl") or "")
    session.page_url = page if page.startswith(("http://", "https://")) else ""
    session.framed = bool(body.get("framed"))
    agent = request.headers.get("User-Agent", "")[:2048]
    session.device = {"type": "COMPUTER", "ip": request.remote_addr or "", "browserUserAgent": agent}


def _session(token: str) -> Session:
    session = platform().sessions.get(token)
    if session is None:
        raise NotFound("No payment has this token.")
    return session


def _contract(session: Session, *, contract_id: object, kinds: tuple[Kind, ...]) -> Contract:
    contract = session.contract(str(contract_id))
    if contract is None or contract.kind not in kinds:
        raise NotFound("This payment does not offer that method.")
    return contract


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _state(session: Session) -> str:
    return state_of(session, now=platform().now)


def _payable(session: Session) -> bool:
    return _state(session) in PAYABLE_STATES


def _answer(session: Session) -> Response:
    return jsonify(state_json(session))
