"""Bounds what a page shows of a cart: a text of its owner's may be as long as commercetools takes it."""

from __future__ import annotations

import unicodedata

LONGEST_SHOWN = 200
"""Characters of a name or a town on a page. No honest one is so long."""

MOST_LINES = 60
"""Lines of a cart, deliveries or towns that a page shows each on its own."""

LONGEST_PICTURE = 512
"""Characters of a picture's address. One that is longer is not shown."""

JOINER = "\N{ZERO WIDTH JOINER}"
MARKS = ("Mn", "Mc", "Me")


def abridged(text: str) -> str:
    """Return a text with an ellipsis for what is too much, cut between what a reader takes for two characters."""
    if len(text) <= LONGEST_SHOWN:
        return text
    ends = (end for end in range(LONGEST_SHOWN, 0, -1) if not _is_within_one(text, end))
    # A text of nothing but marks has no place to cut at.
    end = next(ends, LONGEST_SHOWN)
    return text[:end].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _is_within_one(text: str, at: int) -> bool:
    """Tell whether what stands before and after a place is one character to its reader."""
    before, after = text[at - 1], text[at]
    return (
        unicodedata.category(after) in MARKS
        or JOINER in (before, after)
        or "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= after <= "\N{EMOJI MODIFIER FITZPATRICK TYPE-6}"
        or (_is_flag_letter(before) and _is_flag_letter(after))
    )


def _is_flag_letter(character: str) -> bool:
    first, last = "\N{REGIONAL INDICATOR SYMBOL LETTER A}", "\N{REGIONAL INDICATOR SYMBOL LETTER Z}"
    return first <= character <= last
