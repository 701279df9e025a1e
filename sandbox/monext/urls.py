"""URLs that merchants gave, with Monext's own parameters added."""

from collections.abc import Mapping
from urllib.parse import urlencode


def with_query(url: str, *, added: Mapping[str, str]) -> str:
    """`url` to the letter, with parameters after those it has; a fragment stays at the end."""
    address, hash_sign, fragment = url.partition("#")
    separator = "&" if "?" in address else "?"
    return f"{address}{separator}{urlencode(added)}{hash_sign}{fragment}"
