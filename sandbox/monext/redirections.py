"""Where the widget is to send the browser, by the names that Monext's mobile SDKs read (`redirectionData`).

The widget posts forms straight to a bank that is served over TLS. To one over plain http, which the policy of a page
lets no form and no frame reach, Monext's own pages lead (`three_d_secure.py`).
"""

from typing import Any

from sandbox.bank import written
from sandbox.monext.platform import Platform
from sandbox.monext.sessions import Authentication, Redirection, Session

CHALLENGE_MILLISECONDS = 600_000
_FULL_SCREEN, _SMALL = "05", "02"
"""Values of `challengeWindowSize`; the small one is of 390 by 400 pixels."""


def redirection_json(platform: Platform, *, session: Session, origin: str) -> dict[str, Any]:
    """The member `paymentRedirectNoResponse`; `origin` is Monext's, with a slash at its end."""
    redirection = session.redirection
    assert redirection is not None
    return {
        "cardCode": redirection.contract.code,
        "contractNumber": redirection.contract.id,
        "walletCardIndex": 0,
        "redirectionData": _data(platform, session=session, redirection=redirection, origin=origin),
    }


def method_fields(authentication: Authentication, *, origin: str) -> dict[str, str]:
    """The form of the method. Monext's SDK sends the message by two names."""
    message = written(
        {
            "threeDSServerTransID": authentication.server_trans_id,
            "threeDSMethodNotificationURL": f"{origin}3ds/method-notification",
        }
    )
    return {"threeDSMethodData": message, "3DSMethodData": message}


def challenge_fields(authentication: Authentication, *, framed: bool) -> dict[str, str]:
    """The form of the challenge."""
    assert authentication.challenge is not None
    creq = {
        "threeDSServerTransID": authentication.server_trans_id,
        "acsTransID": authentication.challenge.acs_trans_id,
        "messageType": "CReq",
        "messageVersion": "2.2.0",
        "challengeWindowSize": _SMALL if framed else _FULL_SCREEN,
    }
    return {"creq": written(creq)}


def _data(platform: Platform, *, session: Session, redirection: Redirection, origin: str) -> dict[str, Any]:
    authentication = redirection.authentication
    if authentication is None:
        page = f"{origin}v2/?token={session.token}&method={redirection.contract.id}"
        return _by_get(page, milliseconds=CHALLENGE_MILLISECONDS)
    if authentication.challenge is None:
        return _method(platform, session=session, authentication=authentication, origin=origin)
    if not platform.bank.is_safe:
        return _by_get(f"{origin}3ds/challenge?token={session.token}", milliseconds=CHALLENGE_MILLISECONDS)
    fields = challenge_fields(authentication, framed=session.framed)
    return _by_post(authentication.challenge.acs_url, fields=fields, milliseconds=CHALLENGE_MILLISECONDS)


def _method(
    platform: Platform, *, session: Session, authentication: Authentication, origin: str
) -> dict[str, Any]:
    patience = platform.switches.method_milliseconds
    hidden = {"iframeWidth": 1, "iframeHeight": 1, "isCompletionMethod": True}
    if not platform.bank.is_safe:
        return _by_get(f"{origin}3ds/method?token={session.token}", milliseconds=patience) | hidden
    url = platform.bank.method_url(authentication.scenario)
    return _by_post(url, fields=method_fields(authentication, origin=origin), milliseconds=patience) | hidden


def _by_post(url: str, *, fields: dict[str, str], milliseconds: int) -> dict[str, Any]:
    return _by_get(url, milliseconds=milliseconds) | {"requestType": "POST", "requestFields": fields}


def _by_get(url: str, *, milliseconds: int) -> dict[str, Any]:
    return {
        "requestType": "GET",
        "requestUrl": url,
        "requestFields": None,
        "iframeEmbeddable": True,
        "iframeWidth": 390,
        "iframeHeight": 400,
        "timeoutInMs": milliseconds,
        "isCompletionMethod": False,
        "hasPartnerLogo": False,
        "partnerLogoKey": None,
    }
