"""Writes and reads `paymentStatus.interfaceText`: the text of the status, and the start note on a line of its own.

    REFUSED: Do not honor
    Start: returnUrl=https://shop.example.com/thanks?order=17 cancelUrl=https://shop.example.com/basket lang=fr-BE

The first line never is the note, whatever it says. Without a note there is no second line.
"""

from __future__ import annotations

import re

from monext_bridge.domain.record import NO_NOTE, LandingPages, StartNote

NOTE_BEGINS = "Start: "
NOTED_URL = re.compile(r"(?i:https?)://[!-\[\]-~]{1,593}")
"""Matches up to 600 characters of visible ASCII (with https 601), so neither a blank nor the end of a line."""

NOTED_LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,35}")
FORMS = {"returnUrl": NOTED_URL, "cancelUrl": NOTED_URL, "lang": NOTED_LANGUAGE}
LONGEST_NOTE = len(NOTE_BEGINS) + sum(len(f"{name}= ") for name in FORMS) + 2 * 601 + 35
"""Characters of the longest second line."""


def write_status_text(text: str | None, note: StartNote) -> str:
    """Returns the `interfaceText`. A line break in the text becomes a blank.

    What could not be read back, such as a URL with a blank, is left out of the note.
    """
    first = one_line(text or "")
    values = (note.landing.return_url, note.landing.cancel_url, note.language)
    pieces = [
        f"{name}={value}"
        for (name, form), value in zip(FORMS.items(), values, strict=True)
        if value is not None and form.fullmatch(value)
    ]
    return f"{first}\n{NOTE_BEGINS}{' '.join(pieces)}" if pieces else first


def read_status_text(text: str | None) -> tuple[str | None, StartNote]:
    """Returns the text of the status, None where it is empty, and the note.

    Lines of other writers belong to the text. Of several notes the last one counts.
    """
    first, *others = (text or "").split("\n")
    notes = [note for line in others if (note := _read_note(line))]
    kept = [line for line in others if not _read_note(line)]
    return "\n".join((first, *kept)) or None, notes[-1] if notes else NO_NOTE


def one_line(text: str) -> str:
    return text.replace("\n", " ")


def _read_note(line: str) -> StartNote | None:
    """Returns the note of a line, None where it is none."""
    if not line.startswith(NOTE_BEGINS):
        return None
    pairs = (piece.partition("=") for piece in line.removeprefix(NOTE_BEGINS).split(" "))
    found = {name: value for name, _, value in pairs if name in FORMS and FORMS[name].fullmatch(value)}
    if not found:
        return None
    landing = LandingPages(found.get("returnUrl"), found.get("cancelUrl"))
    return StartNote(landing, found.get("lang"))
