"""Monext's pages of 3-D Secure: what the bank sends browsers to, and what leads them to a bank over plain http."""

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from sandbox.bank import Refusal, read
from sandbox.monext import card_payment
from sandbox.monext.hosted import asked_session, onward
from sandbox.monext.platform import platform
from sandbox.monext.redirections import challenge_fields, method_fields
from sandbox.monext.sessions import Authentication, Session

three_d_secure = Blueprint("three_d_secure", __name__, url_prefix="/3ds")


@three_d_secure.after_request
def never_store(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


@three_d_secure.post("/method-notification")
def method_notification() -> str:
    """The bank's hidden frame reports; the page that it gets tells the widget around it."""
    message = read(request.form.get("threeDSMethodData", ""), members=("threeDSServerTransID",))
    card_payment.note_method(platform(), server_trans_id=message["threeDSServerTransID"])
    return render_template("monext/method_completed.html")


@three_d_secure.get("/method")
def method() -> str:
    """A hidden frame that has the method of a bank over plain http in a frame of its own."""
    session, authentication = asked_session(), _authentication(asked_session())
    return render_template(
        "monext/send_on.html",
        session=session,
        url=platform().bank.method_url(authentication.scenario),
        fields=method_fields(authentication, origin=request.host_url),
        framed=True,
    )


@three_d_secure.get("/challenge")
def challenge() -> str | AnyResponse:
    """Sends the browser on to the bank, by the form that the bank wants."""
    session = asked_session()
    card_payment.go_on(platform(), session=session)
    authentication = session.authentication
    if authentication is None or authentication.challenge is None:
        return onward(session)
    return render_template(
        "monext/send_on.html",
        session=session,
        url=authentication.challenge.acs_url,
        fields=challenge_fields(authentication, framed=session.framed),
    )


@three_d_secure.post("/return")
def come_back() -> AnyResponse:
    """The bank sends the browser back. From here it goes on by GET, so that loading again repeats nothing."""
    session = asked_session()
    card_payment.come_back(platform(), session=session, form=request.form)
    return onward(session)


@three_d_secure.errorhandler(Refusal)
def refuse(refusal: Refusal) -> AnyResponse | tuple[str, int]:
    """A message that was brought before leads on; anything else is refused."""
    session = platform().sessions.get(request.args.get("token", ""))
    if session and session.authentication is None and session.attempts:
        return onward(session)
    return render_template("monext/refusal.html", refusal=refusal), 400


def _authentication(session: Session) -> Authentication:
    if session.authentication is None:
        raise NotFound("This payment waits for no bank.")
    return session.authentication
