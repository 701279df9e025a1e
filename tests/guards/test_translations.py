"""The catalogues say all that the pages say, in each language, and nothing else."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from monext_bridge.domain.languages import LANGUAGES
from monext_bridge.web.pages.i18n import CATALOGUES, ENGLISH, SUPPORTED
from tests.words_by_language import WORDS

ROOT = Path(__file__).resolve().parents[2]
TRANSLATED = sorted(set(LANGUAGES) - {ENGLISH})
REPAIR = "run `make translations` and translate what is new"

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?.")
MARKUP = re.compile(r"<[^>]*>|&#?\w+;")
SENTENCES_END = ("…", "...", ".", "!", "?", ":")
UNTYPOGRAPHIC = re.compile(r"[\"'`]|\.\.\.|\s\s|^\s|\s$")
"""Straight quotes and apostrophes, three dots for an ellipsis, and spaces too many."""


def texts(message: Message) -> tuple[str, ...]:
    """What stands in the place of an id: one text, or one for each plural form."""
    return _all_of(message.string)


def ids(message: Message) -> tuple[str, ...]:
    return _all_of(message.id)


def _all_of(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """One text, or one for each plural form; a message that was never translated has an empty one."""
    if text is None:
        return ("",)
    return (text,) if isinstance(text, str) else tuple(text)


def said(catalog: Catalog) -> list[Message]:
    """Its messages without the head."""
    return [message for message in catalog if message.id]


@cache
def sources() -> Catalog:
    """What the templates and the code say, read from them now."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]  # babel gives it no types
    found = Catalog()
    for name, line, message, _, context in extract_from_dir(ROOT, methods, options):
        found.add(message, None, [(name, line)], context=context)
    return found


def file(language: str, *, suffix: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / f"messages.{suffix}"


@cache
def catalogue(language: str) -> Catalog:
    with file(language, suffix="po").open("rb") as po:
        return read_po(po, locale=language, abort_invalid=True)


@pytest.fixture(params=TRANSLATED)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """Every text of a catalogue after its English: the singular for the first form, the plural for the others."""
    for message in said(catalogue(language)):
        for place, text in enumerate(texts(message)):
            yield ids(message)[min(place, len(ids(message)) - 1)], text


def test_each_language_of_the_pages_has_a_catalogue() -> None:
    missing = [each for each in LANGUAGES if each not in SUPPORTED]
    assert missing == [], "make them with `pybabel init -l <language>`, then " + REPAIR
    assert [each for each in SUPPORTED if each not in LANGUAGES] == [], "add these to domain/languages.py"


def test_the_sources_are_found() -> None:
    files = {name for message in said(sources()) for name, _ in message.locations}

    assert "monext_bridge/web/pages/error_words.py" in files
    assert "templates/checkout/summary.html" in files


def test_each_language_has_exactly_what_the_sources_say(language: str) -> None:
    wanted = {(message.id, message.context) for message in said(sources())}
    found = {(message.id, message.context) for message in said(catalogue(language))}

    assert wanted - found == set(), REPAIR
    assert found - wanted == set(), REPAIR
    assert not catalogue(language).obsolete, REPAIR


def test_nothing_is_untranslated_or_only_guessed(language: str) -> None:
    found = catalogue(language)

    assert [m.id for m in found if m.fuzzy] == []
    assert [m.id for m in said(found) if not all(texts(m))] == []


def test_plural_forms_are_those_of_the_language(language: str) -> None:
    found, wanted = catalogue(language), get_plural(language)

    assert (found.num_plurals, found.plural_expr) == (wanted.num_plurals, wanted.plural_expr)
    plurals = [message for message in said(found) if message.pluralizable]
    assert {len(texts(message)) for message in plurals} == {wanted.num_plurals}


def test_compiled_catalogue_is_what_the_readable_one_compiles_to(language: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))

    assert file(language, suffix="mo").read_bytes() == compiled.getvalue(), "run `make translations`"


def test_placeholders_and_markup_survive(language: str) -> None:
    for english, text in pairs(language):
        assert Counter(PLACEHOLDER.findall(text)) == Counter(PLACEHOLDER.findall(english)), text
        assert Counter(MARKUP.findall(text)) == Counter(MARKUP.findall(english)), text


def test_no_text_is_left_in_english(language: str) -> None:
    left = {text for english, text in pairs(language) if text == english}

    assert left == WORDS[language].as_in_english


def test_sentences_end_as_they_do_in_english(language: str) -> None:
    for english, text in pairs(language):
        ends = [next((end for end in SENTENCES_END if t.endswith(end)), "") for t in (english, text)]
        assert ends[0] == ends[1], text


def test_punctuation_is_typographic(language: str) -> None:
    assert [text for _, text in pairs(language) if UNTYPOGRAPHIC.search(text)] == []


def test_in_french_a_narrow_space_that_does_not_break_stands_before_high_punctuation() -> None:
    for _, text in pairs("fr"):
        for sign in re.finditer(r"[:;?!]", text):
            assert text[sign.start() - 1] == "\N{NARROW NO-BREAK SPACE}", text


def test_only_french_has_spaces_before_high_punctuation(language: str) -> None:
    texts_with = [text for _, text in pairs(language) if re.search(r"\s[:;?!]", text)]

    assert bool(texts_with) == (language == "fr")
