"""Keys and certificates: fetched once, from nowhere else than asked, and never too much."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from cryptography import x509

from monext_bridge.gateways.keys.clouds import (
    KEYS_KEPT_FOR,
    LARGEST,
    MOST_CERTIFICATES,
    KeysUnknown,
    PushKeys,
    fetch,
)
from monext_bridge.runtime.deadlines import within
from tests.gateways.remotes import Remote, free_port
from tests.push_samples import CERTIFICATE_URL, HOST, certificate, google_keys


class Internet:
    """Answers every address with the same content; what was fetched, and a clock to be moved."""

    def __init__(self, content: bytes | None) -> None:
        self.content, self.fetched, self.now = content, 0, 0.0
        self.keys = PushKeys(fetch=self._fetch, clock=lambda: self.now)

    def _fetch(self, _: str) -> bytes | None:
        self.fetched += 1
        return self.content


class Hanging:
    """From when it `hangs`, a fetch goes on only where the test says so."""

    def __init__(self) -> None:
        self.hangs, self.begun, self.goes_on = False, Event(), Event()
        self.keys = PushKeys(fetch=self._fetch)

    def _fetch(self, _: str) -> bytes | None:
        if self.hangs:
            self.begun.set()
            self.goes_on.wait(60)
        return certificate()


def test_a_certificate_is_kept_for_an_hour() -> None:
    internet = Internet(certificate())
    known = x509.load_pem_x509_certificate(certificate())
    assert [internet.keys.certificate(CERTIFICATE_URL) for _ in range(3)] == [known] * 3
    assert internet.fetched == 1
    internet.now = KEYS_KEPT_FOR
    internet.keys.certificate(CERTIFICATE_URL)
    assert internet.fetched == 2


def test_a_certificate_that_could_not_be_had_is_asked_for_again() -> None:
    internet = Internet(None)
    assert internet.keys.certificate(CERTIFICATE_URL) is None
    internet.content = certificate()
    assert internet.keys.certificate(CERTIFICATE_URL) is not None


def test_any_number_of_addresses_does_not_fill_the_memory() -> None:
    internet = Internet(certificate())
    urls = [f"{HOST}/SimpleNotificationService-{n}.pem" for n in range(MOST_CERTIFICATES + 1)]
    for url in urls:
        internet.keys.certificate(url)
    internet.keys.certificate(urls[0])
    assert internet.fetched == len(urls) + 1


def test_a_new_key_of_google_is_found_within_a_minute() -> None:
    internet = Internet(google_keys())
    assert internet.keys.google("key-1") is not None
    internet.content = google_keys(key_id="key-2")
    assert internet.keys.google("key-2") is None
    internet.now = 60.0
    assert internet.keys.google("key-2") is not None
    assert internet.fetched == 2


class TestWhileAnAddressHangs:
    """A fetch takes seconds then, and a push that is not answered comes again: nobody is to queue for it."""

    OTHER_URL = f"{HOST}/SimpleNotificationService-other.pem"

    @pytest.fixture
    def hanging(self) -> Iterator[Hanging]:
        hanging = Hanging()
        with ThreadPoolExecutor(1) as pool:
            hanging.keys.certificate(CERTIFICATE_URL)
            hanging.hangs = True
            asking = pool.submit(hanging.keys.certificate, self.OTHER_URL)
            hanging.begun.wait(60)
            yield hanging
            hanging.goes_on.set()
            assert asking.result(5) is not None

    def test_who_needs_another_key_is_soon_told_that_it_can_not_be_had(self, hanging: Hanging) -> None:
        with within(0.05):
            assert hanging.keys.certificate(self.OTHER_URL) is None
            with pytest.raises(KeysUnknown):
                hanging.keys.google("key-1")

    def test_who_needs_one_that_is_known_has_it(self, hanging: Hanging) -> None:
        with within(0):
            assert hanging.keys.certificate(CERTIFICATE_URL) is not None


def test_what_is_there_is_fetched(remote: Remote) -> None:
    remote.reply = lambda _: (200, b"a certificate")
    assert fetch(f"{remote.url}/a.pem") == b"a certificate"


def test_a_redirect_is_not_followed(remote: Remote) -> None:
    remote.reply = lambda _: (302, b"")
    assert fetch(f"{remote.url}/a.pem") is None
    assert [request.target for request in remote.requests] == ["/a.pem"]


def test_an_error_is_no_content(remote: Remote) -> None:
    remote.reply = lambda _: (404, b"a certificate")
    assert fetch(f"{remote.url}/a.pem") is None


def test_more_than_is_needed_is_not_taken(remote: Remote) -> None:
    remote.reply = lambda _: (200, b"a" * (LARGEST + 1))
    assert fetch(f"{remote.url}/a.pem") is None


@pytest.mark.parametrize("action", ["gzip_bomb", "endless", "many_1xx", "huge_headers"])
def test_an_answer_without_end_is_no_content(remote: Remote, action: str) -> None:
    remote.add_fault(action, seconds=600)
    assert fetch(f"{remote.url}/a.pem") is None


def test_a_broken_answer_is_no_content(remote: Remote) -> None:
    remote.add_fault("drop_before")
    assert fetch(f"{remote.url}/a.pem") is None


def test_nobody_there_is_no_content() -> None:
    assert fetch(f"http://127.0.0.1:{free_port()}/a.pem") is None
