"""What buyers read on the payment pages and in the widget, in the session's language; the rest is English.

`languageCode` is two letters in upper case, and without it the language is the browser's (Monext's OpenAPI). Which
codes Monext takes is not published: another language than those of the table counts as none. Who tries the sandbox is
spoken to in English.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from flask import request

from sandbox.monext.sessions import Session
from sandbox.monext.settings import Contract

ENGLISH = "en"
LANGUAGES = ("fr", "de", "es", "it", "pt", "nl")

_TABLE: Mapping[str, Mapping[str, str]] = json.loads(
    Path(__file__).with_name("words.json").read_text(encoding="utf-8")
)
"""Each sentence by its English, and then by language."""

_IN_LANGUAGE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        ENGLISH: {text: text for text in _TABLE},
        **{each: {text: row[each] for text, row in _TABLE.items()} for each in LANGUAGES},
    }
)


def language_of(session: Session | None) -> str:
    """The session's language, else the browser's, else English."""
    asked = str(session.request.get("languageCode") or "").lower() if session else ""
    if asked in _IN_LANGUAGE:
        return asked
    of_the_browser = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality)
    return next((each for each in of_the_browser if each in _IN_LANGUAGE), ENGLISH)


def words_in(language: str) -> Mapping[str, str]:
    """Every sentence in one of the languages, by its English."""
    return _IN_LANGUAGE[language]


def method_name(contract: Contract, language: str) -> str:
    """A method as buyers read it: brands are the same in every language, a bank card is not."""
    return words_in(language)["Bank card"] if contract.code == "CB" else contract.name


def told(faults: Mapping[str, str], *, session: Session) -> dict[str, str]:
    """What is wrong with each field of a form, in the language of the session."""
    words = words_in(language_of(session))
    return {field: words[fault] for field, fault in faults.items()}
