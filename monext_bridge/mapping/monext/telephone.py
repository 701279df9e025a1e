"""Brings telephone numbers, as people write them, near to E.164."""

from __future__ import annotations

import re

SEPARATORS = re.compile(r"[\s.\-‐-―/]+")
TRUNK_ZERO = "(0)"


def normalised(number: str) -> str:
    """Turns `+33 (0)6.12-34 56 78` into `+33612345678`, and `00` in front into `+`. Other characters stay."""
    bare = SEPARATORS.sub("", number)
    international = f"+{bare[2:]}" if bare.startswith("00") else bare
    if international.startswith("+"):
        international = international.replace(TRUNK_ZERO, "")
    return international.replace("(", "").replace(")", "")
