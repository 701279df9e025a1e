"""Controls that play the buyer, the partners, the banks and the merchant's staff."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from sandbox.monext import acts, answers, buyer, cards
from sandbox.monext.backoffice import acts_by_hand
from sandbox.monext.control_input import number, read_json
from sandbox.monext.dump import session_dump
from sandbox.monext.platform import ScriptedAct, platform
from sandbox.monext.sessions import PAYABLE_STATES, Session, state_of
from sandbox.monext.settings import Contract
from sandbox.monext.transactions import Transaction

play = Blueprint("play", __name__, url_prefix="/_control")

_SCRIPT = ("act", "outcome", "status", "code", "says", "title", "times")
PLAYED = ("accepted", "refused", "pending", "risk")


@play.post("/sessions/<token>/pay")
def play_buyer(token: str) -> Response:
    """Plays the buyer. All members may be left out:

    "outcome": accepted (default), refused, cancelled, pending, risk or expired; "method": a contract of the
    session (the first); "code": another return code; "card": the card's number; "type", "amount",
    "currency": what the transaction says instead of what was asked; "notify": false tells nobody;
    "force": true pays a session that is closed. Else 409 for a session that can't be paid.

    "parts": pays by several methods at once, each with these members of its own, in the order in which the
    session lists them. Of each "amount" is asked for, and "ago" is for how many seconds it is over.
    """
    session, body = _session(token), read_json()
    outcome = body.get("outcome", "accepted")
    if state_of(session, now=platform().now) not in PAYABLE_STATES and not body.get("force"):
        raise Conflict("This session can't be paid any more, or waits for an answer.")
    if outcome == "cancelled":
        buyer.cancel(platform(), session=session, notify=body.get("notify", True))
    elif outcome == "expired":
        buyer.expire(platform(), session=session)
    elif outcome in PLAYED:
        _play_payment(session, body=body, outcome=outcome)
    else:
        raise BadRequest(f"outcome: one of {', '.join((*PLAYED, 'cancelled', 'expired'))}")
    return _session_answer(session)


@play.post("/sessions/<token>/resolve")
def resolve_session(token: str) -> Response:
    """{"outcome": "accepted" or "refused"} for the pending attempt of a session."""
    session, body = _session(token), read_json()
    if session.pending is None:
        raise Conflict("Nothing is pending in this session.")
    accepted = _accepted(body)
    notify = body.get("notify", True)
    buyer.resolve(platform(), transaction=session.pending, accepted=accepted, notify=notify)
    return _session_answer(session)


@play.post("/transactions/<transaction_id>/resolve")
def resolve_act(transaction_id: str) -> Response:
    """The end of a capture, refund or cancel that was taken with 202."""
    transaction = _transaction(transaction_id)
    if transaction.is_payment or transaction.status is not None:
        raise Conflict("This is not a pending act.")
    acts.finish(platform(), transaction=transaction, accepted=_accepted(read_json()))
    return jsonify(answers.row_json(transaction))


@play.post("/transactions/<transaction_id>/<any(captures, refunds, cancels):kind>")
def act_in_back_office(transaction_id: str, kind: str) -> Response:
    """{"amount": minor units}: what the merchant's staff does in Monext's back office."""
    amount = int(number(read_json(), name="amount"))
    done = acts_by_hand(_transaction(transaction_id), kind=kind, amount=amount)
    return jsonify(answers.action_json(done.result, transaction=done.transaction))


@play.get("/acts")
def scripted_acts() -> Response:
    """What waits for the next captures, refunds or cancels."""
    return jsonify({"acts": [asdict(each) for each in platform().scripted_acts if each.times]})


@play.post("/acts")
def script_acts() -> Response:
    """{"act"?, "outcome"?: accepted, refused or pending, "status"?, "code"?, "says"?, "title"?, "times"?}.

    "code" is that of a refusal; "says" and "title" are those of an answer which does not tell what happened. With
    a status of 400 and above the answer is a bare Result.
    """
    body = read_json()
    outcome, kind = body.get("outcome", "accepted"), body.get("act", "")
    if outcome not in ("accepted", "refused", "pending") or kind not in ("", *acts.KINDS):
        raise BadRequest("outcome: accepted, refused or pending; act: captures, refunds or cancels")
    if unknown := body.keys() - _SCRIPT:
        raise BadRequest(f"{', '.join(sorted(unknown))}: not known; there are {', '.join(_SCRIPT)}")
    status = int(number(body, name="status", default=202 if outcome == "pending" else 201))
    times = int(number(body, name="times", default=1))
    code, says, title = (str(body.get(name, "")) for name in ("code", "says", "title"))
    script = ScriptedAct(kind, outcome, status, code or "01100", times, says, title)
    platform().scripted_acts.append(script)
    return scripted_acts()


@play.delete("/acts")
def forget_scripts() -> tuple[str, int]:
    """Captures, refunds and cancels end as they do again."""
    platform().scripted_acts.clear()
    return "", 204


@play.post("/remit")
def remit() -> Response:
    """The daily batch goes to the bank: what is captured or refunded so far can no longer be cancelled."""
    sent = [each for each in platform().transactions.values() if each.status == "OK" and not each.remitted]
    for transaction in sent:
        transaction.remitted = True
    return jsonify({"remitted": len(sent)})


def _play_payment(session: Session, *, body: dict[str, Any], outcome: str) -> None:
    if not isinstance(body.get("parts", []), list):
        raise BadRequest("parts: a list")
    parts = [_part(session, body=part) for part in body.get("parts", [])]
    played = parts or [_payment(session, body=body, outcome=outcome)]
    buyer.pay_in_parts(platform(), session=session, parts=played, notify=body.get("notify", True))


def _part(session: Session, *, body: dict[str, Any]) -> buyer.Payment:
    outcome, requested = body.get("outcome", "accepted"), int(number(body, name="amount"))
    if outcome not in PLAYED:
        raise BadRequest(f"outcome of a part: one of {', '.join(PLAYED)}")
    ago = timedelta(seconds=number(body, name="ago", default=0))
    own = _payment(session, body={**body, "amount": None}, outcome=outcome)
    return replace(own, requested=requested, ago=ago)


def _payment(session: Session, *, body: dict[str, Any], outcome: str) -> buyer.Payment:
    contract = _contract(session, contract_id=body.get("method"))
    ending = buyer.outcome_result(outcome, contract=contract, code=str(body.get("code") or ""))
    card = cards.Card(str(body["card"]), expiry="1235", holder="") if body.get("card") else None
    return buyer.Payment(
        contract,
        ending,
        card=card,
        type=body.get("type"),
        amount=body.get("amount"),
        currency=body.get("currency"),
    )


def _contract(session: Session, *, contract_id: object) -> Contract:
    contract = session.contract(str(contract_id)) if contract_id else session.contracts[0]
    if contract is None:
        raise BadRequest("method: not a contract of this session")
    return contract


def _session(token: str) -> Session:
    session = platform().sessions.get(token)
    if session is None:
        raise NotFound("No session has this token.")
    return session


def _transaction(transaction_id: str) -> Transaction:
    transaction = platform().transactions.get(transaction_id)
    if transaction is None:
        raise NotFound("No transaction has this id.")
    return transaction


def _accepted(body: dict[str, Any]) -> bool:
    if body.get("outcome") not in ("accepted", "refused"):
        raise BadRequest("outcome: accepted or refused")
    return bool(body["outcome"] == "accepted")


def _session_answer(session: Session) -> Response:
    return jsonify(session_dump(session))
