"""What the buyer does in a session, whether on the hosted page, in the widget, or played by a test."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sandbox.monext import cards
from sandbox.monext.cards import Card
from sandbox.monext.platform import Platform
from sandbox.monext.results import ACCEPTED, Result, result
from sandbox.monext.sessions import Redirection, Session
from sandbox.monext.settings import Contract, Kind
from sandbox.monext.transactions import Transaction

DUPLICATE_AGE = timedelta(hours=24)
CARD_FOLLOWS_AFTER = timedelta(seconds=1)
VOUCHER = Contract("VOUCHER", "CONECS", "Meal voucher", Kind.PARTNER, captures_at_once=True)
OUTCOME_CODES = {"accepted": "00000", "pending": "02016", "risk": "04003"}


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt as it ends. What is None is as the session asks; amounts in minor units.

    `requested` is what this method was asked for, `amount` what the bank gave. `ago`: how long it is over.
    """

    contract: Contract
    outcome: Result
    card: Card | None = None
    authenticated: bool = False
    type: str | None = None
    requested: int | None = None
    amount: int | None = None
    currency: str | None = None
    ago: timedelta = timedelta(0)


def outcome_result(outcome: str, *, contract: Contract, code: str = "") -> Result:
    """The result of `accepted`, `refused`, `pending` or `risk`; `code` names another of the same sort."""
    refused = "02020" if contract.kind is not Kind.CARD else "01100"
    titles = {"accepted": "ACCEPTED", "pending": "ONHOLD_PARTNER", "risk": "PENDING_RISK"}
    return result(code or OUTCOME_CODES.get(outcome, refused), title=titles.get(outcome, "REFUSED"))


def pay(platform: Platform, *, session: Session, payment: Payment, notify: bool = True) -> Transaction:
    """Book the attempt and tell the merchant. An order reference paid in the last 24 hours is a duplicate."""
    return pay_in_parts(platform, session=session, parts=(payment,), notify=notify)[0]


def pay_in_parts(
    platform: Platform, *, session: Session, parts: Sequence[Payment], notify: bool = True
) -> list[Transaction]:
    """Book each part of a payment in the order in which the session lists them, and tell the merchant once."""
    session.redirection = session.waiting = None
    session.result_read = False
    duplicate = _duplicate(platform, session=session)
    booked = [_booked(platform, session=session, payment=part, duplicate=duplicate) for part in parts]
    session.attempts.extend(booked)
    if notify:
        tell(platform, session=session)
    return booked


def leave_for_partner(session: Session, *, contract: Contract) -> None:
    """The widget sends the buyer to the partner's own page."""
    session.redirection = Redirection(contract)


def answer_partner(platform: Platform, *, session: Session, contract: Contract, outcome: str) -> None:
    """What the buyer does at the partner's: accepted, refused, pending or cancelled."""
    if outcome == "cancelled":
        cancel(platform, session=session)
        return
    ending = outcome_result(outcome, contract=contract)
    pay(platform, session=session, payment=Payment(contract, ending))


def wait_for_phone(platform: Platform, *, session: Session, contract: Contract) -> None:
    """MB WAY has sent its request to the phone: on hold until the buyer answers there."""
    payment = Payment(contract, result("02000"))
    session.waiting = pay(platform, session=session, payment=payment, notify=False)


def answer_phone(platform: Platform, *, session: Session, outcome: str) -> None:
    """The buyer approves or refuses on the phone, or leaves the page with the request unanswered."""
    waiting, session.waiting = session.waiting, None
    if waiting is None:
        return
    if outcome == "pending":
        tell(platform, session=session)
    else:
        resolve(platform, transaction=waiting, accepted=outcome == "accepted")


def resolve(platform: Platform, *, transaction: Transaction, accepted: bool, notify: bool = True) -> None:
    """A pending attempt gets its end, and the merchant is told once more: of a validation by hand as of a TRS."""
    session = platform.sessions[transaction.token]
    by_hand = transaction.result.title == "PENDING_RISK"
    session.waiting = None
    transaction.result = ACCEPTED if accepted else result("02020")
    if transaction.type == "ORDER":
        transaction.type = _type_of(session, contract=transaction.contract)
    if accepted:
        _authorize(transaction)
    session.result_read = False
    if notify:
        tell(platform, session=session, decided=transaction if by_hand else None)


def cancel(platform: Platform, *, session: Session, notify: bool = True) -> None:
    """The buyer gives up."""
    session.redirection = None
    session.cancelled = True
    if notify and platform.switches.notify_on_cancel:
        tell(platform, session=session)


