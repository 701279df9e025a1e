"""Chooses a page's language, and writes amounts and dates as its readers do (Flask-Babel, gettext catalogues)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_time, get_datetime_format, get_timezone
from babel.numbers import format_currency, format_decimal
from babel.support import NullTranslations
from flask import Flask, g, has_request_context, render_template, request
from flask_babel import Babel, force_locale, get_locale, get_translations
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept

from monext_bridge.domain.money import Money
from monext_bridge.domain.record import Address
from monext_bridge.web.http import wishes
from monext_bridge.web.pages.shortening import MOST_LINES, abridged

ENGLISH = "en"
"""The language of the message ids. It needs no catalogue."""

CATALOGUES = Path(__file__).resolve().parents[3] / "translations"

AT_HOME = {"en": Locale("en", "GB"), "pt": Locale("pt", "PT")}
"""The regions by which amounts and dates are written where nobody names one. To Babel, a bare `en` is American and a
bare `pt` Brazilian."""

TAGS = {"pt": "pt-PT"}
"""The tags that declare our words where the bare language would stand for another variety than theirs."""

FOUR_DIGITS_TOGETHER = frozenset({"es", "es_ES", "it", "it_CH", "it_IT", "pt_PT"})
"""Locales that write 1234,50 but 12.345,50. CLDR's `minimumGroupingDigits` is 2 there, which Babel does not read."""

TIME_ZONE = "Europe/Paris"
"""The time zone of most who pay by Monext; a server knows no better one. Printed times say their offset."""

MOST_AMOUNTS, MOST_TAGS = 4096, 256

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")

_CODE_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")
"""The place where CLDR puts a space (`CHF 5.00`), which Babel leaves out."""


@dataclass(frozen=True, slots=True)
class _Words:
    """Holds what a page is written with."""

    locale: Locale
    catalogue: NullTranslations


_rendered: ContextVar[_Words | None] = ContextVar("rendered", default=None)


def languages_in(directory: Path) -> tuple[str, ...]:
    """Return English, and every language with a compiled catalogue (`<language>/LC_MESSAGES/messages.mo`)."""
    found = {catalogue.parts[-3] for catalogue in directory.glob("*/LC_MESSAGES/messages.mo")}
    return (ENGLISH, *sorted(found - {ENGLISH}))


SUPPORTED = languages_in(CATALOGUES)


def init_i18n(app: Flask) -> None:
    """Set up Flask-Babel, the template functions of gettext, and the filters of this module."""
    Babel(app, default_locale=ENGLISH, default_translation_directories=str(CATALOGUES))
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _words().catalogue.ugettext(text),
        ngettext=lambda one, many, number: _words().catalogue.ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: _words().catalogue.upgettext(context, text),
        npgettext=lambda context, one, many, number: _words().catalogue.unpgettext(
            context, one, many, number
        ),
    )
    app.jinja_env.filters["numberformat"] = whole_number
    app.jinja_env.filters["money"] = money
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["place"] = place
    app.jinja_env.filters["untranslated"] = untranslated
    app.jinja_env.filters["abridged"] = abridged
    app.jinja_env.globals["MOST_LINES"] = MOST_LINES


def page_language(*candidates: str | None) -> str:
    """Return the language of the first candidate (`fr`, `fr-FR`, `fr_FR`) that pages exist in, else English."""
    return next((language for language in map(_language, candidates) if language in SUPPORTED), ENGLISH)


def page_locale(*candidates: str | None) -> Locale:
    """Return the page's language with the region that a candidate names: `en-GB` writes amounts as in Britain."""
    language = page_language(*candidates)
    regional = (_locale(tag) for tag in candidates if _language(tag) == language)
    found = next((locale for locale in regional if locale), Locale(language))
    return found if found.territory else AT_HOME.get(found.language, found)


def render(
    template: str, *, languages: Sequence[str | None] = (), default: str | None = None, **values: object
) -> str:
    """Render a template in the first language that pages have: by `lang`, subject, browser, and then `default`.

    `lang` is of the query; the subject is what the page is about (see `speak`, and `languages`). The template also
    gets the `language` and `direction` of its words, for `<html lang dir>`.
    """
    locale = page_locale(asked_language(), *_subject_languages(), *languages, *browser_languages(), default)
    tag = TAGS.get(locale.language, locale.language)
    with force_locale(str(locale)):
        token = _rendered.set(_found_words())
        try:
            return render_template(template, language=tag, direction=locale.text_direction, **values)
        finally:
            _rendered.reset(token)


