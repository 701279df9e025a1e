"""Makes texts that people wrote fit for another company's fields."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

UNSENDABLE = ("Cc", "Cs")
"""Lists control characters, and halves of a surrogate pair, which no UTF-8 text can carry."""

DATE_SHAPE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def clean(text: str) -> str:
    """Removes control characters and lone surrogates. Runs of blanks and line breaks become one space."""
    if not text.isprintable():
        text = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in UNSENDABLE)
    return " ".join(text.split())


def cut(text: str, *, longest: int) -> str:
    """Returns at most `longest` UTF-16 units of a text, as Java and JavaScript count.

    Neither half of a surrogate pair nor a blank is left at the end.
    """
    if len(text) <= longest and text.isascii():
        return text.rstrip()
    units = text.encode("utf-16-le")[: 2 * longest]
    return units.decode("utf-16-le", errors="ignore").rstrip()


def without_slashes(text: str) -> str:
    return text.replace("/", "")


def constant(text: str) -> str:
    """Turns `pickup point` and `pickup-point` into `PICKUP_POINT`."""
    return text.strip().replace("-", "_").replace(" ", "_").upper()


def without_angle_brackets(text: str) -> str:
    return text.replace("<", "").replace(">", "")


def is_code(text: str) -> bool:
    """Tells whether a text is of digits alone, as Monext's category codes are (`5`, `500010001`)."""
    return text.isascii() and text.isdecimal()


def is_date(text: str) -> bool:
    """Tells whether a text is a day that exists, written `yyyy-MM-dd`."""
    try:
        return bool(DATE_SHAPE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False
