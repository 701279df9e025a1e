"""The bank's pages as one WSGI application: the method, the challenge, and the way back to the merchant's server."""

from typing import cast

from flask import Blueprint, Flask, Response, current_app, render_template, request

from sandbox.bank.authentication import Bank, read_method
from sandbox.bank.messages import Refusal, written
from sandbox.bank.scenarios import Scenario

pages = Blueprint("bank", __name__)


def create_app(bank: Bank | None = None) -> Flask:
    """A server for this bank, or for one of its own."""
    app = Flask(__name__)
    app.extensions["bank"] = bank or Bank()
    app.register_blueprint(pages)
    app.register_error_handler(Refusal, refuse)
    app.after_request(_never_store)
    return app


@pages.get("/")
def index() -> str:
    return render_template("bank/index.html")


@pages.post("/acs/3ds-method")
def method() -> str:
    """Looks at the browser, and then has the frame report to the merchant's server that it has."""
    transaction, url = read_method(request.form)
    fields = {"threeDSMethodData": written({"threeDSServerTransID": transaction})}
    return render_template("bank/send_on.html", url=url, fields=fields)


@pages.post("/silent-acs/3ds-method")
def silent_method() -> str:
    """The same of a bank whose page never comes to its end."""
    read_method(request.form)
    return render_template("bank/silent.html")


@pages.post("/acs/challenge")
def challenge() -> str:
    """Asks the buyer; a second time for the same transaction it is refused, also where it was only loaded again."""
    opened = _bank().open_challenge(request.form)
    if opened.request.scenario is Scenario.CHALLENGE_ABANDONED:
        return _send_back(opened.acs_trans_id, answer="time-out")
    return render_template("bank/challenge.html", challenge=opened)


@pages.post("/acs/answer")
def answer() -> str:
    """What the buyer pressed."""
    return _send_back(request.form.get("transaction", ""), answer=request.form.get("answer", ""))


def refuse(refusal: Refusal) -> tuple[str, int]:
    return render_template("bank/refusal.html", refusal=refusal), 400


def _send_back(transaction: str, *, answer: str) -> str:
    challenge, cres = _bank().answer(transaction, answer)
    brought = challenge.session_data
    fields = {"cres": cres} | ({} if brought is None else {"threeDSSessionData": brought})
    return render_template("bank/send_on.html", url=challenge.request.notification_url, fields=fields)


def _bank() -> Bank:
    return cast(Bank, current_app.extensions["bank"])


def _never_store(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
