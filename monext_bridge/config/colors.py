"""Reads SHOP_COLORS: a shop's colours, the colours that follow from them, and whether they can be read (WCAG 2.2).

A shop names few colours, of which only `accent` is required. The others of a page follow. Text on the accent
is white or black, whichever of them can be read. The dark page keeps our grounds. Its accent is the shop's
own, made lighter only as far as it must be to be read there. No colour is changed on the page that a shop
names it for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

from monext_bridge.config.parsing import Fault

HEX = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
NAMES = ("accent", "ground", "surface", "darkAccent")
"""The list is closed, so that a typo is not taken for a store."""

COLOR_SHAPE = f"must be a JSON object of colours like #0b7a4b, with accent and at most {', '.join(NAMES[1:])}"

TEXT = 4.5
"""The contrast that text must have with what is behind it (WCAG 2.2, 1.4.3)."""

SIGN = 3.0
"""The contrast that a sign, a border or a mark of the focus must have (WCAG 2.2, 1.4.11)."""

Pair = tuple[str, str, float]
Rgb = tuple[int, int, int]
WHITE, BLACK = "#ffffff", "#000000"
STEPS = 50


@dataclass(frozen=True, slots=True)
class Palette:
    """Holds the colours of a page, light or dark, as `#rrggbb`. They are named as the stylesheet's variables are."""

    ground: str
    surface: str
    text: str
    muted: str
    line: str
    accent: str
    accent_strong: str
    on_accent: str
    tint: str
    done: str
    waiting: str
    stopped: str


@dataclass(frozen=True, slots=True)
class Colors:
    """Holds the two palettes that follow from what a shop has named."""

    light: Palette
    dark: Palette


NAMED_PAIRS = (
    ("text", "surface", TEXT),
    ("text", "ground", TEXT),
    ("muted", "surface", TEXT),
    ("muted", "ground", TEXT),
    ("accent", "surface", TEXT),
    ("accent", "ground", TEXT),
    ("done", "surface", SIGN),
    ("waiting", "surface", SIGN),
    ("stopped", "surface", SIGN),
)
DERIVED_PAIRS = (
    ("on_accent", "accent", TEXT),
    ("on_accent", "accent_strong", TEXT),
    ("accent_strong", "surface", TEXT),
    ("accent_strong", "ground", TEXT),
    ("accent_strong", "tint", TEXT),
    ("text", "tint", TEXT),
    ("accent", "tint", SIGN),
    ("waiting", "tint", SIGN),
)
"""What the stylesheet puts on what, and the least contrast that they must have. In NAMED_PAIRS a shop may
name one of the two; in DERIVED_PAIRS both follow from what it names."""


def is_colors(document: dict[str, Any]) -> bool:
    """Tells whether a JSON object is colours. One with any other name is a map by store."""
    return bool(document) and set(document) <= set(NAMES)


def colors(value: Any) -> Colors:
    """Reads one shop's colours. Raises Fault for what is no colour, and for every pair that could not be read."""
    if not isinstance(value, dict) or not is_colors(value) or "accent" not in value:
        raise Fault(COLOR_SHAPE)
    named = {name: _color(color) for name, color in value.items()}
    found = Colors(light=_light(named), dark=_dark(named))
    if too_faint := _too_faint(found, NAMED_PAIRS) or _too_faint(found, DERIVED_PAIRS):
        raise Fault("; ".join(too_faint))
    return found


def contrast(one: str, other: str) -> float:
    """Returns the contrast ratio, from 1 to 21 (WCAG 2.2)."""
    lower, higher = sorted((_luminance(one), _luminance(other)))
    return (higher + 0.05) / (lower + 0.05)


def _color(value: Any) -> str:
    if not isinstance(value, str) or not HEX.fullmatch(value):
        raise Fault(COLOR_SHAPE)
    digits = value[1:].lower()
    return f"#{digits}" if len(digits) == 6 else "#" + "".join(2 * digit for digit in digits)


def _light(named: dict[str, str]) -> Palette:
    surface, accent = named.get("surface", "#ffffff"), named["accent"]
    return Palette(
        ground=named.get("ground", "#f3f5f7"),
        surface=surface,
        text="#17202b",
        muted="#526070",
        line="#d5dbe2",
        **_accented(accent, surface=surface),
        done="#1d6b3f",
        waiting="#8a5800",
        stopped="#9f2a2a",
    )


def _dark(named: dict[str, str]) -> Palette:
    ground, surface = "#10161d", "#19212b"
    accent = named.get("darkAccent") or _readable(named["accent"], grounds=(ground, surface))
    return Palette(
        ground=ground,
        surface=surface,
        text="#e9eef4",
        muted="#a8b4c2",
        line="#334050",
        **_accented(accent, surface=surface),
        done="#72cf9a",
        waiting="#eab85c",
        stopped="#f09a9a",
    )


def _accented(accent: str, *, surface: str) -> dict[str, str]:
    """Returns what follows from an accent: white or black on it, its stronger form under a pointer, and a tint of it.

    One of white and black always reaches 4.58:1, and the stronger form moves away from it.
    """
    on_accent, away = (WHITE, BLACK) if contrast(WHITE, accent) >= TEXT else (BLACK, WHITE)
    return {
        "accent": accent,
        "accent_strong": _mixed(accent, away, 0.25),
        "on_accent": on_accent,
        "tint": _mixed(surface, accent, 0.07),
    }


def _readable(accent: str, *, grounds: tuple[str, ...]) -> str:
    """Returns the accent with as little white as makes it readable as text on all of the dark grounds."""
    lighter = (_mixed(accent, WHITE, step / STEPS) for step in range(STEPS + 1))
    return next(color for color in lighter if all(contrast(color, ground) >= TEXT for ground in grounds))


def _too_faint(found: Colors, pairs: Iterable[Pair]) -> list[str]:
    """Says of each pair with too little contrast what it has and what it needs."""
    faults = []
    for (page, palette), (name, behind, least) in product(_pages(found), pairs):
        front, back = getattr(palette, name), getattr(palette, behind)
        if (ratio := contrast(front, back)) < least:
            pair = f"{name} {front} on {behind} {back}".replace("_", " ")
            faults.append(
                f"{pair} ({page} page) has a contrast of {_rounded_down(ratio)}:1, needs {least:g}:1"
            )
    return faults


def _pages(found: Colors) -> tuple[tuple[str, Palette], ...]:
    return ("light", found.light), ("dark", found.dark)


def _rounded_down(ratio: float) -> str:
    """Rounds down, so that 4.499 does not read like the 4.5 that is needed."""
    return f"{int(ratio * 100) / 100:.2f}"


def _luminance(color: str) -> float:
    """Returns the relative luminance (WCAG 2.2)."""
    red, green, blue = (_linear(channel / 255) for channel in _rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _mixed(color: str, other: str, share: float) -> str:
    """Returns `color` with that share of `other`."""
    mixed = (round(a + (b - a) * share) for a, b in zip(_rgb(color), _rgb(other), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _rgb(color: str) -> Rgb:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
