"""Settings of the payment page: hosts added to its policy, a policy that is tried out, and Apple's domain file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from monext_bridge.config import FETCHES
from monext_bridge.config.payment_page import (
    DIRECTIVES,
    LARGEST_FILE,
    LONGEST_ADDITION,
    MOST_IMAGE_HOSTS,
    PaymentPage,
)
from tests.settings_environment import settings_faults, settings_with

HOST = "https://cdn.example.com"
APPLE = "APPLE_PAY_DOMAIN_ASSOCIATION"


def payment_page(**changes: str) -> PaymentPage:
    return settings_with(**changes).payment_page


def by_directive(**hosts: Any) -> str:
    return json.dumps({name.replace("_", "-"): value for name, value in hosts.items()})


def fault_of(name: str, value: str) -> str:
    (fault,) = settings_faults(**{name: value})
    assert fault.startswith(f"{name}: ")
    return fault


def test_without_settings_the_policy_is_enforced_as_it_is_and_nothing_is_served() -> None:
    assert payment_page() == PaymentPage(
        extra_sources={}, report_only=False, apple_domain_file=None, image_hosts=frozenset()
    )


class TestImageHosts:
    def test_hosts_are_compared_as_browsers_write_them(self) -> None:
        found = payment_page(IMAGE_HOSTS="Images.Example.com:443, localhost:9000").image_hosts
        assert found == {"images.example.com", "localhost:9000"}

    @pytest.mark.parametrize(
        "value", ["https://images.example.com", "*.example.com", "images.example.com/a", "a,,b", "*", "a b"]
    )
    def test_anything_but_hosts_is_a_fault(self, value: str) -> None:
        fault_of("IMAGE_HOSTS", value)

    def test_there_are_not_more_than_a_header_takes(self) -> None:
        hosts = [f"i{number}.example.com" for number in range(MOST_IMAGE_HOSTS + 1)]
        assert len(payment_page(IMAGE_HOSTS=",".join(hosts[1:])).image_hosts) == MOST_IMAGE_HOSTS
        assert "at most 10 hosts" in fault_of("IMAGE_HOSTS", ",".join(hosts))


class TestExtraHosts:
    def test_a_comma_list_holds_for_all_that_a_page_may_load_and_no_form(self) -> None:
        found = payment_page(CSP_EXTRA_HOSTS=f"{HOST}, https://*.example.org").extra_sources
        assert found == dict.fromkeys(FETCHES, (HOST, "https://*.example.org"))

    @pytest.mark.parametrize("directive", DIRECTIVES)
    def test_json_adds_to_the_directives_that_it_names(self, directive: str) -> None:
        given = json.dumps({directive: [HOST, "https://two.example.com", HOST]})
        expected = {directive: (HOST, "https://two.example.com")}
        assert payment_page(CSP_EXTRA_HOSTS=given).extra_sources == expected

    def test_a_directive_takes_a_comma_list_as_well(self) -> None:
        given = by_directive(img_src=f"{HOST}, https://two.example.com", frame_src=HOST)
        expected = {"img-src": (HOST, "https://two.example.com"), "frame-src": (HOST,)}
        assert payment_page(CSP_EXTRA_HOSTS=given).extra_sources == expected

    @pytest.mark.parametrize(
        ("given", "origin"),
        [
            ("HTTPS://CDN.Example.com", HOST),
            ("https://cdn.example.com/", HOST),
            ("https://cdn.example.com:443", HOST),
            ("https://*.example.com:443/", "https://*.example.com"),
            ("https://*.example.com:8443", "https://*.example.com:8443"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
            ("https://localhost:9003", "https://localhost:9003"),
            ("https://1.cdn.example.com:65535", "https://1.cdn.example.com:65535"),
        ],
    )
    def test_an_origin_is_kept_as_browsers_compare_it(self, given: str, origin: str) -> None:
        assert payment_page(CSP_EXTRA_HOSTS=given).extra_sources["img-src"] == (origin,)

    @pytest.mark.parametrize(
        "value",
        [
            "http://cdn.example.com",
            "http://localhost:9003",
            "cdn.example.com",
            "//cdn.example.com",
            "wss://cdn.example.com",
            "https://cdn.example.com/path",
            "https://cdn.example.com//",
            "https://cdn.example.com?x",
            "https://user@cdn.example.com",
            "https://cdn.example.com:0",
            "https://cdn.example.com:65536",
            "https://cdn.example.com:*",
            "https://cdn.example.com:",
            "https://cdn..example.com",
            "https://.example.com",
            "https://example.com.",
            "https://cdn_1.example.com",
            "https://bücher.example",
            "https://192.0.2.1",
            "https://*.0.2.1",
            "https://[::1]",
            "https://",
            "https:",
            "*",
            "https://*",
            "https://*.",
            "https://*.com",
            "https://cdn.*.example.com",
            "https://*cdn.example.com",
            "https://*.*.example.com",
            "data:",
            "blob:",
            "'unsafe-inline'",
            "'unsafe-eval'",
            "'none'",
            "'self'",
            f"{HOST} 'unsafe-inline'",
            f"{HOST}; script-src *",
            f"{HOST}\thttps://two.example.com",
        ],
    )
    def test_what_is_no_https_origin_is_a_fault_in_both_forms(self, value: str) -> None:
        for given in (value, f"{HOST},{value}", by_directive(img_src=[value]), by_directive(img_src=value)):
            assert fault_of("CSP_EXTRA_HOSTS", given).removeprefix("CSP_EXTRA_HOSTS: ") in (
                "must be https origins like https://cdn.example.com, or https://*.example.com for all its subdomains",
                "must be one line of text",
            )

    @pytest.mark.parametrize("value", [f"{HOST},", f",{HOST}", f'["{HOST}"]', "{", "{}", '{"img-src": '])
    def test_half_a_list_and_half_of_json_are_faults(self, value: str) -> None:
        fault_of("CSP_EXTRA_HOSTS", value)

    @pytest.mark.parametrize("value", [[], "", None, True, 7, {}, [HOST, None], [[HOST]], {"host": HOST}])
    def test_a_directive_without_a_list_of_texts_is_a_fault(self, value: object) -> None:
        fault_of("CSP_EXTRA_HOSTS", by_directive(img_src=value))

    @pytest.mark.parametrize(
        "directive",
        [
            "default-src",
            "frame-ancestors",
            "base-uri",
            "object-src",
            "sandbox",
            "report-uri",
            "IMG-SRC",
            "img",
            "fr",
        ],
    )
    def test_any_other_directive_is_a_fault_that_names_those_there_are(self, directive: str) -> None:
        fault = fault_of("CSP_EXTRA_HOSTS", json.dumps({"img-src": [HOST], directive: [HOST]}))
        assert fault.endswith(f"by directive, of {', '.join(DIRECTIVES)}")

    def test_a_directive_that_comes_twice_is_a_fault(self) -> None:
        fault_of("CSP_EXTRA_HOSTS", f'{{"img-src": ["{HOST}"], "img-src": ["{HOST}"]}}')

    def test_more_than_proxies_take_is_a_fault(self) -> None:
        hosts = [f"https://{number:03}.example.com" for number in range(LONGEST_ADDITION // 24)]
        assert payment_page(CSP_EXTRA_HOSTS=by_directive(img_src=hosts)).extra_sources["img-src"] == tuple(
            hosts
        )
        fault = fault_of("CSP_EXTRA_HOSTS", ",".join(hosts))
        assert f"at most {LONGEST_ADDITION} characters" in fault


class TestReportOnly:
    def test_on_and_off(self) -> None:
        assert payment_page(CSP_REPORT_ONLY="on").report_only
        assert not payment_page(CSP_REPORT_ONLY="off").report_only

    @pytest.mark.parametrize("value", ["true", "1", "ON", "report"])
    def test_another_word_is_a_fault(self, value: str) -> None:
        assert fault_of("CSP_REPORT_ONLY", value) == "CSP_REPORT_ONLY: must be on or off"


class TestDomainFile:
    @pytest.mark.parametrize("content", ["7B22", '{"version": 1, "psp": "x"}', "MIIQ\r\nqwer==", "a,b c"])
    def test_content_is_taken_as_it_is(self, content: str) -> None:
        assert payment_page(**{APPLE: content}).apple_domain_file == content

    def test_a_file_is_taken_with_its_line_breaks(self, tmp_path: Path) -> None:
        path = tmp_path / "apple association"
        path.write_bytes(b"7B22\r\n\n")
        assert payment_page(**{APPLE: f"file:{path}"}).apple_domain_file == "7B22\r\n\n"
        assert payment_page(**{APPLE: f"file://{path}"}).apple_domain_file == "7B22\r\n\n"

    def test_a_link_to_a_file_is_followed_as_hosts_mount_secrets(self, tmp_path: Path) -> None:
        (tmp_path / "real").write_text("7B22")
        (tmp_path / "link").symlink_to(tmp_path / "real")
        assert payment_page(**{APPLE: f"file:{tmp_path / 'link'}"}).apple_domain_file == "7B22"

    def test_no_file_is_a_fault_without_its_path(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        for path in (tmp_path / "missing", tmp_path, tmp_path / "pipe", ""):
            assert fault_of(APPLE, f"file:{path}") == f"{APPLE}: names no file"

    def test_a_file_that_cant_be_read_is_a_fault(self, tmp_path: Path) -> None:
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        for path in (tmp_path / "loop", tmp_path / ("x" * 300)):
            assert fault_of(APPLE, f"file:{path}").startswith(f"{APPLE}: names ")

    @pytest.mark.parametrize("content", [b"", b" \r\n", b"7B\x0022", b"\xff\xfe7", "7B\u20ac".encode()])
    def test_a_file_that_is_no_text_of_ascii_is_a_fault(self, content: bytes, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(content)
        assert fault_of(APPLE, f"file:{tmp_path / 'file'}").endswith(
            "must be text of ASCII that is not empty"
        )

    def test_a_file_of_the_greatest_size_is_taken_and_a_larger_one_is_a_fault(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_bytes(b"7" * LARGEST_FILE)
        assert payment_page(**{APPLE: f"file:{path}"}).apple_domain_file == "7" * LARGEST_FILE
        path.write_bytes(b"7" * (LARGEST_FILE + 1))
        assert fault_of(APPLE, f"file:{path}") == f"{APPLE}: must have at most {LARGEST_FILE} bytes"

    @pytest.mark.parametrize("path", ["/etc/apple", "./apple", "../apple", "~/apple"])
    def test_a_path_without_its_file_is_a_fault_and_not_served(self, path: str) -> None:
        assert fault_of(APPLE, path) == f"{APPLE}: must be the content of Apple's file, or file: and its path"
