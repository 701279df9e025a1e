"""Gives a large body to whoever reads it, from its beginning."""

from __future__ import annotations

from io import BytesIO
from typing import Any


class BegunBody:
    """Is a request's input of which some was read before the application began. The rest is read as it is wanted."""

    def __init__(self, begun: bytes, rest: Any) -> None:
        self._begun, self._rest = BytesIO(begun), rest

    def read(self, size: int = -1) -> bytes:
        """Reads at most so many bytes, or all with -1. Fewer are no sign of the end; none is."""
        if size < 0:
            return self._begun.read() + bytes(self._rest.read())
        return self._begun.read(size) or bytes(self._rest.read(size))
