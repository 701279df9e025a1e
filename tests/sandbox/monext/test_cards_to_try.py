"""What the pages say of a card is what happens to it."""

import pytest

from sandbox.bank import CARDS
from sandbox.monext.cards import ACCEPTED_CARD, VOUCHER_CARD, bank_answer, read_card
from sandbox.monext.cards_to_try import REFUSED_CARD, cards_to_try
from sandbox.monext.settings import Contract, Kind, contracts_of
from tests.sandbox.monext.merchant import START, Merchant

FOR_CARDS = [each for each in contracts_of("FR") if each.kind is Kind.CARD]


@pytest.mark.parametrize("contract", FOR_CARDS, ids=lambda contract: contract.code)
def test_the_first_card_is_taken_and_accepted(contract: Contract) -> None:
    shown = cards_to_try(contract)
    code = "1" * shown.code_digits
    card, faults = read_card(
        number=shown.accepted, expiry="1235", cvv=code, holder="", networks=contract.networks, now=START
    )
    assert card is not None, faults
    assert bank_answer(card, amount=2499) == "00000"


@pytest.mark.parametrize("contract", FOR_CARDS, ids=lambda contract: contract.code)
def test_no_card_is_offered_that_the_method_does_not_take(contract: Contract) -> None:
    for number, _ in cards_to_try(contract).others:
        card, faults = read_card(
            number=number, expiry="1235", cvv="123", holder="", networks=contract.networks, now=START
        )
        assert card is not None, faults


def test_every_card_with_a_story_is_offered() -> None:
    shown = [number for number, _ in cards_to_try(FOR_CARDS[0]).others]
    assert sorted(shown) == sorted([REFUSED_CARD, VOUCHER_CARD, *CARDS.values()])


def test_the_refused_card_is_refused() -> None:
    card, _ = read_card(
        number=REFUSED_CARD, expiry="1235", cvv="123", holder="", networks=("CARTES_BANCAIRES",), now=START
    )
    assert card is not None
    assert bank_answer(card, amount=2499) == "01100"


def test_the_hosted_page_shows_them_beside_its_form(merchant: Merchant) -> None:
    page = merchant.client.get(f"/v2/?token={merchant.create()}&method=CB_FR").get_data(as_text=True)
    assert f"Test card <code>{ACCEPTED_CARD}</code>, any expiry date in the future, any 3 digits." in page
    assert page.count("<details>") == 1


def test_the_widget_is_told_them_for_cards_alone(merchant: Merchant) -> None:
    state = merchant.client.get(f"/services/token/{merchant.create()}/state/current").get_json()
    methods = {each["cardCode"]: each for each in state["paymentMethodsList"]["methods"]}
    assert methods["CB"]["cardsToTry"]["accepted"] == ACCEPTED_CARD
    assert methods["AMEX"]["cardsToTry"]["code_digits"] == 4
    assert "cardsToTry" not in methods["PAYPAL"]
