"""Unpacks the body of an answer: only from the encoding that was asked for, and never more than its limit.

A few kilobytes of gzip can hold gigabytes, so what is unpacked is counted while it is unpacked. What comes over the
wire is counted where it is received (`answers`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from monext_bridge.runtime import limit

LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes of an answer once it is unpacked.

commercetools keeps no document of more than 16 MB, and wants large ones, such as orders of many lines, to have 2 MB
at most (https://docs.commercetools.com/api/limits). What Monext answers has some kilobytes. Only a list of many large
orders is larger, and its reader asks for half of it at a time.
"""

PIECE = 64 * 1024
"""Bytes that are received, or unpacked, before the deadline and the limit are looked at again."""

GZIP = zlib.MAX_WBITS | 16
"""Makes zlib read gzip alone (https://docs.python.org/3.11/library/zlib.html#zlib.decompress)."""

PLAIN, PACKED = ("", "identity"), ("gzip", "x-gzip")


class TooLarge(Exception):
    """There is more of an answer than anybody reads."""


class UnpackedBody:
    """Collects the pieces of one body, unpacked."""

    __slots__ = ("_asked", "_largest", "_pieces", "_size", "_unpacker")

    def __init__(self, encoding: str, *, largest: int) -> None:
        """`encoding` is that of the header, `""` where there is none."""
        coding = encoding.strip().lower()
        self._asked = coding in PLAIN or coding in PACKED
        self._unpacker = _Unpacker() if coding in PACKED else None
        self._pieces: list[bytes] = []
        self._size, self._largest = 0, largest

    @property
    def was_asked_for(self) -> bool:
        """Tells whether anybody can unpack it. Of another one nothing is known."""
        return self._asked

    def add(self, received: bytes) -> None:
        """Raises TooLarge beyond the limit, zlib.error where it is not packed as it says, TimeoutError."""
        for piece in (received,) if self._unpacker is None else self._unpacker.unpacked(received):
            self._size += len(piece)
            if self._size > self._largest:
                raise TooLarge
            self._pieces.append(piece)

    def whole(self) -> bytes:
        """Returns all of it. Raises zlib.error where what was packed has no end."""
        if self._unpacker is not None:
            self._unpacker.end()
        return b"".join(self._pieces)


class _Unpacker:
    """Unpacks gzip. An empty body is not packed, whatever its header says."""

    def __init__(self) -> None:
        self._packed, self._began = zlib.decompressobj(wbits=GZIP), False

    def unpacked(self, received: bytes) -> Iterator[bytes]:
        """Yields at most `PIECE` bytes at a time."""
        packed, rest = self._packed, received
        self._began = True
        while rest:
            if packed.eof:
                raise zlib.error("there is something behind the gzip")
            limit(None)  # unpacking takes time too, and reads no socket
            yield packed.decompress(rest, max_length=PIECE)
            rest = packed.unconsumed_tail or packed.unused_data

    def end(self) -> None:
        if self._began and not self._packed.eof:
            raise zlib.error("the gzip has no end")
