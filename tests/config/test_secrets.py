"""Secrets: each may come from a file, several of one hold side by side, and production refuses poor ones."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

import pytest

from monext_bridge.config import FILE_NAMES, SETTINGS, Settings, load_settings
from monext_bridge.config.secrets import unknown_bits
from monext_bridge.errors import SettingsError
from sandbox.bridge_settings import api_key
from sandbox.commercetools.settings import ProjectSettings
from sandbox.monext.settings import DEFAULT_MERCHANTS
from tests.settings_environment import (
    ACCESS_KEY,
    CLIENT_SECRET,
    SECRET_KEY,
    by_store,
    in_production,
    monext_api_key,
    settings_faults,
    settings_with,
    valid_environment,
)

ROOT = Path(__file__).resolve().parents[2]
OTHER = "1b2e8c7f40d9a6533fe0b7c91d248a6f"
SECRETS = {
    "CTP_CLIENT_SECRET": CLIENT_SECRET,
    "MONEXT_API_KEY": monext_api_key(),
    "SECRET_KEY": SECRET_KEY,
    "LINK_SECRET": OTHER,
    "EVENTS_SECRET": "e5c1-77ab09f3d2684b1e90ac5d3f7b21",
    "METRICS_TOKEN": "4f9d-20c6be71a85342d98e03b7fa61c4",
    "REDIS_URL": "rediss://:Zt7Qm2Lw9Xc4@redis.example.com:6380/0",
}
GUESSABLE = re.compile(r": (?:element \d of the list )?can be guessed: ")


@pytest.fixture
def mounted(tmp_path: Path) -> Path:
    """A file that holds a secret."""
    path = tmp_path / "secret"
    path.write_text(f"{OTHER}\n")
    return path


class TestFiles:
    def test_each_secret_has_a_name_for_its_file_and_nothing_else_has(self) -> None:
        assert sorted(FILE_NAMES) == sorted(f"{name}_FILE" for name in SECRETS)
        assert [each.file_name for each in SETTINGS if each.name == "PUBLIC_URL"] == [None]

    def test_secrets_that_come_from_files_are_the_same_settings(self, tmp_path: Path) -> None:
        files: dict[str, str | None] = {}
        for name, secret in SECRETS.items():
            (tmp_path / name).write_text(f"{secret}\n")
            files |= {name: None, f"{name}_FILE": str(tmp_path / name)}
        assert settings_with(**files) == settings_with(**SECRETS)

    @pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
    def test_the_newline_at_the_end_is_cut(self, mounted: Path, ending: str) -> None:
        mounted.write_bytes(f"{OTHER}{ending}".encode())
        found = settings_with(SECRET_KEY=None, SECRET_KEY_FILE=str(mounted))
        assert found == settings_with(SECRET_KEY=OTHER)

    def test_a_file_holds_a_map_by_store_too(self, mounted: Path) -> None:
        mounted.write_text('{\n  "fr": "' + monext_api_key() + '"\n}\n')
        found = settings_with(MONEXT_API_KEY=None, MONEXT_API_KEY_FILE=str(mounted))
        assert found.store("fr").store_key == "fr"

    def test_variable_and_file_at_once_are_a_fault(self, mounted: Path) -> None:
        (fault,) = settings_faults(SECRET_KEY_FILE=str(mounted))
        assert fault == "SECRET_KEY: is set, and so is SECRET_KEY_FILE: only one of the two may be"

    def test_a_blank_variable_counts_as_not_set(self, mounted: Path) -> None:
        assert settings_with(SECRET_KEY=" ", SECRET_KEY_FILE=str(mounted)) == settings_with(SECRET_KEY=OTHER)
        assert settings_with(SECRET_KEY_FILE=" ") == settings_with()

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"", "names a file that is empty"),
            (b" \n\n", "names a file that is empty"),
            (b"\xff\xfe" * 20, "names a file that is not UTF-8 text"),
            (b"s" * 65_537, "names a file of more than 65536 bytes"),
        ],
    )
    def test_a_file_that_holds_no_secret_is_a_fault(self, mounted: Path, content: bytes, why: str) -> None:
        mounted.write_bytes(content)
        assert settings_faults(SECRET_KEY=None, SECRET_KEY_FILE=str(mounted)) == [f"SECRET_KEY_FILE: {why}"]

    def test_what_is_no_file_is_a_fault(self, tmp_path: Path) -> None:
        def fault(path: str) -> list[str]:
            return settings_faults(SECRET_KEY=None, SECRET_KEY_FILE=path)

        assert fault(str(tmp_path)) == ["SECRET_KEY_FILE: names a directory, not a file"]
        gone = "SECRET_KEY_FILE: names a file that can't be read (No such file or directory)"
        assert fault(str(tmp_path / "gone")) == [gone]
        assert fault("/dev/zero") == ["SECRET_KEY_FILE: names what is no regular file"]

    def test_a_secret_that_was_put_in_the_place_of_its_path_is_not_shown(self) -> None:
        for pasted in (OTHER, monext_api_key(), "x" * 5000):
            (fault,) = settings_faults(SECRET_KEY=None, SECRET_KEY_FILE=pasted)
            assert fault.startswith("SECRET_KEY_FILE: names a file that can't be read")
            assert pasted not in fault

    def test_a_secret_of_a_file_with_a_fault_is_not_shown(self, mounted: Path) -> None:
        mounted.write_text("short-one")
        (fault,) = settings_faults(SECRET_KEY=None, SECRET_KEY_FILE=str(mounted))
        assert fault.startswith("SECRET_KEY: must have at least 16 characters")
        assert "short-one" not in fault


class TestLists:
    def test_keys_of_two_merchants_are_a_fault(self) -> None:
        two = f"{monext_api_key('m1:one-key')},{monext_api_key('m2:two-key')}"
        (fault,) = settings_faults(MONEXT_API_KEY=two)
        assert fault.startswith("MONEXT_API_KEY: must be keys of one merchant")
        (fault,) = settings_faults(MONEXT_API_KEY=by_store(fr=two))
        assert fault.startswith('MONEXT_API_KEY["fr"]: must be keys of one merchant')

    @pytest.mark.parametrize("name", ["MONEXT_API_KEY", "CTP_CLIENT_ID", "CTP_CLIENT_SECRET"])
    def test_an_empty_element_is_a_fault(self, name: str) -> None:
        (fault,) = settings_faults(**{name: f"{valid_environment()[name]},"})
        assert fault == f"{name}: has an empty element in its comma list"

    @pytest.mark.parametrize(("ids", "given"), [("one,two", "s1"), ("one", "s1,s2"), ("one,two", "s1,s2,s3")])
    def test_api_clients_without_their_secret_are_a_fault(self, ids: str, given: str) -> None:
        assert settings_faults(CTP_CLIENT_ID=ids, CTP_CLIENT_SECRET=given) == [
            "CTP_CLIENT_SECRET: must have as many elements as CTP_CLIENT_ID: they are read in pairs"
        ]

    @pytest.mark.parametrize(
        "value", ["first-secret-of-two, short", "first-secret-of-two, second secret of two"]
    )
    def test_an_element_that_can_t_be_presented_is_a_fault(self, value: str) -> None:
        (fault,) = settings_faults(EVENTS_SECRET=value)
        assert fault.startswith("EVENTS_SECRET: must ")


class TestProduction:
    def production(self, **changes: str | None) -> Settings:
        return settings_with(**in_production(**changes))

    def faults(self, **changes: str | None) -> list[str]:
        return settings_faults(**in_production(**changes))

    def test_good_secrets_are_taken(self) -> None:
        assert self.production(**SECRETS).stores()

    @pytest.mark.parametrize(
        "make",
        [
            lambda: secrets.token_hex(16),
            lambda: secrets.token_hex(32),
            lambda: secrets.token_urlsafe(12),
            lambda: secrets.token_urlsafe(33),
        ],
        ids=["16 bytes hex", "32 bytes hex", "12 bytes base64", "33 bytes base64"],
    )
    def test_a_random_secret_is_taken(self, make: object) -> None:
        assert callable(make)
        assert min(unknown_bits(make()) for _ in range(500)) >= 72

    @pytest.mark.parametrize(
        "secret",
        [
            "a" * 16,
            "ab" * 16,
            "0123456789012345",
            "0123456789abcdef" * 2,
            "abcdefghijklmnopqrstuvwxyz",
            "secretsecretsecretsecret",
            "MySecretPassword1234",
            "qwertyuiop-asdfghjkl",
            "4f9a1c07b2e85d36",
            "8351902746618390",
        ],
    )
    def test_a_secret_that_can_be_guessed_is_refused(self, secret: str) -> None:
        for name in ("SECRET_KEY", "LINK_SECRET", "EVENTS_SECRET"):
            (fault,) = self.faults(**{name: secret})
            assert GUESSABLE.match(fault, len(name)), fault
            assert "openssl rand" in fault

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("CTP_CLIENT_SECRET", "commercetools"),
            ("CTP_CLIENT_SECRET", "11111111111111111111"),
            ("MONEXT_API_KEY", monext_api_key("m1:password")),
            ("REDIS_URL", "rediss://:redis@redis.example.com:6380/0"),
        ],
    )
    def test_a_secret_that_a_remote_would_not_make_is_refused(self, name: str, value: str) -> None:
        (fault,) = self.faults(**{name: value})
        assert GUESSABLE.match(fault, len(name)), fault

    def test_a_redis_without_password_is_taken(self) -> None:
        assert self.production(REDIS_URL="rediss://redis.example.com:6380/0").redis_url

    def test_each_element_and_each_store_is_looked_at_and_named(self) -> None:
        assert self.faults(
            SECRET_KEY=f"{OTHER},{'b' * 16}",
            MONEXT_API_KEY=by_store(fr=monext_api_key(), de=monext_api_key("m2:kkkkkkkk")),
            MONEXT_ENVIRONMENT=by_store(fr="PRODUCTION", de="HOMOLOGATION"),
        ) == [
            'MONEXT_API_KEY["de"]: can be guessed: it has too few different characters',
            "SECRET_KEY: element 2 of the list can be guessed: it has too few different characters; "
            "use for example what `openssl rand -base64 33` prints",
        ]

    def test_two_settings_that_share_a_secret_are_refused(self) -> None:
        said = "is the same as in SECRET_KEY: each needs a secret of its own"
        assert self.faults(LINK_SECRET=SECRET_KEY) == [f"LINK_SECRET: {said}"]
        assert self.faults(EVENTS_SECRET=f"{OTHER},{SECRET_KEY}") == [
            f"EVENTS_SECRET: element 2 of the list {said}"
        ]
        assert self.faults(REDIS_URL=f"rediss://:{SECRET_KEY}@redis.example.com") == [f"REDIS_URL: {said}"]
        (fault,) = self.faults(SECRET_KEY=CLIENT_SECRET)
        assert fault.startswith("SECRET_KEY: is the same as in CTP_CLIENT_SECRET")
        (fault,) = self.faults(SECRET_KEY=ACCESS_KEY)
        assert fault.startswith("SECRET_KEY: is the same as in MONEXT_API_KEY")

    def test_links_that_are_signed_with_the_key_of_references_share_it_by_default(self) -> None:
        assert self.production(LINK_SECRET=None).link_secrets == self.production().secret_keys

    def test_all_of_them_are_told_in_one_message_without_the_secrets(self) -> None:
        same = "aaaaaaaaaaaaaaaa"
        with pytest.raises(SettingsError) as raised:
            self.production(SECRET_KEY=same, LINK_SECRET=same, EVENTS_SECRET=same, MONEXT_API_KEY="bWU6bWU=")
        told = [fault.partition(":")[0] for fault in raised.value.faults]
        assert told == ["MONEXT_API_KEY", "SECRET_KEY", *["LINK_SECRET"] * 2, *["EVENTS_SECRET"] * 2]
        assert same not in str(raised.value)

    def test_homologation_takes_what_production_refuses(self) -> None:
        assert settings_with(SECRET_KEY="a" * 16, LINK_SECRET="a" * 16, EVENTS_SECRET="a" * 16).stores()


class TestPublished:
    @pytest.mark.parametrize("document", ["README.md", ".env.example", "docs", "sandbox/README.md"])
    def test_each_secret_that_a_document_shows_is_refused_in_production(self, document: str) -> None:
        path = ROOT / document
        files = sorted(path.glob("*.md")) if path.is_dir() else [path]
        shown = [each for file in files for each in assigned(file.read_text())]
        refused = [(name, value) for name, value in shown if not is_refused(name, value)]
        assert refused == []

    def test_each_secret_of_the_sandbox_is_refused_in_production(self) -> None:
        for client in ProjectSettings().clients():
            assert is_refused("CTP_CLIENT_SECRET", client.secret), client.id
        for merchant in DEFAULT_MERCHANTS:
            assert is_refused("MONEXT_API_KEY", api_key(merchant)), merchant.id

    def test_the_reason_says_where_a_secret_is_to_be_read(self) -> None:
        assert settings_faults(**in_production(CTP_CLIENT_SECRET="bridge-secret")) == [
            "CTP_CLIENT_SECRET: is published: it is one of the sandbox's"
        ]
        assert settings_faults(**in_production(SECRET_KEY="change-me-7d0f3a91c5e84b26a1f97c")) == [
            "SECRET_KEY: is a placeholder of a document, not a secret"
        ]


def assigned(text: str) -> list[tuple[str, str]]:
    """Secrets to which a document assigns something."""
    names = "|".join(SECRETS)
    found = re.findall(rf"^(?:export )?({names})=(.+)$", text, re.MULTILINE)
    return [(name, value.strip().strip("'")) for name, value in found]


def is_refused(name: str, value: str) -> bool:
    try:
        load_settings(valid_environment(**in_production(**{name: value})))
    except SettingsError as error:
        reasons = ("is a placeholder", "is published", "can be guessed", "must have at least")
        return any(fault.startswith(name) and any(r in fault for r in reasons) for fault in error.faults)
    return False


def test_a_key_beyond_ascii_is_a_fault_and_no_error() -> None:
    assert settings_faults(MONEXT_API_KEY="clé") == ["MONEXT_API_KEY: must be base64 of merchantId:accessKey"]


def test_a_path_with_a_null_is_a_fault_and_no_error() -> None:
    faults = settings_faults(SECRET_KEY=None, SECRET_KEY_FILE="a\x00b")
    assert faults == ["SECRET_KEY_FILE: is no path of a file"]
