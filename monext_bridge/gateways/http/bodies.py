"""Reads the body of an answer: only in the encoding that was asked for, and never more than its limit.

A few kilobytes of gzip can hold gigabytes, so what is unpacked is counted while it is unpacked. What comes over the
wire is counted where it is received (`connections`), which bounds whatever is skipped as well: heads, trailers, the
sizes of chunks.
"""

from __future__ import annotations

import http.client
import zlib
from collections.abc import Iterator

import requests
import urllib3

from monext_bridge.runtime import limit

ACCEPTED = {"Accept-Encoding": "gzip"}
"""The header of every request. A remote that packs its answer otherwise was not asked to."""

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


class TooLarge(http.client.HTTPException):
    """There is more of an answer than anybody reads. The libraries raise it inside exceptions of their own."""


class Unasked(Exception):
    """The body is packed in a way that was not asked for, so nothing is known of what it says."""


def read_content(response: requests.Response, *, largest: int) -> bytes:
    """Returns the whole body, unpacked. `response` was asked for with `ACCEPTED` and `stream=True`.

    Raises TooLarge beyond `largest` bytes, Unasked, and what requests and urllib3 raise where the body breaks off
    or comes too late. The connection must be closed then.
    """
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise Unasked(f"{len(encoding)} characters of encoding")
    pieces = _packed(response)
    body = bytearray()
    for piece in _unpacked(pieces) if encoding.endswith("gzip") else pieces:
        body += piece
        if len(body) > largest:
            raise TooLarge
    return bytes(body)


def _packed(response: requests.Response) -> Iterator[bytes]:
    while piece := response.raw.read(PIECE, decode_content=False):
        yield piece


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yields at most `PIECE` bytes at a time. An empty body is not packed, whatever its header says."""
    packed, came = zlib.decompressobj(wbits=GZIP), False
    for piece in pieces:
        came, rest = True, piece
        while rest:
            if packed.eof:
                raise urllib3.exceptions.DecodeError("there is something behind the gzip")
            _keep_to_deadline()
            yield _next(packed, rest)
            rest = packed.unconsumed_tail or packed.unused_data
    if came and not packed.eof:
        raise urllib3.exceptions.DecodeError("the gzip has no end")


def _next(packed: zlib._Decompress, rest: bytes) -> bytes:
    try:
        return packed.decompress(rest, max_length=PIECE)
    except zlib.error as error:
        raise urllib3.exceptions.DecodeError("not gzip") from error


def _keep_to_deadline() -> None:
    """Raises urllib3's TimeoutError where nothing is left: unpacking takes time too, and reads no socket."""
    try:
        limit(None)
    except TimeoutError as error:
        raise urllib3.exceptions.TimeoutError("the deadline passed while the answer was unpacked") from error
