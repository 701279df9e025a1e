"""Whatever fails before the connection stands proves that nothing was sent; TLS included."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from monext_bridge.errors import RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.http.client import Timeouts
from tests.gateways.remotes import AMPLE_TIMEOUTS, client, listening


def post(url: str, *, timeouts: Timeouts = AMPLE_TIMEOUTS) -> None:
    client(url, timeouts=timeouts).send("POST", "/act", route="/act", json={"amount": 1})


def test_a_server_that_closes_during_the_tls_handshake_is_unreachable() -> None:
    with listening(socket.socket.close) as port, pytest.raises(RemoteUnreachable):
        post(f"https://127.0.0.1:{port}")


def test_a_server_that_speaks_no_tls_is_unreachable() -> None:
    def plain(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with listening(plain) as port, pytest.raises(RemoteUnreachable):
        post(f"https://127.0.0.1:{port}")


def test_a_server_that_is_silent_during_the_tls_handshake_is_unreachable() -> None:
    def silent(connection: socket.socket) -> None:
        while connection.recv(65536):
            continue

    with listening(silent) as port, pytest.raises(RemoteUnreachable):
        post(f"https://127.0.0.1:{port}", timeouts=Timeouts(connect=0.2, read=AMPLE_TIMEOUTS.read))


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    heard: list[bytes] = []
    with tls_server(self_signed(tmp_path), heard) as port, pytest.raises(RemoteUnreachable):
        post(f"https://127.0.0.1:{port}")
    assert heard == []


def test_a_tls_connection_that_breaks_after_the_request_proves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same certificate, this time among the trusted ones, and a server that hangs up on the request."""
    heard: list[bytes] = []
    certificate = self_signed(tmp_path)
    monkeypatch.setattr("certifi.where", lambda: str(certificate))
    with tls_server(certificate, heard) as port, pytest.raises(RemoteUnavailable) as raised:
        post(f"https://127.0.0.1:{port}")
    assert type(raised.value) is RemoteUnavailable
    assert heard[0].startswith(b"POST /act")


def test_a_certificate_for_another_host_is_refused_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bytes] = []
    certificate = self_signed(tmp_path)
    monkeypatch.setattr("certifi.where", lambda: str(certificate))
    with tls_server(certificate, heard) as port, pytest.raises(RemoteUnreachable):
        post(f"https://localhost:{port}")
    assert heard == []


def test_whom_to_trust_is_read_once_and_not_for_each_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes longer than all the rest, and a crowd that connects at once would wait for it as often."""
    heard: list[bytes] = []
    certificate = self_signed(tmp_path)
    monkeypatch.setattr("certifi.where", lambda: str(certificate))
    with tls_server(certificate, heard) as port:
        for _ in range(2):
            with pytest.raises(RemoteUnavailable):
                post(f"https://127.0.0.1:{port}")
            certificate.write_text("nobody is trusted any more")
    assert len(heard) == 2


def test_keys_of_connections_are_not_told_to_a_file_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, told = self_signed(tmp_path), tmp_path / "keys"
    monkeypatch.setattr("certifi.where", lambda: str(certificate))
    monkeypatch.setenv("SSLKEYLOGFILE", str(told))
    with tls_server(certificate, []) as port, pytest.raises(RemoteUnavailable):
        post(f"https://127.0.0.1:{port}")
    assert not told.exists()


def self_signed(folder: Path) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    host = x509.IPAddress(IPv4Address("127.0.0.1"))
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    encoding = serialization.Encoding.PEM
    private = serialization.PrivateFormat.PKCS8
    file.write_bytes(
        key.private_bytes(encoding, private, serialization.NoEncryption())
        + certificate.public_bytes(encoding)
    )
    return file


@contextmanager
def tls_server(certificate: Path, heard: list[bytes]) -> Iterator[int]:
    """Shakes hands, listens once, and hangs up without an answer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def handle(connection: socket.socket) -> None:
        with suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True) as secure:
            heard.append(secure.recv(65536))

    with listening(handle) as port:
        yield port
