"""A payment by card: the bank is asked at once, or after 3-D Secure, of which Monext plays the merchant's server.

First comes the method, a look at the browser in a hidden frame of the widget. Then the bank says whether the buyer is
to be asked (the challenge), and in the end tells the outcome. What the browser brings is believed only where the bank
bears it out.
"""

from collections.abc import Mapping
from uuid import uuid4

from sandbox.bank import Refusal, Request, Scenario, read, scenario_of
from sandbox.monext import buyer, cards
from sandbox.monext.cards import Card
from sandbox.monext.platform import Platform
from sandbox.monext.results import result
from sandbox.monext.sessions import Authentication, Redirection, Session
from sandbox.monext.settings import Contract

ASKS_FOR_IT = frozenset({"CHALLENGE_MANDATE", "CHALLENGE_REQUESTED"})
NOT_AUTHENTICATED, GIVEN_UP = "03003", "03022"
_CRES = ("threeDSServerTransID", "acsTransID", "messageType", "messageVersion", "transStatus")


def pay_by_card(
    platform: Platform,
    *,
    session: Session,
    contract: Contract,
    card: Card,
    notification_url: str,
    method: bool,
) -> None:
    """Pay, or begin 3-D Secure where the card, the merchant or a soft decline wants it.

    `method`: the page can show the hidden frame. The browser comes back to `notification_url` in the end.
    """
    scenario = _scenario(platform, session=session, card=card)
    if scenario is None:
        _ask_bank(platform, session=session, redirection=Redirection(contract, card), authenticated=False)
        return
    authentication = Authentication(str(uuid4()), scenario, notification_url)
    session.redirection = Redirection(contract, card, authentication)
    platform.authentications[authentication.server_trans_id] = session
    if not method:
        _authenticate(platform, session=session, method_completed=None)


def note_method(platform: Platform, *, server_trans_id: str) -> None:
    """The bank's frame reports that the method is over. Raises Refusal for a transaction nobody waits for."""
    session = platform.authentications.get(server_trans_id)
    authentication = session.authentication if session else None
    if authentication is None or authentication.server_trans_id != server_trans_id:
        raise Refusal("301", "no such transaction")
    authentication.method_completed = True


def go_on(platform: Platform, *, session: Session) -> None:
    """The method is over, or its time is. May be repeated: after the first time nothing happens."""
    authentication = session.authentication
    if authentication and authentication.challenge is None:
        _authenticate(platform, session=session, method_completed=authentication.method_completed)


def come_back(platform: Platform, *, session: Session, form: Mapping[str, str]) -> None:
    """The browser brings the bank's CRes. Raises Refusal where it is not the one that this session waits for."""
    message = read(form.get("cres", ""), members=_CRES)
    authentication, redirection = session.authentication, session.redirection
    if authentication is None or redirection is None or authentication.challenge is None:
        raise Refusal("301", "this payment waits for no bank")
    acs_trans_id = authentication.challenge.acs_trans_id
    if (message["threeDSServerTransID"], message["acsTransID"]) != (
        authentication.server_trans_id,
        acs_trans_id,
    ):
        raise Refusal("301", "this is another transaction")
    outcome = platform.bank.outcome(acs_trans_id)
    if outcome is None or outcome.trans_status != message["transStatus"]:
        raise Refusal("305", "the bank says otherwise")
    if outcome.trans_status == "Y":
        _ask_bank(platform, session=session, redirection=redirection, authenticated=True)
    else:
        code = GIVEN_UP if outcome.cancelled else NOT_AUTHENTICATED
        payment = buyer.Payment(redirection.contract, result(code), card=redirection.card)
        buyer.pay(platform, session=session, payment=payment)


def _scenario(platform: Platform, *, session: Session, card: Card) -> Scenario | None:
    """By the setting for all cards, else by the number of the card, else where somebody asks for a challenge."""
    ordered = platform.switches.three_d_secure
    if ordered:
        return Scenario(ordered)
    asked = session.request.get("threeDS", {}).get("challengeInd") in ASKS_FOR_IT
    soft_declined = any(attempt.result.code == "01131" for attempt in session.failures)
    return scenario_of(card.number) or (Scenario.CHALLENGE if asked or soft_declined else None)


def _authenticate(platform: Platform, *, session: Session, method_completed: bool | None) -> None:
    authentication, redirection = session.authentication, session.redirection
    assert authentication is not None
    assert redirection is not None
    answer = platform.bank.authenticate(
        Request(
            authentication.server_trans_id,
            authentication.scenario,
            authentication.notification_url,
            method_completed,
        )
    )
    if answer.trans_status == "Y":
        _ask_bank(platform, session=session, redirection=redirection, authenticated=True)
    else:
        authentication.challenge = answer


def _ask_bank(platform: Platform, *, session: Session, redirection: Redirection, authenticated: bool) -> None:
    card = redirection.card
    assert card is not None
    code = cards.bank_answer(card, amount=session.amount)
    # A soft decline wants authentication, and is content with it.
    code = "00000" if authenticated and code == "01131" else code
    payment = buyer.Payment(redirection.contract, result(code), card=card, authenticated=authenticated)
    buyer.pay_in_parts(platform, session=session, parts=buyer.with_voucher(session, payment))
