"""Reads the body of an answer: only in the encoding that was asked for, and never more than its limit.

A few kilobytes of gzip can hold gigabytes, so what is unpacked is counted while it is unpacked. What comes over the
wire is counted where it is received (`connections`), which bounds whatever is skipped as well: heads, trailers, the
sizes of chunks.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse, IncompleteRead

from monext_bridge.runtime import limit

LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes of an answer once it is unpacked.

commercetools keeps no document of more than 16 MB, and wants large ones, such as orders of many lines, to have 2 MB
at most (https://docs.commercetools.com/api/limits). What Monext answers has some kilobytes. Only a list of many large
orders is larger, and its reader asks for half of it at a time.
"""

PIECE = 64 * 1024
"""Bytes that are read, or unpacked, before the deadline and the limit are looked at again."""

GZIP = zlib.MAX_WBITS | 16
"""Makes zlib read gzip alone (https://docs.python.org/3.11/library/zlib.html#zlib.decompress)."""

PLAIN, PACKED = ("", "identity"), ("gzip", "x-gzip")


class TooLarge(HTTPException):
    """There is more of an answer than anybody reads."""


class Unasked(Exception):
    """The body is packed in a way that was not asked for, so nothing is known of what it says."""


def read_content(response: HTTPResponse, *, largest: int) -> bytes:
    """Returns the whole body, unpacked.

    Raises TooLarge beyond `largest` bytes; Unasked; zlib.error where it is not packed as it says; OSError, which a
    TimeoutError is, and HTTPException where it breaks off or comes too late. The connection must be closed then.
    """
    encoding = response.getheader("Content-Encoding", "").strip().lower()
    if encoding not in (*PLAIN, *PACKED):
        raise Unasked(f"{len(encoding)} characters of encoding")
    pieces = _received(response)
    body = bytearray()
    for piece in _unpacked(pieces) if encoding in PACKED else pieces:
        body += piece
        if len(body) > largest:
            raise TooLarge
    return bytes(body)


def _received(response: HTTPResponse) -> Iterator[bytes]:
    while piece := response.read(PIECE):
        yield piece
    if response.length:
        raise IncompleteRead(b"", response.length)


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yields at most `PIECE` bytes at a time. An empty body is not packed, whatever its header says."""
    packed, came = zlib.decompressobj(wbits=GZIP), False
    for piece in pieces:
        came, rest = True, piece
        while rest:
            if packed.eof:
                raise zlib.error("there is something behind the gzip")
            limit(None)  # unpacking takes time too, and reads no socket
            yield packed.decompress(rest, max_length=PIECE)
            rest = packed.unconsumed_tail or packed.unused_data
    if came and not packed.eof:
        raise zlib.error("the gzip has no end")
