"""Proves to `flask doctor` that what answers under PUBLIC_URL is this bridge, and tells it what the proxies added.

The question is a random text and its signature under a key derived from `SECRET_KEY`, so nobody else is answered.
The answer is signed too, with the question in it, so nobody else can give it.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from monext_bridge import __version__

QUESTION_HEADER = "Bridge-Doctor"
ANSWER_HEADER = "Bridge-Doctor-Answer"
PURPOSE = b"monext-bridge.doctor"
NONCE_SIZE = 16
QUESTION = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{64})")
LONGEST_ANSWER = 2000
MOST_PROXIES = 10
"""Entries of a forwarding header that are told at most."""


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """Holds what reached the bridge: its version, entries of X-Forwarded-For, X-Forwarded-Proto, and the host."""

    version: str
    addresses: int
    schemes: tuple[str, ...]
    host: str


def signed_question(keys: Sequence[SecretStr]) -> str:
    """Return a question that only a bridge with one of these keys answers."""
    nonce = secrets.token_hex(NONCE_SIZE)
    return f"{nonce}.{_signature(keys[0], 'ask', nonce)}"


def answer_to(
    asked: str | None,
    keys: Sequence[SecretStr],
    *,
    forwarded_for: Sequence[str],
    forwarded_proto: Sequence[str],
    host: str,
) -> str | None:
    """Return what to answer to a question, or None where it is none of somebody who has one of the keys."""
    found = QUESTION.fullmatch(asked or "")
    if found is None:
        return None
    nonce, signature = found.groups()
    key = next((k for k in keys if hmac.compare_digest(signature, _signature(k, "ask", nonce))), None)
    if key is None:
        return None
    told = json.dumps(
        [__version__, len(forwarded_for), [each[:8] for each in forwarded_proto[:MOST_PROXIES]], host[:255]],
        separators=(",", ":"),
    )
    return f"{_signature(key, 'answer', nonce + told)}.{told}"


def read_answer(told: str, asked: str, keys: Sequence[SecretStr]) -> SeenRequest | None:
    """Return what the bridge saw, or None where the answer is not one to this question by a bridge with a key."""
    signature, _, body = told[:LONGEST_ANSWER].partition(".")
    nonce = asked.partition(".")[0]
    if not any(hmac.compare_digest(signature, _signature(key, "answer", nonce + body)) for key in keys):
        return None
    version, addresses, schemes, host = json.loads(body)
    return SeenRequest(version, addresses, tuple(schemes), host)


def answer_headers(headers: Mapping[str, str], keys: Sequence[SecretStr], *, host: str) -> dict[str, str]:
    """Return the header that answers the question among a request's headers; none where there is no good one."""
    told = answer_to(
        headers.get(QUESTION_HEADER),
        keys,
        forwarded_for=_entries(headers.get("X-Forwarded-For")),
        forwarded_proto=_entries(headers.get("X-Forwarded-Proto")),
        host=host,
    )
    return {ANSWER_HEADER: told} if told else {}


def _entries(header: str | None) -> list[str]:
    return [each.strip() for each in (header or "").split(",") if each.strip()]


def _signature(key: SecretStr, role: str, text: str) -> str:
    derived = hmac.digest(key.get_secret_value().encode(), PURPOSE, "sha256")
    return hmac.digest(derived, f"{role}:{text}".encode(), "sha256").hex()
