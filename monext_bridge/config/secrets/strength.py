"""Finds the secrets that production refuses: placeholders, published, guessable, or equal ones."""

from __future__ import annotations

import math
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from monext_bridge.config.by_store import ByStore, Readings
from monext_bridge.config.declaring import CHOSEN, Secret, Setting
from monext_bridge.config.secrets.published import DOCUMENTED, OF_THE_SANDBOX, PLACEHOLDERS

FEWEST_CHARACTERS = 8
"""Different characters. Among 32 random hexadecimal digits there are fewer once in 30 million times."""

ALPHABETS = (
    string.digits,
    "0123456789abcdef",
    "0123456789ABCDEF",
    string.ascii_lowercase,
    string.ascii_uppercase,
    string.ascii_lowercase + "-_. ",
    string.ascii_lowercase + string.digits,
    string.ascii_uppercase + string.digits,
    string.ascii_letters + string.digits,
    string.ascii_letters + string.digits + "+/=-_",
)
"""What a secret may have been drawn from, the smallest first. What fits none is of all 94 visible characters."""

VISIBLE_CHARACTERS = 94

WORDS = (
    *(
        "password",
        "passwort",
        "motdepasse",
        "secret",
        "geheim",
        "token",
        "admin",
        "letmein",
        "welcome",
        "login",
    ),
    *("qwerty", "qwertz", "azerty", "asdfgh", "zxcvbn", "default", "test", "demo", "dev", "prod", "local"),
    *("monext", "bridge", "payline", "commercetools", "redis", "link", "event", "sign", "reference", "shop"),
    *("master", "private", "production", "staging", "checkout", "payment", "cookie", "session", "key"),
)
"""Words that are tried first. Each counts as one character."""

REPEATED = 3
"""Characters that must have stood before in the same order to be no news."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Holds what is secret of one value, and where it stands."""

    setting: Setting
    kind: Secret
    where: str
    element: str
    secret: str


def weak_secrets(settings: Iterable[Setting], readings: Readings) -> Iterator[tuple[str, str]]:
    """Yields for each secret that real money must not depend on where it stands, and why it is refused."""
    found = [each for setting in settings for each in _secrets(setting, readings.by_name[setting.name])]
    for each in found:
        if reason := _reason(each):
            yield each.where, f"{each.element}{reason}"
    yield from _equal(found)


def unknown_bits(secret: str) -> float:
    """Returns how much of a secret whoever tries values has to guess, by a generous count.

    A character counts for as much as the alphabet it was drawn from. It counts for nothing where it follows from
    those before: in a sequence (`1234`), a run (`aaaa`), or a repetition (`abcabc`). A common word is one character.
    """
    text = secret.lower()
    for word in sorted(WORDS, key=len, reverse=True):
        text = text.replace(word, "\0")
    news = sum(1 for place in range(len(text)) if not _follows(text, place))
    return news * math.log2(_alphabet(secret))


def _secrets(setting: Setting, found: ByStore[Any]) -> Iterator[_Found]:
    kind = setting.secret
    if kind is None:
        return
    every = {} if found.every is None else {setting.name: found.every}
    places = every | {f'{setting.name}["{key}"]': value for key, value in found.by_key.items()}
    for where, value in places.items():
        elements = _elements(value)
        for number, text in enumerate(elements, start=1):
            if secret := kind.part(text):
                yield _Found(
                    setting,
                    kind,
                    where,
                    element=f"element {number} of the list " if len(elements) > 1 else "",
                    secret=secret,
                )


def _elements(value: SecretStr | tuple[SecretStr, ...]) -> list[str]:
    """Returns the texts of a value. A whole list, which counts beside its elements, is as good as they are."""
    texts = [each.get_secret_value() for each in (value if isinstance(value, tuple) else (value,))]
    return [text for text in texts if len(texts) == 1 or "," not in text]


def _reason(found: _Found) -> str | None:
    secret = found.secret
    if secret in DOCUMENTED or any(each in secret.lower() for each in PLACEHOLDERS):
        return "is a placeholder of a document, not a secret"
    if secret in OF_THE_SANDBOX:
        return "is published: it is one of the sandbox's"
    if (why := _guessable(secret, kind=found.kind)) is None:
        return None
    advice = "; use for example what `openssl rand -base64 33` prints" if found.kind == CHOSEN else ""
    return f"can be guessed: {why}{advice}"


def _guessable(secret: str, *, kind: Secret) -> str | None:
    if len(set(secret)) < FEWEST_CHARACTERS:
        return "it has too few different characters"
    if unknown_bits(secret) >= kind.least_bits:
        return None
    if len(secret) * math.log2(_alphabet(secret)) < kind.least_bits:
        return "it is too short for the characters that it is made of"
    return "it repeats itself, runs in sequence, or is made of common words"


def _equal(found: Iterable[_Found]) -> Iterator[tuple[str, str]]:
    """Finds what two settings share: who gets to know the one has the other too."""
    first: dict[str, Setting] = {}
    for each in found:
        known = first.setdefault(each.secret, each.setting)
        if known is not each.setting:
            yield each.where, f"{each.element}is the same as in {known.name}: each needs a secret of its own"


def _alphabet(secret: str) -> int:
    drawn_from = (each for each in ALPHABETS if set(secret) <= set(each))
    return len(next(drawn_from, "")) or VISIBLE_CHARACTERS


def _follows(text: str, place: int) -> bool:
    """Tells whether a character follows from those before."""
    if place >= 2:
        step = ord(text[place]) - ord(text[place - 1])
        if abs(step) <= 1 and step == ord(text[place - 1]) - ord(text[place - 2]):
            return True
    begin = place - REPEATED + 1
    return begin > 0 and text[begin : place + 1] in text[:place]
