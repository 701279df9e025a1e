"""When the merchant is told, how often, and what stops it."""

from threading import Event
from urllib.parse import parse_qsl, urlsplit

import pytest

from sandbox.monext import create_app
from sandbox.monext.notifications import Message
from tests.sandbox.monext.merchant import Inbox, Merchant, make_merchant


def flush(merchant: Merchant) -> int:
    return int(merchant.control("notifications/flush")["sent"])


def states(merchant: Merchant) -> list[str]:
    journal = merchant.client.get("/_control/notifications").get_json()["notifications"]
    return [told["state"] for told in journal]


def test_notification_names_the_session_and_keeps_the_query(merchant: Merchant, inbox: Inbox) -> None:
    token = merchant.create()
    merchant.play(token)
    flush(merchant)
    (url,) = inbox.urls
    assert url.startswith("https://shop.example/notification?")
    expected = [("cart", "1"), ("notificationType", "WEBTRS"), ("token", token)]
    assert parse_qsl(urlsplit(url).query) == expected


def test_notification_that_was_answered_with_200_is_not_repeated(merchant: Merchant, inbox: Inbox) -> None:
    merchant.play(merchant.create())
    flush(merchant)
    merchant.advance(3600)
    assert flush(merchant) == 0
    assert len(inbox.urls) == 1


@pytest.mark.parametrize("status", [204, 302, 404, 500, 503])
def test_any_other_answer_is_repeated_every_minute(merchant: Merchant, inbox: Inbox, status: int) -> None:
    inbox.status = status
    merchant.play(merchant.create())
    flush(merchant)
    merchant.advance(59)
    assert flush(merchant) == 0
    merchant.advance(1)
    assert flush(merchant) == 1


def test_repeats_end_after_two_hours(merchant: Merchant, inbox: Inbox) -> None:
    inbox.status = 500
    merchant.play(merchant.create())
    flush(merchant)
    for _ in range(130):
        merchant.advance(60)
        flush(merchant)
    assert len(inbox.urls) == 121
    assert states(merchant) == ["given_up"]


def test_server_that_is_down_is_tried_again() -> None:
    calls: list[str] = []

    def refuse(message: Message) -> int:
        calls.append(message.url)
        raise ConnectionRefusedError

    merchant = Merchant(create_app(send=refuse).test_client())
    merchant.play(merchant.create())
    flush(merchant)
    merchant.advance(60)
    flush(merchant)
    assert len(calls) == 2


def test_reading_a_final_result_stops_the_repeats(merchant: Merchant, inbox: Inbox) -> None:
    inbox.status = 500
    token = merchant.create()
    merchant.play(token)
    flush(merchant)
    merchant.read(token)
    merchant.advance(60)
    assert flush(merchant) == 0
    assert states(merchant) == ["read"]


def test_result_that_was_read_first_is_not_notified(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token)
    merchant.read(token)
    assert flush(merchant) == 0


def test_reading_a_pending_result_stops_nothing(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token, outcome="pending")
    merchant.read(token)
    assert flush(merchant) == 1


def test_end_of_a_pending_payment_is_notified_once_more(merchant: Merchant, inbox: Inbox) -> None:
    token = merchant.create()
    merchant.play(token, outcome="pending")
    flush(merchant)
    merchant.read(token)
    merchant.control(f"sessions/{token}/resolve", outcome="accepted")
    flush(merchant)
    assert len(inbox.urls) == 2


def test_each_attempt_of_a_session_is_notified(merchant: Merchant, inbox: Inbox) -> None:
    token = merchant.create()
    merchant.play(token, outcome="refused")
    merchant.play(token)
    flush(merchant)
    assert len(inbox.urls) == 2


def test_new_attempt_is_notified_though_the_refusal_was_read(merchant: Merchant, inbox: Inbox) -> None:
    token = merchant.create()
    merchant.play(token, outcome="refused")
    merchant.read(token)
    merchant.play(token)
    assert flush(merchant) == 1


def test_address_is_called_to_the_letter(merchant: Merchant, inbox: Inbox) -> None:
    url = "https://shop.example/n/a%2Fb?x=%20~&y"
    merchant.play(merchant.create(notificationURL=url))
    flush(merchant)
    assert inbox.urls[0].startswith(f"{url}&notificationType=WEBTRS&token=")


def test_cancelled_and_expired_sessions_are_not_notified(merchant: Merchant) -> None:
    merchant.play(merchant.create(), outcome="cancelled")
    merchant.play(merchant.create(), outcome="expired")
    assert flush(merchant) == 0


def test_cancelled_session_is_notified_where_that_is_set(merchant: Merchant) -> None:
    merchant.control("settings", notifyOnCancel=True)
    merchant.play(merchant.create(), outcome="cancelled")
    assert flush(merchant) == 1


def test_session_without_address_is_not_notified(merchant: Merchant) -> None:
    merchant.play(merchant.create(notificationURL=None))
    assert flush(merchant) == 0


def test_lost_notification_never_arrives(merchant: Merchant, inbox: Inbox) -> None:
    merchant.control("notifications", mode="lost")
    merchant.play(merchant.create())
    merchant.advance(3600)
    assert flush(merchant) == 0
    assert states(merchant) == ["lost"]


def test_doubled_notification_arrives_twice(merchant: Merchant, inbox: Inbox) -> None:
    merchant.control("notifications", mode="doubled")
    merchant.play(merchant.create())
    flush(merchant)
    assert len(inbox.urls) == 2


def test_late_notification_waits(merchant: Merchant) -> None:
    merchant.control("notifications", mode="late", late=30)
    merchant.play(merchant.create())
    assert flush(merchant) == 0
    merchant.advance(30)
    assert flush(merchant) == 1


def test_interval_of_the_repeats_can_be_set(merchant: Merchant, inbox: Inbox) -> None:
    inbox.status = 500
    merchant.control("notifications", interval=1)
    merchant.play(merchant.create())
    flush(merchant)
    merchant.advance(1)
    assert flush(merchant) == 1


def test_back_office_acts_go_to_the_address_of_the_point_of_sale(merchant: Merchant, inbox: Inbox) -> None:
    url = "https://shop.example/trs"
    merchant.control("settings", transactionNotificationUrl=url)
    payment = merchant.paid(notificationURL=None)
    act = merchant.control(f"transactions/{payment}/captures", amount=1000)["transaction"]["id"]
    flush(merchant)
    assert inbox.urls == [f"{url}?notificationType=TRS&transactionId={act}"]


def test_acts_over_the_api_are_not_notified(merchant: Merchant) -> None:
    merchant.control("settings", transactionNotificationUrl="https://shop.example/trs")
    payment = merchant.paid(notificationURL=None)
    merchant.act(payment, "captures", amount=1000)
    assert flush(merchant) == 0


def test_started_notifier_sends_by_itself() -> None:
    arrived = Event()

    def send(_: Message) -> int:
        arrived.set()
        return 200

    app = create_app(send=send)
    notifier = app.extensions["monext"].notifier
    notifier.start()
    merchant = Merchant(app.test_client())
    merchant.play(merchant.create())
    assert arrived.wait(60)
    notifier.stop()


def test_merchant_may_ask_back_while_it_is_told() -> None:
    seen: list[str] = []

    class Asking(Inbox):
        def __call__(self, message: Message) -> int:
            token = dict(parse_qsl(urlsplit(message.url).query))["token"]
            seen.append(Merchant(merchant.client.application.test_client()).code(token))
            return 200

    merchant = make_merchant(Asking())
    merchant.play(merchant.create())
    assert flush(merchant) == 1
    assert seen == ["00000"]
