import pytest

from monext_bridge.config import PaymentMethod
from monext_bridge.domain.languages import LANGUAGES
from monext_bridge.mapping.monext.payment_methods import BRANDS, TRANSLATED, display_names


def test_every_method_has_a_name_in_every_language() -> None:
    named = {code: display_names(code) for code in (*BRANDS, *TRANSLATED)}
    missing = [
        f"{code} in {each}" for code, names in named.items() for each in LANGUAGES if each not in names
    ]
    assert missing == [], "these names are missing in payment_methods.py"
    assert [code for code, names in named.items() if tuple(names) != LANGUAGES] == [], "in another order"
    assert [c for c, names in named.items() if not all(n.strip() and n != c for n in names.values())] == []


def test_every_method_that_a_store_may_list_has_a_name() -> None:
    known = {*BRANDS, *TRANSLATED}
    without = [method.value for method in PaymentMethod if method not in known]
    assert without == [], "name these in BRANDS or TRANSLATED of payment_methods.py"


@pytest.mark.parametrize("code", list(TRANSLATED))
def test_a_translated_method_is_called_differently_in_each_language(code: str) -> None:
    assert len(set(display_names(code).values())) == len(LANGUAGES)


def test_no_method_is_in_both_tables() -> None:
    assert not set(BRANDS) & set(TRANSLATED)


def test_a_method_that_is_not_known_stands_for_itself() -> None:
    assert display_names("Oney_3x") == dict.fromkeys(LANGUAGES, "Oney_3x")


def test_a_card_is_called_as_people_call_it() -> None:
    assert display_names("cb")["fr"] == "Carte bancaire"
