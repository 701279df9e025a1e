"""The hosted payment page: server-rendered, without a script. Every form posts and comes back by redirect."""

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from sandbox.monext import buyer, card_payment, cards
from sandbox.monext.cards_to_try import cards_to_try
from sandbox.monext.platform import platform
from sandbox.monext.sessions import (
    FINAL_STATES,
    PAYABLE_STATES,
    Session,
    page_return_url,
    return_url,
    state_of,
)
from sandbox.monext.settings import Contract, Kind
from sandbox.monext.words import told

hosted = Blueprint("hosted", __name__)

OUTCOMES = ("accepted", "refused", "pending", "cancelled")


@hosted.after_request
def never_store(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


@hosted.get("/v2/", strict_slashes=False)
def payment_page() -> str | AnyResponse:
    """The page of the session's state; `method` opens that method's form."""
    session = asked_session()
    _note_device(session)
    state = _state(session)
    if state == "PAYMENT_SUCCESS" and platform().switches.automatic_redirect:
        return redirect(way_back(session))
    if state == "ACTIVE_WAITING":
        return render_template("monext/waiting.html", session=session)
    if state == "PAYMENT_REDIRECT_NO_RESPONSE" and session.redirection and session.redirection.card:
        return redirect(f"/3ds/challenge?token={session.token}")
    if state in FINAL_STATES:
        return render_template("monext/end.html", session=session, state=state, back=way_back(session))
    chosen = session.contract(request.args.get("method", ""))
    return _form(session, contract=chosen) if chosen else _list(session, state=state)


@hosted.post("/v2/card")
def card_form() -> str | AnyResponse:
    session, contract = asked_session(), _contract(Kind.CARD)
    if not _payable(session):
        return onward(session)
    form = {name: request.form.get(name, "") for name in ("number", "expiry", "cvv", "holder")}
    card, faults = cards.read_card(**form, networks=contract.networks, now=platform().now)
    if card is None:
        return _form(session, contract=contract, faults=faults, form=form)
    card_payment.pay_by_card(
        platform(),
        session=session,
        contract=contract,
        card=card,
        notification_url=bank_return_url(session),
        method=False,
    )
    return onward(session)


@hosted.post("/v2/partner")
def partner_form() -> AnyResponse:
    session, contract = asked_session(), _contract(Kind.PARTNER, Kind.WALLET)
    outcome = request.form.get("outcome", "")
    if outcome in OUTCOMES and _payable(session):
        buyer.answer_partner(platform(), session=session, contract=contract, outcome=outcome)
    return onward(session)


@hosted.post("/v2/phone")
def phone_form() -> AnyResponse:
    session, contract = asked_session(), _contract(Kind.PHONE)
    if _payable(session):
        buyer.wait_for_phone(platform(), session=session, contract=contract)
    return onward(session)


@hosted.post("/v2/phone/answer")
def phone_answer() -> AnyResponse:
    """What the buyer presses on the phone; also the way to leave the request unanswered."""
    session = asked_session()
    if request.form.get("outcome") in ("accepted", "refused", "pending"):
        buyer.answer_phone(platform(), session=session, outcome=request.form["outcome"])
    return onward(session)


@hosted.post("/v2/cancel")
def cancel() -> AnyResponse:
    session = asked_session()
    if _payable(session):
        buyer.cancel(platform(), session=session)
    return redirect(way_back(session))


@hosted.post("/v2/expire")
def expire() -> AnyResponse:
    session = asked_session()
    if _payable(session):
        buyer.expire(platform(), session=session)
    return onward(session)


@hosted.get("/v2/done")
def framed_end() -> str:
    """What the widget's frame shows once the partner or the bank is done; the widget moves on by itself."""
    return render_template("monext/done.html", session=asked_session())


def way_back(session: Session) -> str:
    """Where the shop takes over."""
    return return_url(session, parameter=platform().switches.session_id_parameter_name)


def onward(session: Session) -> AnyResponse:
    """The next page: in a frame its end, for a widget's redirect the shop, else the hosted page."""
    if _state(session) == "PAYMENT_REDIRECT_NO_RESPONSE" and session.redirection and session.redirection.card:
        return redirect(f"/3ds/challenge?token={session.token}", 303)
    if session.framed:
        return redirect(f"/v2/done?token={session.token}", 303)
    if session.page_url:
        to_page = platform().switches.return_to_page
        return redirect(page_return_url(session) if to_page else way_back(session), 303)
    return redirect(f"/v2/?token={session.token}", 303)


def bank_return_url(session: Session) -> str:
    """Where the bank sends the browser after 3-D Secure."""
    return f"{request.host_url}3ds/return?token={session.token}"


def asked_session() -> Session:
    session = platform().sessions.get(request.args.get("token", ""))
    if session is None:
        raise NotFound("No payment has this token.")
    return session


def _contract(*kinds: Kind) -> Contract:
    contract = asked_session().contract(request.form.get("method", ""))
    if contract is None or contract.kind not in kinds:
        raise NotFound("This payment does not offer that method.")
    return contract


def _state(session: Session) -> str:
    return state_of(session, now=platform().now)


def _payable(session: Session) -> bool:
    return _state(session) in PAYABLE_STATES


def _note_device(session: Session) -> None:
    agent = request.headers.get("User-Agent", "")[:2048]
    session.device = {"type": "COMPUTER", "ip": request.remote_addr or "", "browserUserAgent": agent}


def _list(session: Session, *, state: str) -> str:
    return render_template("monext/methods.html", session=session, state=state)


def _form(
    session: Session,
    *,
    contract: Contract,
    faults: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
) -> str:
    return render_template(
        f"monext/{contract.kind}.html",
        session=session,
        contract=contract,
        faults=told(faults or {}, session=session),
        form=form or {},
        cards=cards_to_try(contract) if contract.kind is Kind.CARD else None,
    )
