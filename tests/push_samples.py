"""Builds what the clouds push: valid by default, and signed with keys of the tests instead of the clouds' keys."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

Json = dict[str, Any]

ORDER = "0b1f4b3e-6a0e-4a52-9d2f-3c1f6c6f9a10"
AUDIENCE = "https://pay.example.com/events/commercetools"
HOST = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE_URL = f"{HOST}/SimpleNotificationService-0123456789abcdef.pem"
SUBSCRIBE_URL = f"{HOST}/?Action=ConfirmSubscription&Token=abc"
SUBSCRIPTION = "projects/shop/subscriptions/bridge"
GRID_TOPIC = (
    "/subscriptions/6f6f1a2e-6b0e-4a53-8a0b-1d2f3c4b5a69/resourceGroups/shop"
    "/providers/Microsoft.EventGrid/topics/shipments"
)
SOURCE = "/sandbox/orders"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:shipments"
CONFIRMATIONS = ("SubscriptionConfirmation", "UnsubscribeConfirmation")


def message(order_id: str = ORDER, **changes: Any) -> Json:
    """A message of commercetools in its own format; None removes a member."""
    valid = {
        "notificationType": "Message",
        "projectKey": "sandbox",
        "resource": {"typeId": "order", "id": order_id},
        "resourceUserProvidedIdentifiers": {"orderNumber": "M1"},
        "id": "5ed3ab6e-0001-4000-8000-000000000001",
        "version": 1,
        "sequenceNumber": 3,
        "resourceVersion": 5,
        "createdAt": "2026-10-01T10:00:00.000Z",
        "lastModifiedAt": "2026-10-01T10:00:00.000Z",
        "type": "OrderShipmentStateChanged",
        "shipmentState": "Shipped",
        "oldShipmentState": "Ready",
    }
    return {name: value for name, value in (valid | changes).items() if value is not None}


def cloud_event(data: Json | None = None, **changes: Any) -> Json:
    """The message in the CloudEvents format."""
    valid = {
        "specversion": "1.0",
        "id": "5ed3ab6e-0001-4000-8000-000000000001",
        "type": "com.commercetools.order.message.OrderShipmentStateChanged",
        "source": SOURCE,
        "subject": ORDER,
        "time": "2026-10-01T10:00:00.000Z",
        "sequence": "3",
        "sequencetype": "Integer",
        "data": data if data is not None else message(),
    }
    return {name: value for name, value in (valid | changes).items() if value is not None}


def pub_sub(
    content: object | None = None, *, subscription: str | None = SUBSCRIPTION, **changes: Any
) -> Json:
    """A push of Google Pub/Sub that carries a message; of no subscription where that is None."""
    data = base64.b64encode(json.dumps(message() if content is None else content).encode()).decode()
    inner = {"data": data, "messageId": "1", "publishTime": "2026-10-01T10:00:00Z", "attributes": {}}
    push = {"message": inner | changes, "subscription": subscription}
    return {name: value for name, value in push.items() if value is not None}


def event_grid(data: object | None = None, **changes: Any) -> list[Json]:
    """A push of Azure Event Grid in its own schema."""
    valid = {
        "id": "1",
        "topic": GRID_TOPIC,
        "eventType": "commercetools",
        "subject": "order",
        "eventTime": "2026-10-01T10:00:00Z",
        "dataVersion": "1",
        "data": message() if data is None else data,
    }
    return [valid | changes]


def validation(**changes: Any) -> list[Json]:
    """The validation request that Event Grid sends before the first event."""
    data = {"validationCode": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6", "validationUrl": "https://example.com"}
    return event_grid(data | changes, eventType="Microsoft.EventGrid.SubscriptionValidationEvent")


def stamp(age: timedelta = timedelta(0)) -> str:
    """The time so long ago, as SNS writes it."""
    return (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@cache
def key(name: str = "sns") -> RSAPrivateKey:
    """An RSA key pair of 2048 bits; each name has its own pair."""
    return generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(*, common_name: str = "sns.amazonaws.com", days_left: int = 30, of: str = "sns") -> bytes:
    """A self-signed certificate in PEM, valid for so many days from now."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key(of).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=days_left))
        .sign(key(of), hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def sns(content: object | None = None, *, signed_by: str = "sns", **changes: Any) -> Json:
    """A notification of SNS, signed over these very members; None removes a member."""
    valid = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": json.dumps(message() if content is None else content),
        "Timestamp": stamp(),
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
        "UnsubscribeURL": f"{HOST}/?Action=Unsubscribe",
    }
    if changes.get("Type") in CONFIRMATIONS:
        valid |= {"Token": "abc", "SubscribeURL": SUBSCRIBE_URL, "Message": "You have chosen to subscribe"}
    notification = {name: value for name, value in (valid | changes).items() if value is not None}
    return {"Signature": _signature(notification, signed_by)} | notification


def oidc(
    *, signed_by: str = "google", key_id: str = "key-1", algorithm: str = "RS256", **changes: Any
) -> str:
    """The OpenID Connect token that Google sends with a push; None removes a claim."""
    now = datetime.now(UTC)
    valid = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "azp": "1137744464303832196400",
        "email": "push@shop.example.com",
        "email_verified": True,
        "iat": now,
        "exp": now + timedelta(hours=1),
    }
    claims = {name: value for name, value in (valid | changes).items() if value is not None}
    headers = {"kid": key_id}
    if algorithm == "none" or algorithm.startswith("HS"):
        secret = "a-shared-secret-of-32-characters-or-so" if algorithm != "none" else ""
        return jwt.encode(claims, secret, algorithm=algorithm, headers=headers)
    return jwt.encode(claims, key(signed_by), algorithm=algorithm, headers=headers)


def google_keys(*, key_id: str = "key-1", key_name: str = "google") -> bytes:
    """Google's public keys, as a JSON Web Key Set."""
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key(key_name).public_key(), as_dict=True)
    return json.dumps({"keys": [public | {"kid": key_id, "alg": "RS256", "use": "sig"}]}).encode()


def _signature(notification: Json, signed_by: str) -> str:
    confirming = notification.get("Type") in CONFIRMATIONS
    names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    if not confirming:
        names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    text = "".join(f"{name}\n{notification[name]}\n" for name in names if name in notification)
    digest = hashes.SHA1() if notification.get("SignatureVersion") == "1" else hashes.SHA256()
    return base64.b64encode(key(signed_by).sign(text.encode(), PKCS1v15(), digest)).decode()
