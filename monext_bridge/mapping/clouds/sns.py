"""Reads what AWS SNS posts to an HTTPS endpoint.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from monext_bridge.errors import Malformed
from monext_bridge.mapping.json_object import JsonObject

K = TypeVar("K", bound=StrEnum)

REGION = r"[a-z]{2,4}(?:-[a-z]+){1,3}-[0-9]{1,2}"
SNS_HOST = re.compile(rf"sns\.(?:{REGION}\.amazonaws\.com|cn-[a-z]+-[0-9]{{1,2}}\.amazonaws\.com\.cn)")
"""What stands between is a region (`eu-west-1`, `us-gov-west-1`). Another label may be somebody's own:
`sns.s3-eu-west-1.amazonaws.com` is an address of whoever has the bucket `sns` at S3."""

CERTIFICATE_PATH = re.compile(r"/SimpleNotificationService-[A-Za-z0-9]{1,128}\.pem")
LONGEST_URL = 2048


class SnsKind(StrEnum):
    NOTIFICATION = "Notification"
    SUBSCRIPTION = "SubscriptionConfirmation"
    UNSUBSCRIPTION = "UnsubscribeConfirmation"


_OF_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
SIGNED = {
    SnsKind.NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    SnsKind.SUBSCRIPTION: _OF_CONFIRMATION,
    SnsKind.UNSUBSCRIPTION: _OF_CONFIRMATION,
}
"""Lists the members that the signature covers, in its order; Subject only where there is one."""


class SnsSignature(StrEnum):
    """Names a `SignatureVersion`: RSA with PKCS #1 v1.5 padding, over SHA-1 or SHA-256."""

    SHA1 = "1"
    SHA256 = "2"


@dataclass(frozen=True, slots=True)
class SnsMessage:
    """Holds a message. `signed` is the text that `signature` is of, and `certificate_url` leads to SNS.

    `sent_at` is the signed stamp of SNS. `confirm_url` is where a subscription is confirmed; only a SUBSCRIPTION
    has one.
    """

    kind: SnsKind
    topic: str
    message: str
    sent_at: datetime
    signed: bytes
    signature: bytes
    version: SnsSignature
    certificate_url: str
    confirm_url: str | None = None


def is_sns(document: object) -> bool:
    """Tells whether a body has the shape of SNS, so that nobody escapes the check by leaving a header out."""
    return isinstance(document, dict) and "SigningCertURL" in document and "TopicArn" in document


def read_sns(document: object) -> SnsMessage:
    """Reads a message. Raises Malformed where a member is missing, or a URL leads anywhere but to SNS."""
    found = JsonObject.of(document, what="SNS")
    kind = _one_of(SnsKind, found, "Type")
    return SnsMessage(
        kind=kind,
        topic=_required(found, "TopicArn"),
        message=_required(found, "Message"),
        sent_at=_moment(_required(found, "Timestamp")),
        signed=_signed(found, kind),
        signature=_signature(_required(found, "Signature")),
        version=_one_of(SnsSignature, found, "SignatureVersion"),
        certificate_url=_url_of_sns(_required(found, "SigningCertURL"), path=CERTIFICATE_PATH),
        confirm_url=_url_of_sns(_required(found, "SubscribeURL")) if kind is SnsKind.SUBSCRIPTION else None,
    )


def _signed(found: JsonObject, kind: SnsKind) -> bytes:
    given = [(name, found.members.get(name)) for name in SIGNED[kind]]
    lines = [f"{name}\n{value}\n" for name, value in given if value is not None or name != "Subject"]
    return "".join(lines).encode("utf-8", "surrogatepass")


def _url_of_sns(url: str, *, path: re.Pattern[str] | None = None) -> str:
    """Returns the URL.

    Raises Malformed unless it is https, on a host of SNS, without a port or a user, and of the path that is
    asked for.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Malformed("a URL of SNS can't be read") from error
    plain = url.isascii() and url.isprintable() and "\\" not in url and len(url) <= LONGEST_URL
    if not plain or parts.scheme != "https" or not SNS_HOST.fullmatch(parts.netloc):
        raise Malformed("a URL that is not one of SNS")
    if path and (not path.fullmatch(parts.path) or parts.query or parts.fragment):
        raise Malformed("not the address of a certificate of SNS")
    return url


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Malformed("Timestamp is no time", field="Timestamp") from error
    if moment.tzinfo is None:
        raise Malformed("Timestamp has no time zone", field="Timestamp")
    return moment


def _signature(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("the signature is not base64") from error


def _one_of(kind: type[K], found: JsonObject, name: str) -> K:
    value = _required(found, name)
    if value not in set(kind):
        raise Malformed(f"{name} is of no known kind")
    return kind(value)


def _required(found: JsonObject, name: str) -> str:
    value = found.text(name)
    if value is None:
        raise Malformed(f"{name} is missing", field=name)
    return value
