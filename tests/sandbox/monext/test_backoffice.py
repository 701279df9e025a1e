"""The pages for the person who plays."""

from tests.sandbox.monext.merchant import Merchant, found, page_of

AUTOMATIC = {"paymentType": "ONE_OFF", "capture": "AUTOMATIC"}


def test_index_leads_to_the_other_pages(merchant: Merchant) -> None:
    page = page_of(merchant.client.get("/"))
    links = [str(link["href"]) for link in page.select("a")]
    assert {merchant.client.get(link).status_code for link in links} == {200}


def test_pending_payment_is_approved_on_its_page(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token, outcome="pending")
    form = found(page_of(merchant.client.get("/pending")), "form")
    merchant.client.post(str(form["action"]), data={"outcome": "accepted"})
    assert merchant.code(token) == "00000"
    assert "Nothing is pending" in merchant.client.get("/pending").get_data(as_text=True)


def test_review_of_risk_is_refused_on_its_page(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token, outcome="risk")
    form = found(page_of(merchant.client.get("/pending")), "form")
    merchant.client.post(str(form["action"]), data={"outcome": "refused"})
    assert merchant.read(token)["result"]["title"] == "REFUSED"


def test_refund_by_hand_stands_in_the_ledger(merchant: Merchant) -> None:
    payment = merchant.paid(payment=AUTOMATIC)
    form = found(page_of(merchant.client.get("/backoffice")), 'form[action$="/refunds"]')
    answer = merchant.client.post(str(form["action"]), data={"amount": "999"}, follow_redirects=True)
    assert found(page_of(answer), "#message").text == "00000 ACCEPTED"
    assert [(row["type"], row["amount"]) for row in merchant.rows(payment)][1:] == [("REFUND", 999)]


def test_back_office_is_bound_by_the_ledger_too(merchant: Merchant) -> None:
    payment = merchant.paid()
    data = {"amount": "1"}
    answer = merchant.client.post(f"/backoffice/{payment}/refunds", data=data, follow_redirects=True)
    assert found(page_of(answer), "#message").text == "02110 ERROR"


def test_amount_that_is_no_number_does_nothing(merchant: Merchant) -> None:
    payment = merchant.paid(payment=AUTOMATIC)
    merchant.client.post(f"/backoffice/{payment}/refunds", data={"amount": "9.99"})
    assert len(merchant.rows(payment)) == 1
