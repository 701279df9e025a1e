"""The language of a page, and amounts as people who read it write them (Flask-Babel, gettext catalogues)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_time, get_datetime_format, get_timezone
from babel.numbers import format_currency
from flask import Flask, g, has_request_context, render_template, request
from flask_babel import Babel, force_locale, get_locale

from monext_bridge.domain.money import Money

ENGLISH = "en"
"""The language of the message ids, which needs no catalogue."""

CATALOGUES = Path(__file__).resolve().parents[3] / "translations"

AT_HOME = {"en": Locale("en", "GB"), "pt": Locale("pt", "PT")}
"""How amounts and dates are written where nobody names a region: to Babel, a bare `en` is American and a bare `pt`
Brazilian."""

TAGS = {"pt": "pt-PT"}
"""What our words are declared as where the bare language would be read as another than they are."""

FOUR_DIGITS_TOGETHER = frozenset({"es", "es_ES", "it", "it_CH", "it_IT", "pt_PT"})
"""1234,50 and 12.345,50: CLDR's `minimumGroupingDigits` is 2 there, which Babel does not read."""

TIME_ZONE = "Europe/Paris"
"""That of most who pay by Monext; a server knows no better one. What is printed says its offset."""

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")

_CODE_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")
"""Where CLDR puts a space (`CHF 5.00`), which Babel leaves out."""


def languages_in(directory: Path) -> tuple[str, ...]:
    """English, and every language that has a compiled catalogue (`<language>/LC_MESSAGES/messages.mo`)."""
    found = {catalogue.parts[-3] for catalogue in directory.glob("*/LC_MESSAGES/messages.mo")}
    return (ENGLISH, *sorted(found - {ENGLISH}))


SUPPORTED = languages_in(CATALOGUES)


def init_i18n(app: Flask) -> None:
    """Sets up Flask-Babel, the template functions of gettext, and the filters `money` and `moment`."""
    Babel(app, default_locale=ENGLISH, default_translation_directories=str(CATALOGUES))
    app.jinja_env.filters["money"] = money
    app.jinja_env.filters["moment"] = moment


def page_language(*candidates: str | None) -> str:
    """The language of the first candidate (`fr`, `fr-FR`, `fr_FR`) that pages exist in, else English."""
    return next((language for language in map(_language, candidates) if language in SUPPORTED), ENGLISH)


def page_locale(*candidates: str | None) -> Locale:
    """The page's language with the region that a candidate names: `en-GB` writes amounts as in Britain."""
    language = page_language(*candidates)
    regional = (_locale(tag) for tag in candidates if _language(tag) == language)
    found = next((locale for locale in regional if locale), Locale(language))
    return found if found.territory else AT_HOME.get(found.language, found)


def render(
    template: str, *, languages: Sequence[str | None] = (), default: str | None = None, **values: object
) -> str:
    """A template in the best language: of the query's `lang`, of what it is about, of the browser, the `default`.

    The template also gets `language` and `direction`, those of its words, for `<html lang dir>`.
    """
    locale = page_locale(asked_language(), _spoken(), *languages, *browser_languages(), default)
    words = TAGS.get(locale.language, locale.language)
    with force_locale(str(locale)):
        return render_template(template, language=words, direction=locale.text_direction, **values)


def speak(language: str | None) -> None:
    """The language of what the present request is about, for all pages that may answer it; may be repeated."""
    g.page_language = language


def money(amount: Money) -> str:
    """An amount as written in the page's language; digits that the currency seldom shows are not rounded.

    A minus sign, not a hyphen: it is read aloud, and no line ends after it.
    """
    number = Decimal(amount.cent_amount).scaleb(-amount.fraction_digits)
    locale: Locale = get_locale()
    written = format_currency(
        number,
        amount.currency,
        locale=locale,
        decimal_quantization=False,
        group_separator=abs(number) >= 10_000 or not _keeps_four_digits_together(locale),
    )
    spaced = _CODE_BEFORE_DIGIT.sub("\N{NO-BREAK SPACE}", written)
    return spaced.replace("-", "\N{MINUS SIGN}")


def moment(at: datetime) -> str:
    """Date and time as written in the page's language, with the offset of their zone."""
    local = at.astimezone(get_timezone(TIME_ZONE))
    locale: Locale = get_locale()
    parts = format_time(local, "short", locale=locale), format_date(local, "long", locale=locale)
    written = str(get_datetime_format("long", locale=locale)).replace("'", "").format(*parts)
    return f"{written} ({_offset(local)})"


def asked_language() -> str | None:
    """What the present request says by `lang`, which may be no language at all; None outside a request."""
    return request.args.get("lang") if has_request_context() else None


def browser_languages() -> tuple[str, ...]:
    """What the browser of the present request asks for, best first; nothing outside a request."""
    if not has_request_context():
        return ()
    return tuple(tag for tag, quality in request.accept_languages if quality > 0)


def _keeps_four_digits_together(locale: Locale) -> bool:
    """By the locale that it inherits from, where that is not its language: `pt_AO` writes as `pt_PT`."""
    family = get_global("parent_exceptions").get(str(locale), str(locale))
    return family in FOUR_DIGITS_TOGETHER


def _spoken() -> str | None:
    return g.get("page_language") if has_request_context() else None


def _offset(local: datetime) -> str:
    """`UTC+1`: the same in all languages, where names of zones are not."""
    hours = (local.utcoffset() or timedelta()) // timedelta(hours=1)
    return f"UTC{hours:+d}"


def _language(tag: str | None) -> str | None:
    return tag.replace("_", "-").partition("-")[0].lower() if tag and _LANGUAGE_TAG.fullmatch(tag) else None


def _locale(tag: str | None) -> Locale | None:
    try:
        return Locale.parse((tag or "").replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return None
