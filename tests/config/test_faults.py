"""Settings: every fault is named, all at once, with no secret in the message; and the table of settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monext_bridge.config import FILE_NAMES, SETTING_NAMES, SETTINGS, load_settings
from monext_bridge.config.declaring import MapRule
from monext_bridge.errors import SettingsError, StoreNotConfigured
from tests.settings_environment import (
    by_store,
    in_production,
    monext_api_key,
    settings_faults,
    settings_with,
    valid_environment,
)

ROOT = Path(__file__).resolve().parents[2]
NEEDED = (MapRule.ESSENTIAL, MapRule.COMPLETE)
"""Rules of the settings whose maps must name a store, so that it can be paid."""


class TestFaults:
    @pytest.mark.parametrize("name", [setting.name for setting in SETTINGS if setting.required])
    def test_a_required_setting_that_is_missing_is_named(self, name: str) -> None:
        (fault,) = settings_faults(**{name: None})
        assert fault.startswith(f"{name}: is missing")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("CTP_PROJECT_KEY", "shop/../other"),
            ("CTP_CLIENT_ID", "two\nlines"),
            ("CTP_CLIENT_SECRET", "two\nlines"),
            ("CTP_AUTH_URL", "auth.example.com"),
            ("CTP_AUTH_URL", "https://auth.example.com/oauth/token"),
            ("CTP_API_URL", "http://api.example.com"),
            ("CTP_API_URL", "https://api.example.com/?x=1"),
            ("CTP_API_URL", "https://api.example.com:port"),
            ("CTP_SESSION_URL", "ftp://session.example.com"),
            ("MONEXT_API_KEY", "no base64!"),
            ("MONEXT_API_KEY", monext_api_key("merchant-without-key")),
            ("MONEXT_API_KEY", monext_api_key("merchant:")),
            ("MONEXT_API_KEY", monext_api_key(":access-key")),
            ("MONEXT_API_KEY", "Bearer " + monext_api_key()),
            ("MONEXT_ENVIRONMENT", "PROD"),
            ("MONEXT_ENVIRONMENT", "production"),
            ("MONEXT_POINT_OF_SALE_REF", "P"),
            ("MONEXT_POINT_OF_SALE_REF", "_POS"),
            ("MONEXT_POINT_OF_SALE_REF", "P" * 51),
            ("MONEXT_CAPTURE_TYPE", "DEFERRED"),
            ("MONEXT_SESSION_MINUTES", "9"),
            ("MONEXT_SESSION_MINUTES", "91"),
            ("MONEXT_SESSION_MINUTES", "30.0"),
            ("RETURN_URL", "http://shop.example.com/"),
            ("RETURN_URL", "https://user:password@shop.example.com/"),
            ("RETURN_URL", "/thanks"),
            ("CANCEL_URL", "https:///cart"),
            ("CANCEL_URL", "https://shop.example.com\\@evil.example.com/"),
            ("PUBLIC_URL", "https://pay.example.com/#here"),
            ("PUBLIC_URL", f"https://pay.example.com/{'p' * 76}"),
            ("SECRET_KEY", "fifteen-letters"),
            ("SECRET_KEY", "long-enough-a-secret,short"),
            ("SECRET_KEY", "long-enough-a-secret,"),
            ("LINK_SECRET", "short"),
            ("CHECKOUT_ACCESS", "Open"),
            ("CHECKOUT_MODE", "iframe"),
            ("ORDER_CREATION", "true"),
            ("ORDER_REFUSED_AFTER", "-1"),
            ("ORDER_REFUSED_AFTER", "10081"),
            ("ORDER_REFUSED_AFTER", "1h"),
            ("DIGITAL_PRODUCT_TYPES", "download,"),
            ("DIGITAL_PRODUCT_TYPES", "d"),
            ("DIGITAL_PRODUCT_TYPES", "down load"),
            ("LATE_CAPTURE", "yes"),
            ("CLIENT_AMOUNT_LIMITS", "50000"),
            ("CLIENT_AMOUNT_LIMITS", '["erp"]'),
            ("CLIENT_AMOUNT_LIMITS", '{"erp": "50000"}'),
            ("CLIENT_AMOUNT_LIMITS", '{"erp": 1.5}'),
            ("CLIENT_AMOUNT_LIMITS", '{"erp": true}'),
            ("CLIENT_AMOUNT_LIMITS", '{"erp": -1}'),
            ("CLIENT_AMOUNT_LIMITS", '{"erp": 1, "erp": 2}'),
            ("CLIENT_AMOUNT_LIMITS", '{"an erp": 1}'),
            ("CLIENT_AMOUNT_LIMITS", '{"terminal": 1}'),
            ("CLIENT_AMOUNT_LIMITS", '{"erp": '),
            ("CAPTURE_ON_SHIPMENT", "shipped"),
            ("CAPTURE_ON_SHIPMENT", "Shipped,"),
            ("CAPTURE_ON_SHIPMENT", "Shipped,off"),
            ("EXPIRING_AUTHORIZATIONS", "cancel"),
            ("REDIS_URL", "http://localhost:6379"),
            ("REDIS_URL", "localhost:6379"),
            ("EVENTS_SECRET", "fifteen-letters"),
            ("EVENTS_TOPICS", "shipments"),
            ("EVENTS_TOPICS", "projects/shop/topics/shipments"),
            ("EVENTS_TOPICS", "arn:aws:sqs:eu-west-1:123456789012:shipments"),
            ("EVENTS_SECRET", "a secret of several words"),
            ("EVENTS_SECRET", "ein-geheimer-schlüssel"),
            ("CURRENCIES", "EURO"),
            ("CURRENCIES", "EUR,XYQ"),
            ("CURRENCIES", "eur"),
            ("PAYMENT_INTERFACES", "monext,"),
            ("ALLOWED_URL_HOSTS", "https://shop.example.com"),
            ("ALLOWED_URL_HOSTS", "*.example.com"),
            ("MONEXT_API_URL", "http://api.example.com"),
            ("MONEXT_API_URL", "https://api.example.com/v1/"),
            ("MONEXT_WIDGET_URL", "https://widget.example.com/cdn"),
            ("PORT", "0"),
            ("PORT", "65536"),
            ("PORT", "http"),
            ("WEB_CONCURRENCY", "0"),
            ("RECONCILE_IN_WEB", "yes"),
            ("LOG_LEVEL", "LOUD"),
            ("TRUSTED_PROXIES", "-1"),
            ("TRUSTED_PROXIES", "1.5"),
            ("SHOP_NAME", "two\nlines"),
            ("SHOP_NAME", "N" * 61),
        ],
    )
    def test_a_wrong_value_is_one_fault_that_names_the_setting(self, name: str, value: str) -> None:
        (fault,) = settings_faults(**{name: value})
        assert fault.startswith(f"{name}: ")

    @pytest.mark.parametrize(
        ("changes", "name"),
        [
            ({"CHECKOUT_ACCESS": None}, "CHECKOUT_ACCESS"),
            ({"CHECKOUT_ACCESS": "session"}, "CTP_SESSION_URL"),
            ({"CTP_AUTH_URL": "http://localhost:1"}, "CTP_AUTH_URL"),
            ({"CTP_API_URL": "http://localhost:1"}, "CTP_API_URL"),
            ({"CTP_SESSION_URL": "http://localhost:1"}, "CTP_SESSION_URL"),
            ({"PUBLIC_URL": "http://127.0.0.1:8000"}, "PUBLIC_URL"),
            ({"RETURN_URL": "http://localhost/ok"}, "RETURN_URL"),
            ({"CANCEL_URL": "http://localhost/ok"}, "CANCEL_URL"),
            ({"MONEXT_API_URL": "http://localhost:1"}, "MONEXT_API_URL"),
            ({"MONEXT_WIDGET_URL": "http://localhost:1"}, "MONEXT_WIDGET_URL"),
            ({"MONEXT_API_URL": "https://api-sandbox.retail.monext.com"}, "MONEXT_API_URL"),
            ({"MONEXT_WIDGET_URL": "https://homologation-payment.cdn.payline.com"}, "MONEXT_WIDGET_URL"),
        ],
    )
    def test_production_refuses_what_a_test_may_have(self, changes: dict[str, str | None], name: str) -> None:
        (fault,) = settings_faults(**in_production(**changes))
        assert fault.startswith(f"{name}: ")

    @pytest.mark.parametrize(
        ("given", "missing"),
        [
            ({"CTP_JWKS_URL": "https://mc.example.com/keys"}, "CTP_JWT_ISSUER"),
            ({"CTP_JWT_ISSUER": "https://mc.example.com"}, "CTP_JWKS_URL"),
            ({"EVENTS_OIDC_EMAILS": "push@shop.example.com"}, "EVENTS_OIDC_AUDIENCE"),
        ],
    )
    def test_what_does_nothing_alone_is_not_left_alone(
        self, given: dict[str, str | None], missing: str
    ) -> None:
        assert settings_faults(**given) == [f"{missing}: is needed by {next(iter(given))}"]

    def test_an_account_that_is_no_email_is_a_fault(self) -> None:
        (fault,) = settings_faults(EVENTS_OIDC_EMAILS="push", EVENTS_OIDC_AUDIENCE="https://pay.example.com")
        assert fault.startswith("EVENTS_OIDC_EMAILS: ")

    @pytest.mark.parametrize(
        "given",
        [
            {"EVENTS_OIDC_AUDIENCE": "https://pay.example.com"},
            {"EVENTS_TOPICS": "projects/shop/subscriptions/bridge"},
            {"EVENTS_TOPICS": "/sandbox/orders"},
        ],
    )
    def test_messages_that_nothing_could_prove_are_a_fault(self, given: dict[str, str | None]) -> None:
        (fault,) = settings_faults(**given)
        assert fault.startswith(f"EVENTS_SECRET: is needed by {next(iter(given))}")

    @pytest.mark.parametrize(
        "url", ["http://mc.example.com/keys", "/keys", "https://mc.example.com/keys?x=1"]
    )
    def test_the_merchant_center_s_keys_come_from_an_https_address(self, url: str) -> None:
        (fault,) = settings_faults(CTP_JWKS_URL=url, CTP_JWT_ISSUER="https://mc.example.com")
        assert fault.startswith("CTP_JWKS_URL: ")

    def test_the_merchant_center_s_issuer_is_a_url(self) -> None:
        (fault,) = settings_faults(
            CTP_JWKS_URL="https://mc.example.com/keys", CTP_JWT_ISSUER="mc.example.com"
        )
        assert fault.startswith("CTP_JWT_ISSUER: ")

    def test_production_wants_the_merchant_center_s_keys_over_https(self) -> None:
        (fault,) = settings_faults(
            **in_production(CTP_JWKS_URL="http://localhost:1", CTP_JWT_ISSUER="http://localhost:1")
        )
        assert fault.startswith("CTP_JWKS_URL: ")

    def test_a_test_environment_refuses_monext_s_production_host(self) -> None:
        (fault,) = settings_faults(MONEXT_API_URL="https://api.retail.monext.com")
        assert fault.startswith("MONEXT_API_URL: ")

    def test_http_is_refused_for_the_landing_page_of_the_store_that_is_in_production(self) -> None:
        found = settings_faults(
            MONEXT_ENVIRONMENT=by_store(fr="PRODUCTION", de="HOMOLOGATION"),
            RETURN_URL=by_store(fr="http://localhost/", de="http://localhost/"),
            CHECKOUT_ACCESS="signed",
        )
        assert found == ['RETURN_URL["fr"]: must be https:// with MONEXT_ENVIRONMENT=PRODUCTION']

    def test_all_faults_come_in_one_message_in_the_order_of_the_table(self) -> None:
        found = settings_faults(
            PORT="x",
            CTP_CLIENT_SECRET=None,
            MONEXT_ENVIRONMENT="PRODUCTION",
            MONEXT_POINT_OF_SALE_REF=by_store(fr="POS_FR", de="!"),
            RETURN_URL=by_store(fr="http://localhost/"),
            SECRET_KEY="short",
        )
        assert [re.split(r"[:\[]", fault)[0] for fault in found] == [
            "CTP_CLIENT_SECRET",
            "MONEXT_POINT_OF_SALE_REF",
            "RETURN_URL",
            "RETURN_URL",
            "SECRET_KEY",
            "CHECKOUT_ACCESS",
            "PORT",
        ]

    def test_no_secret_is_in_the_message(self) -> None:
        secrets = {
            "CTP_CLIENT_SECRET": "ctp-secret\nof-two-lines",
            "MONEXT_API_KEY": "monext-key-in-clear",
            "SECRET_KEY": "too-short-key",
            "LINK_SECRET": "too-short-link",
            "PUBLIC_URL": "https://user:hunter2@pay.example.com",
            "CHECKOUT_MODE": "pasted-into-the-wrong-line",
        }
        with pytest.raises(SettingsError) as raised:
            settings_with(**secrets)
        assert len(raised.value.faults) == len(secrets)
        for secret in (*secrets.values(), "hunter2"):
            assert secret not in str(raised.value)


class TestTable:
    def test_env_example_lists_exactly_the_settings(self) -> None:
        lines = (ROOT / ".env.example").read_text().splitlines()
        names = [found[1] for line in lines if (found := re.match(r"#?([A-Z][A-Z_]+)=", line))]
        assert sorted(names) == sorted((*SETTING_NAMES, *FILE_NAMES))

    def test_env_example_shows_the_defaults(self) -> None:
        text = (ROOT / ".env.example").read_text()
        for setting in (each for each in SETTINGS if each.default is not None):
            assert f"\n#{setting.name}={setting.default}\n" in text

    def test_every_setting_that_is_not_required_says_what_holds_without_it(self) -> None:
        for setting in SETTINGS:
            assert setting.required or setting.default is not None or setting.otherwise, setting.name

    def test_every_setting_may_be_given_by_store_where_the_table_says_so(self) -> None:
        """But those that no store needs: tests/config/test_declaring.py."""
        given = valid_environment(
            MONEXT_CAPTURE_TYPE="MANUAL",
            MONEXT_PAYMENT_METHOD_IDS="CB_1",
            MONEXT_SESSION_MINUTES="20",
            RETURN_URL="https://shop.example.com/",
            CANCEL_URL="https://shop.example.com/",
        )
        for setting in (each for each in SETTINGS if each.by_store in NEEDED):
            settings = load_settings({**given, setting.name: by_store(fr=given[setting.name])})
            assert settings.store("fr") == load_settings(given).store("fr")
            with pytest.raises(StoreNotConfigured, match=setting.name):
                settings.store("de")