def expire(platform: Platform, *, session: Session) -> None:
    """The session's time is over now. Nobody is told."""
    session.redirection = None
    session.expires = min(session.expires, platform.now)


def tell(platform: Platform, *, session: Session, decided: Transaction | None = None) -> None:
    """Notify the merchant of the session's result, unless it was read already or there is no address.

    `decided`: a transaction that was at risk, and that somebody has decided on. It is told by its id (type TRS).
    The switches may say otherwise.
    """
    url, switches = session.request.get("notificationURL"), platform.switches
    if not url or session.result_read:
        return
    about = decided.id if decided else session.token
    says = {"notificationType": switches.notification_type or ("TRS" if decided else "WEBTRS")}
    names = switches.notification_names or ("transactionId" if decided else "token")
    if "token" in names:
        says["token"] = session.token
    if "transactionId" in names and session.attempts:
        says["transactionId"] = decided.id if decided else session.attempts[-1].id
    platform.notifier.schedule(url, says=says, about=about, method=switches.notification_method)


def _duplicate(platform: Platform, *, session: Session) -> Result | None:
    if not platform.switches.detect_duplicates:
        return None
    attempts = _like(platform, session=session)
    recent = [each for each in attempts if each.status != "KO" and platform.now - each.date < DUPLICATE_AGE]
    if not recent:
        return None
    return result("02001" if any(attempt.status == "OK" for attempt in recent) else "02002")


def _like(platform: Platform, *, session: Session) -> list[Transaction]:
    """What the detection compares: attempts of the same order, or by switch of the same amount."""
    if not platform.switches.duplicates_by_card:
        return list(platform.attempts_on(session.order["reference"], merchant_id=session.merchant_id))
    every = platform.transactions.values()
    return [each for each in every if each.is_payment and each.amount == session.amount]


def _type_of(session: Session, *, contract: Contract) -> str:
    if session.request.get("payment", {}).get("paymentType") == "ACCOUNT_VERIFICATION":
        return "ACCOUNT_VERIFICATION"
    if contract.captures_at_once or session.capture == "AUTOMATIC":
        return "AUTHORIZATION_AND_CAPTURE"
    return "AUTHORIZATION"


def with_voucher(session: Session, payment: Payment) -> Sequence[Payment]:
    """What a card pays, newest first: the card with a meal voucher pays only the rest."""
    voucher = session.amount // 2
    if payment.card is None or payment.card.number != cards.VOUCHER_CARD or voucher == 0:
        return (payment,)
    complement = None if session.capture == "MANUAL" else "AUTHORIZATION_AND_CAPTURE_COMPLEMENT"
    rest = replace(payment, type=complement, requested=session.amount - voucher)
    return rest, Payment(VOUCHER, payment.outcome, requested=voucher, ago=CARD_FOLLOWS_AFTER)


def _booked(
    platform: Platform, *, session: Session, payment: Payment, duplicate: Result | None
) -> Transaction:
    accepted = payment.outcome.title == "ACCEPTED"
    outcome = duplicate if duplicate and accepted else payment.outcome
    return platform.add(_transaction(platform, session=session, payment=payment, outcome=outcome))


def _transaction(platform: Platform, *, session: Session, payment: Payment, outcome: Result) -> Transaction:
    transaction_id = platform.new_id()
    contract = payment.contract
    ordered = contract.code == "PAYPAL" and not outcome.is_final
    played = cards.example(contract.networks) if contract.kind in (Kind.CARD, Kind.WALLET) else None
    booked = Transaction(
        id=transaction_id,
        type=payment.type or ("ORDER" if ordered else _type_of(session, contract=contract)),
        amount=session.amount if payment.requested is None else payment.requested,
        currency=payment.currency or session.order["currency"],
        date=platform.now - payment.ago,
        result=outcome,
        payment_id=transaction_id,
        origin_id=transaction_id,
        token=session.token,
        merchant_id=session.merchant_id,
        contract=contract,
        authorized=_given(platform, payment=payment),
        card=payment.card or played,
        authenticated=payment.authenticated,
        private_data=dict(session.request.get("privateData", {})),
    )
    if outcome.title == "ACCEPTED":
        _authorize(booked)
    return booked


def _given(platform: Platform, *, payment: Payment) -> int | None:
    """What the bank gave. The field is not used yet, so that it may be a 0 that says nothing."""
    said_nothing = 0 if platform.switches.zero_authorized_amount else None
    return said_nothing if payment.amount is None else payment.amount


def _authorize(transaction: Transaction) -> None:
    transaction.authorization_number = f"A{secrets.randbelow(10**5):05d}"
