"""What the sandbox knows of a session and a transaction, for the controls."""

from typing import Any

from sandbox.monext import answers
from sandbox.monext.platform import platform
from sandbox.monext.sessions import Session, result_of, state_of
from sandbox.monext.transactions import Transaction


def session_dump(session: Session) -> dict[str, Any]:
    return {
        "token": session.token,
        "merchant": session.merchant_id,
        "state": state_of(session, now=platform().now),
        "result": result_of(session, now=platform().now).as_json(),
        "request": session.request,
        "expires": answers.moment(session.expires),
        "resultRead": session.result_read,
        "transactions": [attempt.id for attempt in session.attempts],
    }


def transaction_dump(each: Transaction) -> dict[str, Any]:
    return {
        **answers.row_json(each),
        "token": each.token,
        "currency": each.currency,
        "result": each.result.as_json(),
        "merchantReference": each.merchant_reference,
        "privateData": each.private_data,
        "comment": each.comment,
        "remitted": each.remitted,
    }
