"""Removes what no log may show: query strings, credentials, email addresses, references and session tokens.

The cost is bounded, since texts come from whoever calls. Only the beginning of a text is examined, and each
pattern goes over it once, whatever it holds.
"""

from __future__ import annotations

import re

LONGEST_LOGGED = 300
"""Characters of a text that are shown at most."""

EXAMINED = 2000
"""Characters of a text that are examined: more than are shown, since cleaning mostly makes a text shorter."""

REDACTED = "[redacted]"

CLEANABLE = re.compile(r"[?@%/\s]")
"""Finds a character without which nothing below changes a text. Most that is logged, such as ids, has none."""

REFERRING = ("return", "cancel", "result", "notification")
"""First parts of the paths that go on with a payment's reference."""

PIECE = r"[^\s\"'<>,;:=/]"
"""A character of a token. An email address is one token, or a part of one."""

EMAIL_ADDRESS = rf"(?<!{PIECE}){PIECE}+(?:@|%(?:25)*40){PIECE}+"
"""It is tried only at the beginning of a token. Otherwise a long token would be read again from each of its
characters."""

CLEANINGS = (
    (re.compile(r"\?[^\s\"'<>)]*"), ""),
    (re.compile(r"\b(Basic|Bearer)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {REDACTED}"),
    (re.compile(EMAIL_ADDRESS), REDACTED),
    (re.compile(rf"(/(?:{'|'.join(REFERRING)}|sessions)/)[^\s/\"'{{}}]+"), r"\1…"),
)
HALVES = (
    re.compile(rf"(?<!{PIECE}){PIECE}+\Z"),
    re.compile(r"\b(?:Basic|Bearer)\s+\S*\Z", re.IGNORECASE),
)
"""What a cut may leave of an address or a credential, which the patterns above no longer recognise."""


def cleaned_for_log(text: str) -> str:
    """Returns the text without what no log may show, cut at 300 characters."""
    if len(text) <= LONGEST_LOGGED and not CLEANABLE.search(text):
        return text
    beginning = _beginning(text)
    cleaned = beginning
    for pattern, replacement in CLEANINGS:
        cleaned = pattern.sub(replacement, cleaned)
    if len(cleaned) <= LONGEST_LOGGED and len(text) <= EXAMINED:
        return cleaned
    return f"{cleaned[: LONGEST_LOGGED - 1]}…"


def _beginning(text: str) -> str:
    if len(text) <= EXAMINED:
        return text
    beginning = text[:EXAMINED]
    for half in HALVES:
        beginning = half.sub("", beginning)
    return beginning


def without_reference(path: str) -> str:
    """Returns the path, cut after its first part where the next one is a reference."""
    parts = [part for part in path.split("/") if part]
    return f"/{parts[0]}/…" if len(parts) > 1 and parts[0] in REFERRING else path
