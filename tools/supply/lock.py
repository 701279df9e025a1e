"""Reads the names and versions of a lock, `requirements.txt` as uv writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.txt"

_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?")


@dataclass(frozen=True, slots=True)
class Pinned:
    """A distribution of the lock. `marker` says where it is needed, and is empty where that is everywhere."""

    name: str
    version: str
    marker: str = ""


def pinned(lock: str) -> tuple[Pinned, ...]:
    """Return what the text of a lock pins, in its order. Raises ValueError for a line that is no pin and no hash."""
    found = []
    for line in lock.splitlines():
        text = line.strip()
        if not text or text.startswith(("#", "--hash=")):
            continue
        pin = _PIN.fullmatch(text)
        if pin is None:
            raise ValueError(f"not a pinned distribution: {text}")
        found.append(Pinned(pin[1], pin[2], pin[3] or ""))
    return tuple(found)