def speak(*languages: str | None) -> None:
    """Set the languages of what this request is about, best first, for all pages that may answer it.

    May be repeated: a later call replaces them.
    """
    g.page_languages = languages


def money(amount: Money) -> str:
    """Write an amount as in the page's language. Digits that the currency seldom shows are not rounded.

    The sign is a minus sign and not a hyphen: it is read aloud, and no line ends after it.
    """
    return _written(amount.cent_amount, amount.fraction_digits, amount.currency, _words().locale)


def whole_number(number: int) -> str:
    """Write a number as in the page's language."""
    return _number(number, _words().locale)


@lru_cache(maxsize=MOST_AMOUNTS)
def _number(number: int, locale: Locale) -> str:
    return format_decimal(number, locale=locale)


@lru_cache(maxsize=MOST_AMOUNTS)
def _written(cent_amount: int, fraction_digits: int, currency: str, locale: Locale) -> str:
    """Write an amount. The prices of a shop come again and again, and each takes as long as some sentences."""
    number = Decimal(cent_amount).scaleb(-fraction_digits)
    written = format_currency(
        number,
        currency,
        locale=locale,
        decimal_quantization=False,
        group_separator=abs(number) >= 10_000 or not _keeps_four_digits_together(locale),
    )
    spaced = _CODE_BEFORE_DIGIT.sub("\N{NO-BREAK SPACE}", written)
    return spaced.replace("-", "\N{MINUS SIGN}")


def moment(at: datetime) -> str:
    """Write date and time as in the page's language, with the offset of their zone."""
    local = at.astimezone(get_timezone(TIME_ZONE))
    locale = _words().locale
    parts = format_time(local, "short", locale=locale), format_date(local, "long", locale=locale)
    written = str(get_datetime_format("long", locale=locale)).replace("'", "").format(*parts)
    return f"{written} ({_offset(local)})"


def untranslated(text: str) -> Markup:
    """Mark a part of a sentence that a browser's translation leaves as it is, such as an amount."""
    return Markup('<span translate="no">{}</span>').format(text)


def place(address: Address, home: str | None) -> str | None:
    """Write the town of an address, and its country where that is not `home` (ISO 3166-1 codes).

    None where it says neither. Whoever has the link to a payment can read it, so it does not tell who lives there,
    nor in which street.
    """
    abroad = address.country if address.country and address.country != home else None
    country = _words().locale.territories.get(abroad, abroad) if abroad else None
    return ", ".join(part for part in (address.city, country) if part) or None


def asked_language() -> str | None:
    """Return what this request says by `lang`, which may be no language at all; None outside a request."""
    return request.args.get("lang") if has_request_context() else None


def browser_languages() -> tuple[str, ...]:
    """Return the languages that this request's browser asks for, best first; none outside a request."""
    if not has_request_context():
        return ()
    return tuple(
        tag for tag, quality in wishes(request, "Accept-Language", kind=LanguageAccept) if quality > 0
    )


def _words() -> _Words:
    """Return the words of the page that is rendered. Flask-Babel would look for them again for each sentence."""
    return _rendered.get() or _found_words()


def _found_words() -> _Words:
    return _Words(locale=get_locale(), catalogue=get_translations())


def _keeps_four_digits_together(locale: Locale) -> bool:
    """Tell it by the locale's parent, where that is not its language: `pt_AO` writes as `pt_PT`."""
    parent = get_global("parent_exceptions").get(str(locale), str(locale))
    return parent in FOUR_DIGITS_TOGETHER


def _subject_languages() -> tuple[str | None, ...]:
    return g.get("page_languages", ()) if has_request_context() else ()


def _offset(local: datetime) -> str:
    """Write the offset as `UTC+1`: that is the same in all languages, and names of zones are not."""
    hours = (local.utcoffset() or timedelta()) // timedelta(hours=1)
    return f"UTC{hours:+d}"


def _language(tag: str | None) -> str | None:
    return tag.replace("_", "-").partition("-")[0].lower() if tag and _LANGUAGE_TAG.fullmatch(tag) else None


@lru_cache(maxsize=MOST_TAGS)
def _locale(tag: str | None) -> Locale | None:
    try:
        return Locale.parse((tag or "").replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return None
