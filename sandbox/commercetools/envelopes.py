"""Envelopes in which three clouds push a notification of commercetools, and how SNS signs its own.

https://cloud.google.com/pubsub/docs/push, https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html,
https://learn.microsoft.com/azure/event-grid/cloud-event-schema. The key of SNS is made anew by each process; its
certificate is at `/_control/push/certificate`, for whoever stands in for Amazon's host.
"""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sandbox.commercetools.wire import Json, instant

TOPICS = {
    "pubsub": "projects/sandbox/subscriptions/bridge",
    "sns": "arn:aws:sns:eu-west-1:123456789012:shipments",
    "eventgrid": "/sandbox/orders",
}
"""What each cloud names as the topic where no other is asked for."""

HOST = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE_URL = f"{HOST}/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
SIGNED = ("Message", "MessageId", "Timestamp", "TopicArn", "Type")


def wrap(cloud: str, notification: Json, *, number: int, topic: str, now: datetime, forged: bool) -> Json:
    """The envelope of that cloud, stamped with `now`. Where it is forged, the signature of SNS does not verify."""
    envelope = ENVELOPES[cloud](notification, str(number), topic, now)
    if cloud == "sns":
        envelope["Signature"] = _signature(envelope, forged=forged)
    return envelope


def certificate() -> bytes:
    """The certificate of the sandbox's SNS, in PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_key("sns").public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1))
        .not_valid_after(datetime(2120, 1, 1))
        .sign(_key("sns"), SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def _pubsub(notification: Json, number: str, topic: str, now: datetime) -> Json:
    message = {
        "attributes": {},
        "data": base64.b64encode(_text(notification).encode()).decode(),
        "messageId": number,
        "message_id": number,
        "publishTime": instant(now),
        "publish_time": instant(now),
    }
    return {"message": message, "subscription": topic}


def _sns(notification: Json, number: str, topic: str, now: datetime) -> Json:
    return {
        "Type": "Notification",
        "MessageId": number,
        "TopicArn": topic,
        "Message": _text(notification),
        "Timestamp": instant(now),
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
        "UnsubscribeURL": f"{HOST}/?Action=Unsubscribe",
    }


def _eventgrid(notification: Json, number: str, topic: str, now: datetime) -> Json:
    kind = notification.get("type", notification["notificationType"])
    return {
        "specversion": "1.0",
        "id": number,
        "type": f"com.commercetools.{notification['resource']['typeId']}.message.{kind}",
        "source": topic,
        "subject": notification["resource"]["id"],
        "time": instant(now),
        "data": notification,
    }


ENVELOPES: Mapping[str, Callable[[Json, str, str, datetime], Json]] = {
    "pubsub": _pubsub,
    "sns": _sns,
    "eventgrid": _eventgrid,
}


def aged(now: datetime, *, seconds: float) -> datetime:
    """The time so long before."""
    return now - timedelta(seconds=seconds)


def _signature(envelope: Json, *, forged: bool) -> str:
    text = "".join(f"{name}\n{envelope[name]}\n" for name in SIGNED)
    key = _key("somebody else" if forged else "sns")
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


@cache
def _key(_of: str) -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def _text(notification: Json) -> str:
    return json.dumps(notification, ensure_ascii=False)
