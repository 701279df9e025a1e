"""Monext's Checkout REST API: sessions, transactions and acts on them (API description, version 1)."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from sandbox.monext import acts, answers, limits
from sandbox.monext.creation import create_session
from sandbox.monext.limits import Field
from sandbox.monext.platform import Platform, platform
from sandbox.monext.results import UNAUTHORIZED, ApiError, Result, result
from sandbox.monext.sessions import Session
from sandbox.monext.settings import Merchant
from sandbox.monext.transactions import Transaction
from sandbox.monext.validation import faults_of

api = Blueprint("api", __name__, url_prefix="/v1")


@api.before_request
def authenticate() -> Response | None:
    """HTTP Basic on every operation; a bad key is 401, or by switch the 200 that was seen in the wild."""
    merchant = platform().merchant(request.headers.get("Authorization", ""))
    if merchant:
        g.merchant = merchant
        return None
    answer = jsonify(UNAUTHORIZED.as_json())
    answer.status_code = 200 if platform().switches.unauthorized_as_200 else 401
    answer.headers["WWW-Authenticate"] = 'Basic realm="Monext"'
    return answer


@api.get("/checkout/alive")
def alive() -> Response:
    return Response("I'm alive", mimetype="text/plain")


@api.post("/checkout/payments/sessions")
@api.post("/checkout/sessions", endpoint="session_create_deprecated")
def session_create() -> tuple[Response, int]:
    body = read_body(limits.SESSION_FIELDS)
    base_url = platform().settings.public_url or request.host_url
    session = create_session(platform(), merchant=current_merchant(), body=body)
    answer = {
        "result": result("00000").as_json(),
        "sessionId": session.token,
        "redirectURL": f"{base_url.rstrip('/')}/v2/?token={session.token}",
    }
    return jsonify(answers.with_junk(answer, platform=platform())), 201


@api.get("/checkout/payments/sessions/<token>")
@api.get("/checkout/sessions/<token>", endpoint="session_get_deprecated")
def session_get(token: str) -> Response:
    """Reading a final result ends the notifications of this session."""
    session = own_session(platform(), token=token)
    if answers.told_result(session, platform=platform()).is_final:
        session.result_read = True
        platform().notifier.forget(token)
    answer = answers.session_json(session, platform=platform())
    return jsonify(answers.with_junk(answer, platform=platform()))


@api.get("/checkout/transactions/<transaction_id>")
def transaction_get(transaction_id: str) -> Response:
    """Reading a transaction ends the notifications about it."""
    transaction = own_transaction(platform(), transaction_id=transaction_id)
    if transaction.result.is_final:
        platform().notifier.forget(transaction.id)
    answer = answers.transaction_json(transaction, platform=platform())
    return jsonify(answers.with_junk(answer, platform=platform()))


@api.post("/checkout/transactions/<transaction_id>/<any(captures, refunds, cancels):kind>")
def transaction_act(transaction_id: str, kind: str) -> tuple[Response, int]:
    capture = kind == acts.CAPTURE
    body = read_body(limits.CAPTURE_FIELDS if capture else limits.ACTION_FIELDS)
    if "option" in body and not capture:
        raise ApiError(400, Result("ERROR", "02305", "option is known to captures only"))
    target = own_transaction(platform(), transaction_id=transaction_id)
    order = acts.Order(
        kind=kind,
        amount=body["amount"],
        option=body.get("option") or "STANDARD",
        comment=body.get("comment") or "",
        merchant_reference=body.get("merchantReference") or "",
        private_data=body.get("privateData") or {},
    )
    done = acts.act(platform(), target=target, order=order)
    if done.status >= 400:
        raise ApiError(done.status, done.result)
    return jsonify(answers.action_json(done.result, transaction=done.transaction)), done.status


def current_merchant() -> Merchant:
    merchant: Merchant = g.merchant
    return merchant


def own_session(state: Platform, *, token: str) -> Session:
    """The merchant's own session; another's and an unknown one are 404 alike."""
    session = state.sessions.get(token)
    if session is None or session.merchant_id != current_merchant().id:
        raise ApiError(404, result("02304"))
    return session


def own_transaction(state: Platform, *, transaction_id: str) -> Transaction:
    """The merchant's own transaction; another's and an unknown one are 404 alike."""
    transaction = state.transactions.get(transaction_id)
    if transaction is None or transaction.merchant_id != current_merchant().id:
        raise ApiError(404, result("02301"))
    return transaction


def read_body(fields: tuple[Field, ...]) -> dict[str, Any]:
    """The JSON object of the request, within the limits of `fields`."""
    if request.mimetype != "application/json":
        raise ApiError(415, Result("ERROR", "02305", "Content-Type must be application/json"))
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ApiError(400, Result("ERROR", "02305", "The body is not a JSON object"))
    faults = faults_of(body, fields=fields)
    if faults:
        raise ApiError(400, result("02305"), invalid=faults)
    return body


def answer_api_error(error: ApiError) -> tuple[Response, int]:
    return jsonify(error.as_json()), error.status


def answer_http_error(error: HTTPException) -> Response:
    """What the server turns down itself (404, 405 …) is a flat Result, as all errors of the API are."""
    answer = jsonify(Result("ERROR", "02101", str(error.name)[:255]).as_json())
    answer.status_code = error.code or 500
    answer.headers.extend({name: value for name, value in error.get_headers() if name == "Allow"})
    return answer
