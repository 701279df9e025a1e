"""Fetches and keeps the keys with which clouds sign what they push.

Keys are fetched over https and trusted because of where they come from: the TLS connection proves the host.
SNS sends its certificate alone, without those of its issuers, so its chain can't be followed. Its names and
dates are checked.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID

from monext_bridge.gateways.http import Failure, Request, Timeouts, Wire
from monext_bridge.gateways.keys.key_sets import read_key_set
from monext_bridge.logs import event
from monext_bridge.runtime import Bulkhead

log = logging.getLogger(__name__)

GOOGLE_KEYS = "https://www.googleapis.com/oauth2/v3/certs"
CLOUD_TIMEOUTS = Timeouts(connect=3.0, read=5.0)
LONGEST_WAIT_FOR_KEYS = 2.0
"""Seconds for which a thread that needs a key waits while another one is fetched."""

LARGEST = 64 * 1024
"""Bytes of a certificate or a set of keys, which have some kilobytes."""

KEYS_KEPT_FOR = 3600.0
"""Seconds for which keys and certificates are used without being fetched again."""

KEYS_ASKED_AGAIN_AFTER = 60.0
"""Seconds before Google's keys are fetched once more for a key that is not among them."""

MOST_CERTIFICATES = 16
SNS_NAME = re.compile(r"sns[a-z0-9.-]{0,60}\.amazonaws\.com(?:\.cn)?")

Fetch = Callable[[str], bytes | None]
"""Returns the content behind an https URL, or None where it can't be had."""


def fetch(url: str) -> bytes | None:
    """Gets the URL without redirects, and without credentials or proxies of the environment.

    Returns the content of a 200 of at most 64 KiB that came in time, else None.
    """
    parts = urlsplit(url)
    target = parts._replace(scheme="", netloc="", fragment="").geturl()
    wire = Wire(f"{parts.scheme}://{parts.netloc}", connect_timeout=CLOUD_TIMEOUTS.connect, pool_size=0)
    answer = wire.fetch("GET", target, read_timeout=CLOUD_TIMEOUTS.read, request=Request(), largest=LARGEST)
    if isinstance(answer, Failure):
        event(log, "keys_unreachable", level=logging.WARNING, url=url, why=answer)
        return None
    if answer.status != 200 or not answer.content:
        event(log, "keys_unreachable", level=logging.WARNING, url=url, status=answer.status)
        return None
    return answer.content


class PushKeys:
    """Holds the keys of one process. Thread-safe.

    There is one fetch at a time, for which nobody waits long, since a push comes again. Tests hand in `fetch`
    and `clock`.
    """

    def __init__(
        self,
        *,
        fetch: Fetch = fetch,
        google_url: str = GOOGLE_KEYS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch, self._google_url, self._clock = fetch, google_url, clock
        self._turn = Bulkhead(1, longest_wait=LONGEST_WAIT_FOR_KEYS)
        self._certificates: dict[str, tuple[float, x509.Certificate]] = {}
        self._google: tuple[float, tuple[jwt.PyJWK, ...]] | None = None

    def certificate(self, url: str) -> x509.Certificate | None:
        """Returns the signing certificate at an address of SNS that was checked; None where it can't be had."""
        known = self._kept(url)
        if known:
            return known
        with self._turn.slot() as mine:
            known = self._kept(url)
            found = known or (_certificate(self._fetch(url)) if mine else None)
            if found and not known:
                self._keep(url, found)
            return found

    def has_certificate(self, url: str) -> bool:
        """Tells whether the certificate at that address is kept. Nothing is fetched."""
        return self._kept(url) is not None

    def google(self, key_id: str) -> jwt.PyJWK | None:
        """Returns Google's key of this id, or None where there is none.

        Raises KeysUnknown where Google's keys can't be fetched.
        """
        known = self._google_key(key_id) if self._google_is_younger(KEYS_KEPT_FOR) else None
        if known:
            return known
        with self._turn.slot() as mine:
            if not self._google_is_younger(KEYS_ASKED_AGAIN_AFTER):
                self._google = (self._clock(), _key_set(self._fetch(self._google_url) if mine else None))
            return self._google_key(key_id)

    def visit(self, url: str) -> bool:
        """Tells whether the address answered with 200. Visiting its address confirms a subscription of SNS."""
        return self._fetch(url) is not None

    def _kept(self, url: str) -> x509.Certificate | None:
        known = self._certificates.get(url)
        return known[1] if known and self._clock() - known[0] < KEYS_KEPT_FOR else None

    def _keep(self, url: str, certificate: x509.Certificate) -> None:
        if len(self._certificates) >= MOST_CERTIFICATES:
            self._certificates.clear()
        self._certificates[url] = (self._clock(), certificate)

    def _google_is_younger(self, seconds: float) -> bool:
        return self._google is not None and self._clock() - self._google[0] < seconds

    def _google_key(self, key_id: str) -> jwt.PyJWK | None:
        keys = self._google[1] if self._google else ()
        return next((key for key in keys if key.key_id == key_id), None)


class KeysUnknown(Exception):
    """The keys can't be fetched, so nothing is known about the signature."""


def is_of_sns(certificate: x509.Certificate, *, now: datetime) -> bool:
    """Tells whether a certificate was issued to SNS and is valid at that time."""
    in_time = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    return in_time and any(SNS_NAME.fullmatch(name) for name in _names(certificate))


def rsa_key(certificate: x509.Certificate) -> RSAPublicKey | None:
    """Returns the certificate's key where it is RSA of at least 2048 bits, else None."""
    key = certificate.public_key()
    return key if isinstance(key, RSAPublicKey) and key.key_size >= 2048 else None


def _names(certificate: x509.Certificate) -> list[str]:
    """Returns the alternative names, which count where there are any, else the common name."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return [str(attribute.value) for attribute in common]
    return list(extension.value.get_values_for_type(x509.DNSName))


def _certificate(content: bytes | None) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(content) if content else None
    except ValueError:
        return None


def _key_set(content: bytes | None) -> tuple[jwt.PyJWK, ...]:
    try:
        return read_key_set(json.loads(content or b""))
    except (ValueError, RecursionError) as error:
        raise KeysUnknown("Google's keys can't be fetched") from error
