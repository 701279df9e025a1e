import pytest

from monext_bridge.domain.languages import LANGUAGES
from monext_bridge.mapping.monext.payment_methods import BRANDS, TRANSLATED, display_names


def test_every_method_has_a_name_in_every_language() -> None:
    named = {code: display_names(code) for code in (*BRANDS, *TRANSLATED)}
    assert [code for code, names in named.items() if tuple(names) != LANGUAGES] == []
    assert [c for c, names in named.items() if not all(n.strip() and n != c for n in names.values())] == []


@pytest.mark.parametrize("code", list(TRANSLATED))
def test_a_translated_method_is_called_differently_in_each_language(code: str) -> None:
    assert len(set(display_names(code).values())) == len(LANGUAGES)


def test_no_method_is_in_both_tables() -> None:
    assert not set(BRANDS) & set(TRANSLATED)


def test_a_method_that_is_not_known_stands_for_itself() -> None:
    assert display_names("Oney_3x") == dict.fromkeys(LANGUAGES, "Oney_3x")


def test_a_card_is_called_as_people_call_it() -> None:
    assert display_names("cb")["fr"] == "Carte bancaire"
