"""A Redis on another machine without TLS is said at start, and is no fault."""

from __future__ import annotations

import pytest

from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.log_lines import LogLines


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis://redis.example.com:6379/0", ["WARNING"]),
        ("redis://10.0.0.5", ["WARNING"]),
        ("redis://localhost.example.com", ["WARNING"]),
        ("rediss://redis.example.com:6379/0", []),
        ("redis://localhost:6379/0", []),
        ("redis://127.0.0.1", []),
        ("redis://127.8.0.1", []),
        ("redis://[::1]:6379", []),
        ("", []),
    ],
)
def test_the_start_warns_of_it(url: str, said: list[str], sandbox: Sandbox, lines: LogLines) -> None:
    InProcess(sandbox, REDIS_URL=url)
    assert [line["level"] for line in lines.of("redis_unencrypted")] == said
    assert "example.com" not in lines.text
