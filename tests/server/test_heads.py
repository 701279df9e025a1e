"""What a client says of itself is bounded as a whole: each field may be small, and all of them dear to read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monext_bridge.server.worker import LARGEST_HEAD
from tests.server.hasty import Hasty, everything, head, running

FIELD = 4000


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hasty]:
    with running(tmp_path_factory.mktemp("hasty")) as found:
        yield found


def fields(number: int) -> list[str]:
    return [f"X-Field-{each}: {'x' * FIELD}" for each in range(number)]


def test_a_head_as_large_as_proxies_allow_is_served(hasty: Hasty) -> None:
    with hasty.connect() as sock:
        sock.sendall(head("GET / HTTP/1.1", "Connection: close", *fields(LARGEST_HEAD // FIELD - 1)))
        assert everything(sock).startswith(b"HTTP/1.1 200 ")


def test_a_larger_head_is_refused_whatever_the_size_of_its_fields(hasty: Hasty) -> None:
    with hasty.connect() as sock:
        sock.sendall(head("GET / HTTP/1.1", *fields(LARGEST_HEAD // FIELD + 1)))
        assert everything(sock).startswith(b"HTTP/1.1 431 ")
