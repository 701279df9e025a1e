"""Checks whether a push comes from the cloud that it seems to come from."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

from monext_bridge.gateways.keys import KeysUnknown, PushKeys, is_of_sns, rsa_key
from monext_bridge.logs import event
from monext_bridge.mapping.clouds import SnsMessage, SnsSignature
from monext_bridge.runtime import MachineClock

log = logging.getLogger(__name__)

GOOGLE = ("https://accounts.google.com", "accounts.google.com")
LEEWAY = 30
"""Seconds by which Google's clock and ours may differ."""

HASHES: dict[SnsSignature, HashAlgorithm] = {
    SnsSignature.SHA1: SHA1(),  # noqa: S303 SNS signs with it where its topic does not ask for SHA-256
    SnsSignature.SHA256: SHA256(),
}


class SignatureVerdict(Enum):
    """Whether a push signature is genuine. UNKNOWN: the keys can't be had now, so the sender should come again."""

    GENUINE = "genuine"
    FORGED = "forged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PushSignatures:
    keys: PushKeys
    clock: MachineClock

    def sns(self, message: SnsMessage) -> SignatureVerdict:
        """Check a notification by the certificate that it names, whose address `read_sns` has checked."""
        certificate = self.keys.certificate(message.certificate_url)
        if certificate is None:
            return SignatureVerdict.UNKNOWN
        key = rsa_key(certificate)
        if key is None or not is_of_sns(certificate, now=self.clock()):
            return _forged("the certificate is not one of SNS, or not valid now")
        try:
            key.verify(message.signature, message.signed, PKCS1v15(), HASHES[message.version])
        except InvalidSignature:
            return _forged("the signature of SNS does not verify")
        return SignatureVerdict.GENUINE

    def asks_for_certificate(self, message: SnsMessage) -> bool:
        """Whether the certificate of a message has to be fetched before its signature can be checked."""
        return not self.keys.has_certificate(message.certificate_url)

    def confirm(self, message: SnsMessage) -> bool:
        """Confirm a subscription whose message is proved. May be repeated."""
        confirmed = message.confirm_url is not None and self.keys.visit(message.confirm_url)
        event(log, "sns_subscription", topic=message.topic, confirmed=confirmed)
        return confirmed

    def google(self, token: str, *, audience: str, emails: Collection[str] = frozenset()) -> SignatureVerdict:
        """Check the OIDC token of a Pub/Sub push: RS256 by one of Google's keys, for our audience, and not expired.

        Any customer of Google can get a token for any audience. So where no `emails` say whose tokens are taken, it
        proves nothing without our secret.
        """
        try:
            header = jwt.get_unverified_header(token)
            key = self.keys.google(str(header.get("kid")))
            if key is None:
                return _forged("the OIDC token is not signed by one of Google's keys")
            claims = jwt.decode(
                token,
                key=key,
                algorithms=["RS256"],
                audience=audience,
                issuer=GOOGLE,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "aud", "iss"]},
            )
        except jwt.PyJWTError as error:
            return _forged(f"the OIDC token is refused: {type(error).__name__}")
        except KeysUnknown:
            return SignatureVerdict.UNKNOWN
        if emails and not (claims.get("email_verified") is True and str(claims.get("email")) in emails):
            return _forged("the OIDC token is not of a verified email of EVENTS_OIDC_EMAILS")
        return SignatureVerdict.GENUINE


def _forged(reason: str) -> SignatureVerdict:
    event(log, "push_refused", level=logging.WARNING, why=reason, then="answered with 403")
    return SignatureVerdict.FORGED
