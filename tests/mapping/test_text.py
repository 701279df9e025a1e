import pytest

from monext_bridge.domain.record import on_one_line
from monext_bridge.mapping.monext.telephone import normalised
from monext_bridge.mapping.text import (
    clean,
    cut,
    is_date,
    without_angle_brackets,
    without_slashes,
)


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("  Jean   Dupont ", "Jean Dupont"),
        ("Rue\nde\tRome", "Rue de Rome"),
        ("a\u2028b\u00a0c", "a b c"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("\ud83d Rue", "Rue"),
        ("👩‍🚀 Élodie", "👩‍🚀 Élodie"),
        ("\x00", ""),
    ],
)
def test_control_characters_and_lone_surrogates_are_removed(written: str, cleaned: str) -> None:
    assert clean(written) == cleaned


@pytest.mark.parametrize(
    ("text", "longest", "kept"),
    [
        ("abcdef", 4, "abcd"),
        ("abcd", 4, "abcd"),
        ("abc def", 4, "abc"),
        ("abc😀", 4, "abc"),
        ("ab😀d", 4, "ab😀"),
        ("😀😀😀", 4, "😀😀"),
        ("éééééé", 4, "éééé"),
    ],
)
def test_a_cut_leaves_no_half_character_and_no_blank_at_the_end(text: str, longest: int, kept: str) -> None:
    assert cut(text, longest=longest) == kept


@pytest.mark.parametrize("text", ["1980-02-29", "2000-12-31"])
def test_a_day_that_exists_is_a_date(text: str) -> None:
    assert is_date(text)


@pytest.mark.parametrize(
    "text", ["1981-02-29", "1980-2-9", "19800229", "2020-W01-1", "29/02/1980", "１980-02-29", ""]
)
def test_anything_else_is_no_date(text: str) -> None:
    assert not is_date(text)


def test_nothing_is_joined_that_a_control_character_separates() -> None:
    assert on_one_line("ACC\x00EPTED\r\n\ud800 élan") == "ACC EPTED    élan"


def test_slashes_and_angle_brackets_are_taken_out() -> None:
    assert (without_slashes("2026/42"), without_angle_brackets("<b>late</b>")) == ("202642", "blate/b")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+33 (0)6.12-34 56 78", "+33612345678"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("06 12 34 56 78", "0612345678"),
        ("(06) 12 34 56 78", "0612345678"),
        ("+49\u00a0151\u2011234", "+49151234"),
        ("+33612345678", "+33612345678"),
    ],
)
def test_a_telephone_number_is_brought_near_to_e164(written: str, number: str) -> None:
    assert normalised(written) == number
