"""Settings: what is read from the environment, store by store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from pydantic import SecretStr

from monext_bridge.config import (
    Access,
    Branding,
    CaptureType,
    CheckoutMode,
    MonextEnvironment,
    PaymentMethod,
    url_host,
)
from monext_bridge.errors import StoreNotConfigured
from tests.settings_environment import (
    ACCESS_KEY,
    CLIENT_SECRET,
    SECRET_KEY,
    by_store,
    monext_api_key,
    settings_faults,
    settings_with,
)


def texts(secrets: Iterable[SecretStr]) -> list[str]:
    return [each.get_secret_value() for each in secrets]


class TestWhatIsRead:
    def test_the_longest_public_url_has_99_characters(self) -> None:
        longest = f"https://pay.example.com/{'p' * 75}"
        assert len(longest) == 99
        assert settings_with(PUBLIC_URL=f"{longest}/").public_url == longest

    def test_the_defaults_are_those_of_the_table(self) -> None:
        settings = settings_with()
        assert settings.mode is CheckoutMode.WIDGET
        assert settings.order_creation is True
        assert settings.currencies == {"EUR"}
        assert settings.interfaces == ("monext",)
        assert (settings.port, settings.web_concurrency, settings.log_level) == (8000, 2, "INFO")
        assert (settings.trusted_proxies, settings.branding.at(None)) == (
            1,
            Branding(name=None, logo=None, colors=None, language=None),
        )
        assert settings.late_capture is False
        assert settings.reconcile_in_web is True
        assert settings.capture_on_shipment == {"Shipped", "Delivered"}
        assert (settings.events_secrets, settings.events_oidc_audience) == ((), None)
        assert (settings.commercetools.jwks_url, settings.commercetools.jwt_issuer) == (None, None)

    def test_urls_lose_the_slash_at_their_end(self) -> None:
        settings = settings_with()
        assert settings.commercetools.api_url == "https://api.example.com"
        assert settings.public_url == "https://pay.example.com"

    def test_a_blank_value_counts_as_not_given(self) -> None:
        assert settings_with(CHECKOUT_MODE="  ", SHOP_NAME="").mode is CheckoutMode.WIDGET

    def test_names_that_are_not_in_the_table_are_ignored(self) -> None:
        assert settings_with(SHOP_NUMBER="x", COLORS="{}") == settings_with()

    def test_every_secret_is_hidden_in_repr(self) -> None:
        text = repr(
            settings_with(
                LINK_SECRET="a-secret-of-the-links",
                EVENTS_SECRET="a-secret-of-the-events",
                REDIS_URL="rediss://:a-secret-of-redis@redis.example.com:6380/1",
            )
        )
        secrets = (
            SECRET_KEY,
            "a-secret-of-the-links",
            "a-secret-of-the-events",
            "a-secret-of-redis",
        )
        for secret in (CLIENT_SECRET, monext_api_key(), ACCESS_KEY, *secrets):
            assert secret not in text

    def test_the_merchant_center_is_known_by_its_keys_and_its_issuer(self) -> None:
        project = settings_with(
            CTP_JWKS_URL="https://mc.example.com/.well-known/jwks.json",
            CTP_JWT_ISSUER="https://mc.example.com/",
        ).commercetools
        assert project.jwks_url == "https://mc.example.com/.well-known/jwks.json"
        assert project.jwt_issuer == "https://mc.example.com"

    @pytest.mark.parametrize(
        ("given", "states"),
        [("off", set()), ("Delivered", {"Delivered"}), ("Ready, Shipped", {"Ready", "Shipped"})],
    )
    def test_shipment_states_that_capture_are_a_list_or_off(self, given: str, states: set[str]) -> None:
        assert settings_with(CAPTURE_ON_SHIPMENT=given).capture_on_shipment == states

    @pytest.mark.parametrize(
        ("value", "after"), [(None, 60), ("0", 0), ("90", 90)], ids=["default", "at once", "minutes"]
    )
    def test_refused_orders_are_tried_again_for_minutes(self, value: str | None, after: int) -> None:
        assert settings_with(ORDER_REFUSED_AFTER=value).order_refused_after == timedelta(minutes=after)

    def test_product_types_that_are_not_shipped_are_a_list(self) -> None:
        assert settings_with().digital_product_types == frozenset()
        named = settings_with(DIGITAL_PRODUCT_TYPES="download, gift-card").digital_product_types
        assert named == {"download", "gift-card"}

    def test_amounts_are_limited_by_api_client(self) -> None:
        assert settings_with().client_amount_limits == {}
        named = settings_with(CLIENT_AMOUNT_LIMITS='{"erp": 50000, "till": 0}').client_amount_limits
        assert named == {"erp": 50000, "till": 0}

    def test_late_capture_is_switched_on(self) -> None:
        assert settings_with(LATE_CAPTURE="on").late_capture is True

    def test_the_web_s_own_reconciliation_is_switched_off(self) -> None:
        assert settings_with(RECONCILE_IN_WEB="off").reconcile_in_web is False

    def test_events_are_proved_by_a_secret_and_an_audience(self) -> None:
        settings = settings_with(
            EVENTS_SECRET="a-secret,of-the-events", EVENTS_OIDC_AUDIENCE="https://pay.example.com"
        )
        assert texts(settings.events_secrets) == ["a-secret,of-the-events"]
        assert settings.events_oidc_audience == "https://pay.example.com"

    def test_a_comma_list_of_event_secrets_rotates_and_may_be_one_secret(self) -> None:
        first, second = "the-first-of-secrets", "the-second-of-secrets"
        secrets = settings_with(EVENTS_SECRET=f"{first},{second}").events_secrets
        assert [secret.get_secret_value() for secret in secrets] == [first, second, f"{first},{second}"]

    def test_the_word_basic_before_the_api_key_is_dropped(self) -> None:
        credentials = settings_with(MONEXT_API_KEY=f"Basic {monext_api_key()}").store(None).credentials
        assert credentials.api_keys[0].get_secret_value() == monext_api_key()

    def test_secrets_rotate_in_the_order_given(self) -> None:
        settings = settings_with(SECRET_KEY="first-secret-of-two, second-secret-of-two")
        assert texts(settings.secret_keys) == ["first-secret-of-two", "second-secret-of-two"]

    def test_events_take_each_secret_of_a_list_and_the_whole_value(self) -> None:
        found = settings_with(EVENTS_SECRET="first-secret-of-two,second-secret-of-two").events_secrets
        whole = "first-secret-of-two,second-secret-of-two"
        assert texts(found) == ["first-secret-of-two", "second-secret-of-two", whole]

    def test_events_secrets_may_have_a_space_after_their_comma(self) -> None:
        found = settings_with(EVENTS_SECRET="first-secret-of-two, second-secret-of-two").events_secrets
        assert texts(found) == ["first-secret-of-two", "second-secret-of-two"]

    def test_keys_of_monext_rotate_in_the_order_given(self) -> None:
        keys = monext_api_key("m1:old-key"), monext_api_key("m1:new-key")
        assert texts(settings_with(MONEXT_API_KEY=", ".join(keys)).store(None).credentials.api_keys) == [
            *keys
        ]
        given = by_store(fr=f"{keys[0]},Basic {keys[1]},{keys[0]}", de=monext_api_key("m2:k2"))
        assert texts(settings_with(MONEXT_API_KEY=given).store("fr").credentials.api_keys) == [*keys]

    def test_api_clients_of_commercetools_are_read_in_pairs(self) -> None:
        clients = settings_with(
            CTP_CLIENT_ID="one, two,one", CTP_CLIENT_SECRET="s1,s2 , s1"
        ).commercetools.clients()
        assert [(each.id, each.secret.get_secret_value()) for each in clients] == [
            ("one", "s1"),
            ("two", "s2"),
            ("one", "s1"),
        ]

    def test_links_are_signed_with_the_secret_key_unless_they_have_their_own(self) -> None:
        assert settings_with().link_secrets == settings_with().secret_keys
        assert settings_with(LINK_SECRET="a-secret-of-the-links").link_secrets != settings_with().secret_keys

    @pytest.mark.parametrize(
        ("environment", "api", "widget"),
        [
            (
                "HOMOLOGATION",
                "https://api-sandbox.retail.monext.com",
                "https://homologation-payment.cdn.payline.com",
            ),
            ("PRODUCTION", "https://api.retail.monext.com", "https://payment.cdn.payline.com"),
        ],
    )
    def test_monext_s_hosts_follow_the_environment(self, environment: str, api: str, widget: str) -> None:
        store = settings_with(MONEXT_ENVIRONMENT=environment, CHECKOUT_ACCESS="signed").store(None)
        assert (store.credentials.api_url, store.widget_url) == (api, widget)

    def test_a_sandbox_stands_in_for_monext_s_hosts(self) -> None:
        store = settings_with(
            MONEXT_API_URL="http://localhost:8203/", MONEXT_WIDGET_URL="http://[::1]:8203"
        ).store(None)
        assert (store.credentials.api_url, store.widget_url) == ("http://localhost:8203", "http://[::1]:8203")

    def test_access_is_open_by_default_where_no_money_is_real(self) -> None:
        assert settings_with().access is Access.OPEN

    def test_the_landing_pages_hosts_are_allowed_by_default(self) -> None:
        settings = settings_with(
            RETURN_URL="https://Shop.example.com/thanks?a=1",
            CANCEL_URL=by_store(fr="https://fr.example.com:8443/cart", de="https://shop.example.com:443/"),
        )
        assert settings.allowed_url_hosts == {"shop.example.com", "fr.example.com:8443"}

    def test_allowed_hosts_that_are_given_replace_the_default(self) -> None:
        settings = settings_with(
            RETURN_URL="https://shop.example.com/", ALLOWED_URL_HOSTS="Other.example.com:443, [::1]:8080"
        )
        assert settings.allowed_url_hosts == {"other.example.com", "[::1]:8080"}

    def test_currencies_and_interfaces_are_comma_lists(self) -> None:
        settings = settings_with(CURRENCIES="EUR, JPY,KWD", PAYMENT_INTERFACES="monext,monext-app")
        assert settings.currencies == {"EUR", "JPY", "KWD"}
        assert settings.interfaces == ("monext", "monext-app")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Shop.Example.com/x", "shop.example.com"),
        ("https://shop.example.com:443/x", "shop.example.com"),
        ("https://shop.example.com:8443/x", "shop.example.com:8443"),
        ("http://localhost:80/", "localhost"),
        ("http://[::1]:8000/", "[::1]:8000"),
    ],
)
def test_a_url_s_host_has_its_port_only_where_that_is_not_the_usual_one(url: str, host: str) -> None:
    assert url_host(url) == host


class TestContracts:
    @pytest.mark.parametrize(
        ("given", "ids"),
        [
            ("", ()),
            ("CB_1, AMEX_1,CB_1", ("CB_1", "AMEX_1")),
            ('["CB_1", 1234567]', ("CB_1", "1234567")),
            ("[]", ()),
            ('{"IDEAL": "I_1", "CB": "CB_1", "VISA": "CB_1"}', ("I_1", "CB_1")),
        ],
    )
    def test_each_form_gives_the_numbers_in_their_order(self, given: str, ids: tuple[str, ...]) -> None:
        assert settings_with(MONEXT_PAYMENT_METHOD_IDS=given).store("any-store").contracts.ids == ids

    def test_by_method_each_method_finds_its_number(self) -> None:
        contracts = (
            settings_with(MONEXT_PAYMENT_METHOD_IDS='{"CB": "CB_1", "VISA": "CB_1"}').store(None).contracts
        )
        assert contracts.by_method == {PaymentMethod.CB: "CB_1", PaymentMethod.VISA: "CB_1"}

    def test_every_form_may_differ_by_store(self) -> None:
        given = by_store(aa="CB_1,AMEX_1", bb=["CB_2"], cc={"PAYPAL": "PP_3"}, dd="")
        settings = settings_with(MONEXT_PAYMENT_METHOD_IDS=given)
        found = {store.store_key: store.contracts.ids for store in settings.stores()}
        assert found == {"aa": ("CB_1", "AMEX_1"), "bb": ("CB_2",), "cc": ("PP_3",), "dd": ()}

    @pytest.mark.parametrize(
        "given",
        ["CB_1,,AMEX", "x", "-CB", "CB 1", "[1.5]", '["a", null]', "[", '{"CB": null}', '{"CB": ["CB_1"]}'],
    )
    def test_what_is_not_a_list_of_numbers_is_a_fault(self, given: str) -> None:
        assert any(
            "MONEXT_PAYMENT_METHOD_IDS" in fault for fault in settings_faults(MONEXT_PAYMENT_METHOD_IDS=given)
        )

    def test_a_misspelt_method_is_not_taken_for_a_store(self) -> None:
        (fault,) = settings_faults(MONEXT_PAYMENT_METHOD_IDS='{"CB": "CB_1", "VISSA": "VISA_1"}')
        assert fault.startswith("MONEXT_PAYMENT_METHOD_IDS: mixes methods")

    def test_a_store_may_have_the_name_of_a_method(self) -> None:
        settings = settings_with(
            MONEXT_POINT_OF_SALE_REF=by_store(IDEAL="POS_1", fr="POS_2"),
            MONEXT_PAYMENT_METHOD_IDS=by_store(IDEAL="CB_1", fr="CB_2"),
        )
        assert settings.store("IDEAL").contracts.ids == ("CB_1",)


class TestStores:
    def test_values_for_all_serve_any_store_and_none(self) -> None:
        settings = settings_with()
        assert settings.store("fr").store_key == "fr"
        assert settings.store(None).store_key is None
        assert [store.store_key for store in settings.stores()] == [None]

    def test_every_setting_may_differ_by_store(self) -> None:
        settings = settings_with(
            MONEXT_API_KEY=by_store(
                fr=monext_api_key("m1:0aQzW8sXeDcR5fVtG3bY"), de="Basic " + monext_api_key(f"m2:{ACCESS_KEY}")
            ),
            MONEXT_ENVIRONMENT=by_store(fr="PRODUCTION", de="HOMOLOGATION"),
            MONEXT_POINT_OF_SALE_REF=by_store(fr="POS_FR", de="POS_DE"),
            MONEXT_CAPTURE_TYPE=by_store(fr="MANUAL", de="AUTOMATIC"),
            MONEXT_SESSION_MINUTES=by_store(fr=15, de="90"),
            RETURN_URL=by_store(fr="https://fr.example.com/ok", de=None),
            CANCEL_URL=by_store(fr="", de="http://localhost/cart"),
            CHECKOUT_ACCESS="open",
        )
        fr, de = settings.store("fr"), settings.store("de")
        assert (fr.environment, de.environment) == (
            MonextEnvironment.PRODUCTION,
            MonextEnvironment.HOMOLOGATION,
        )
        assert fr.credentials.api_url == "https://api.retail.monext.com"
        assert de.credentials.api_url == "https://api-sandbox.retail.monext.com"
        assert texts(de.credentials.api_keys) == [monext_api_key(f"m2:{ACCESS_KEY}")]
        assert (fr.point_of_sale, de.point_of_sale) == ("POS_FR", "POS_DE")
        assert (fr.capture, de.capture) == (CaptureType.MANUAL, CaptureType.AUTOMATIC)
        assert (fr.session_minutes, de.session_minutes) == (15, 90)
        assert (fr.return_url, de.return_url) == ("https://fr.example.com/ok", None)
        assert (fr.cancel_url, de.cancel_url) == (None, "http://localhost/cart")
        assert {store.store_key for store in settings.stores()} == {"fr", "de"}

    @pytest.mark.parametrize("store_key", ["be", None])
    def test_a_store_that_a_map_does_not_name_gets_no_other_s_settings(self, store_key: str | None) -> None:
        settings = settings_with(MONEXT_POINT_OF_SALE_REF=by_store(fr="POS_FR", de="POS_DE"))
        with pytest.raises(StoreNotConfigured) as raised:
            settings.store(store_key)
        assert raised.value.setting == "MONEXT_POINT_OF_SALE_REF"
        assert raised.value.store_key == store_key

    def test_a_store_of_one_map_must_be_in_every_map_and_each_gap_is_told_once(self) -> None:
        found = settings_faults(
            MONEXT_API_KEY=by_store(fr=monext_api_key(), de=monext_api_key()),
            MONEXT_POINT_OF_SALE_REF=by_store(fr="POS_FR"),
            MONEXT_CAPTURE_TYPE=by_store(de="MANUAL", fr="MANUAL"),
            RETURN_URL=by_store(fr="https://shop.example.com/"),
        )
        assert found == [
            'MONEXT_POINT_OF_SALE_REF: names no value for store "de"',
            'RETURN_URL: names no value for store "de"',
        ]

    def test_a_landing_page_of_a_store_that_is_not_sold_here_does_no_harm(self) -> None:
        settings = settings_with(
            MONEXT_POINT_OF_SALE_REF=by_store(fr="POS_FR"),
            RETURN_URL=by_store(fr="https://fr.example.com/", it="https://it.example.com/"),
        )
        assert [store.store_key for store in settings.stores()] == ["fr"]
        with pytest.raises(StoreNotConfigured, match="MONEXT_POINT_OF_SALE_REF"):
            settings.store("it")

    @pytest.mark.parametrize(
        "given",
        [
            "{}",
            "{not json",
            '{"fr": "POS_1", "fr": "POS_2"}',
            '{"a b": "POS_1"}',
            '{"fr": 1.5}',
            '{"fr": null}',
        ],
    )
    def test_a_map_that_is_not_a_map_by_store_is_a_fault(self, given: str) -> None:
        found = settings_faults(MONEXT_POINT_OF_SALE_REF=given)
        assert len(found) == 1
        assert found[0].startswith("MONEXT_POINT_OF_SALE_REF")
