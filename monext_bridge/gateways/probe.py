"""Looks whether a host can be reached: its name, a connection, and TLS with a certificate that is believed."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

import certifi

from monext_bridge.runtime import connect

SECONDS = 5.0
"""Seconds for all three steps together."""

PORTS = {"http": 80, "https": 443, "redis": 6379, "rediss": 6379}
TLS_SCHEMES = frozenset({"https", "rediss"})


class Stage(StrEnum):
    """Names the step at which it ended."""

    NAME = "its name can't be resolved"
    CONNECTION = "it takes no connection"
    TLS = "TLS fails"
    CERTIFICATE = "its certificate is not believed"
    REACHED = "reached"


@dataclass(frozen=True, slots=True)
class Reach:
    """Holds how far one came. `why` is the system's word; `certificate_ends` is known where TLS was spoken."""

    stage: Stage
    why: str = ""
    certificate_ends: datetime | None = None


def reach(url: str, *, seconds: float = SECONDS) -> Reach:
    """Connect to the host of a URL, speak TLS where its scheme asks for it, and close. Never raises.

    Nothing is sent, so it may be repeated. Certificates are judged as the bridge's own calls judge them.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 443)
    try:
        with connect(host, port, seconds=seconds) as sock:
            if parts.scheme not in TLS_SCHEMES:
                return Reach(Stage.REACHED)
            return _speak_tls(sock, host)
    except socket.gaierror as error:
        return Reach(Stage.NAME, error.strerror or "")
    except OSError as error:
        return Reach(Stage.CONNECTION, error.strerror or "no answer in time")


def _speak_tls(sock: socket.socket, host: str) -> Reach:
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        with context.wrap_socket(sock, server_hostname=host) as secure:
            ends = (secure.getpeercert() or {}).get("notAfter")
    except ssl.SSLCertVerificationError as error:
        return Reach(Stage.CERTIFICATE, error.verify_message)
    except OSError as error:
        return Reach(Stage.TLS, getattr(error, "reason", "") or error.strerror or "no answer in time")
    moment = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC) if ends else None
    return Reach(Stage.REACHED, certificate_ends=moment)
