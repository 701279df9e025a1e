"""Proves that messages come from a subscription of ours, by one of three proofs; refuses another topic and old ones.

What is presented with a request proves any message: `EVENTS_SECRET`, or Google's token for `EVENTS_OIDC_AUDIENCE` of
an email that `EVENTS_OIDC_EMAILS` lists. The signature of SNS proves its own message alone, where `EVENTS_TOPICS` has
the topic. Envelopes of Pub/Sub and Event Grid are not signed: for them the first two are all there is.
"""

from __future__ import annotations

import hmac
import logging
from datetime import timedelta
from typing import NoReturn

from flask import current_app, request

from monext_bridge.config import Settings
from monext_bridge.errors import Forbidden, NotFound, Unauthenticated
from monext_bridge.logs import event
from monext_bridge.mapping.clouds import SnsMessage, is_topic_of_sns, names_listed_topic
from monext_bridge.services.access import SignatureVerdict
from monext_bridge.web.access import bearer, rate_limits
from monext_bridge.web.http import services

log = logging.getLogger(__name__)

OLDEST = timedelta(days=14)
"""Age of a signed envelope, by its own stamp. A dead-letter queue of SQS keeps a message no longer than this, so what
is sent again from there is taken; who has a copy of an envelope can't use it later."""

WARNED_AS = "monext_bridge.secret_in_query"


def prove_sender(settings: Settings) -> SignatureVerdict:
    """Judge what is presented with the request: GENUINE where it proves any message, FORGED where it proves none.

    UNKNOWN where Google's keys can't be had. Raises NotFound where no message could be proved at all, and Forbidden
    for a token that is not Google's for us.
    """
    if not (settings.events_secrets or settings.events_oidc_emails or settings.events_topics):
        raise NotFound("no proof of messages is set: EVENTS_SECRET, EVENTS_OIDC_EMAILS or EVENTS_TOPICS")
    secret_in_query, token = request.args.get("secret"), _bearer()
    audience, emails = settings.events_oidc_audience, settings.events_oidc_emails
    if audience is not None and not emails:
        if token is None or not _is_secret(secret_in_query, settings):
            return SignatureVerdict.FORGED
        return _of_google(token, settings)
    given = token if secret_in_query is None else secret_in_query
    if _is_secret(given, settings):
        return SignatureVerdict.GENUINE
    if audience is None or token is None:
        return SignatureVerdict.FORGED
    return _of_google(token, settings)


def may_prove_itself(settings: Settings) -> bool:
    """Tell whether a message of SNS may come without any proof beside its signature."""
    return any(is_topic_of_sns(topic) for topic in settings.events_topics)


def refuse_unproved() -> NoReturn:
    raise Unauthenticated("neither the secret of the subscription nor another proof of it", field="secret")


def check_topics(document: object, settings: Settings) -> None:
    """Refuse an envelope of Pub/Sub or Event Grid that names another topic, or none, where topics are listed."""
    if settings.events_topics and not names_listed_topic(document, settings.events_topics):
        _refuse("the message is not of a topic that EVENTS_TOPICS lists")


def prove_sns(message: SnsMessage, settings: Settings) -> SignatureVerdict:
    """Judge a message of SNS by its topic, its age and its signature.

    Raises Forbidden for another topic, or where the message is too old.
    A certificate is fetched only where the rest is right, and while this address has not made up too many.
    """
    if settings.events_topics and message.topic not in settings.events_topics:
        _refuse("the message is of a topic that EVENTS_TOPICS does not list")
    if services().machine_clock() - message.sent_at > OLDEST:
        _refuse("the message was signed more than 14 days ago")
    signatures = services().push_signatures
    asks = signatures.asks_for_certificate(message)
    if asks:
        rate_limits().check_look_ups()
    verdict = signatures.sns(message)
    if asks and verdict is not SignatureVerdict.GENUINE:
        rate_limits().count_look_up()
    return verdict


def _of_google(token: str, settings: Settings) -> SignatureVerdict:
    verdict = services().push_signatures.google(
        token, audience=str(settings.events_oidc_audience), emails=settings.events_oidc_emails
    )
    if verdict is SignatureVerdict.FORGED:
        raise Forbidden("the token is not one of Google for this bridge")
    return verdict


def _is_secret(given: str | None, settings: Settings) -> bool:
    if given is None:
        return False
    secrets = [secret.get_secret_value() for secret in settings.events_secrets]
    right = [hmac.compare_digest(_bytes(given), _bytes(secret)) for secret in secrets]
    if not any(right):
        return False
    if not right[0]:
        event(log, "old_secret_used", setting="EVENTS_SECRET", place=right.index(True) + 1)
    if "secret" in request.args:
        _warn_once()
    return True


def _warn_once() -> None:
    """Say once in a process that a secret came in a URL, which proxies write into their logs."""
    if current_app.extensions.get(WARNED_AS) is None:
        current_app.extensions[WARNED_AS] = True
        event(
            log,
            "events_secret_in_url",
            level=logging.WARNING,
            then="taken; let the subscription send it as a bearer token, or prove itself in another way",
        )


def _bearer() -> str | None:
    try:
        return bearer(request.headers.get("Authorization"))
    except Unauthenticated:
        return None


def _refuse(why: str) -> NoReturn:
    event(log, "push_refused", level=logging.WARNING, why=why, then="answered with 403")
    raise Forbidden(why)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
