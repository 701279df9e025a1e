"""Reads what is set about the page with Monext's widget: what it may load as well, and Apple's domain file.

Sources have the form of https://www.w3.org/TR/CSP3/#framework-directive-source-list. The domain file is the one of
developer.apple.com/documentation/applepayontheweb/configuring-your-environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from monext_bridge.config import parsing
from monext_bridge.config.declaring import Group, JsonReader, declares, setting
from monext_bridge.config.parsing import Fault

FETCHES = ("script-src", "style-src", "img-src", "font-src", "connect-src", "frame-src")
"""The directives that say what a page may load."""

DIRECTIVES = (*FETCHES, "form-action")
"""The directives about hosts that may be named one by one."""

EXTRA_HOST = re.compile(
    r"https://(?:\*\.(?=[a-z0-9-]+\.))?(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*(?::(?P<port>[0-9]{1,5}))?"
)
"""A host-source of the policy, and less than its grammar allows: https, no path, and a name, since browsers match no
IP address. A wildcard stands for the first labels of a name that has at least two more."""

HIGHEST_PORT = 65535
LONGEST_ADDITION = 2000
"""Characters that may be added to the policy. Some proxies take no more than 4 kB for all headers of an answer, and
the rest of the policy has about 2 kB."""

FILE = "file:"
MOST_IMAGE_HOSTS = 10
"""A header that names them all stays short enough for any proxy."""

LARGEST_FILE = 64 * 1024
"""Bytes. Apple's file has about 9 kB."""

ASCII_TEXT = re.compile(r"[\t\r\n -~]+")
PATH_BEGINNINGS = ("/", ".", "~")
"""What no content of Apple's begins with, but a path whose `file:` was forgotten."""


def extra_sources(value: Any) -> Mapping[str, tuple[str, ...]]:
    """Reads a comma list of origins for all that a page may load, or JSON by directive, with a list for each."""
    if isinstance(value, str):
        found = dict.fromkeys(FETCHES, _origins(parsing.comma_list(value)))
    elif value and set(value) <= set(DIRECTIVES):
        found = {
            directive: _origins(_listed(value[directive])) for directive in DIRECTIVES if directive in value
        }
    else:
        raise Fault(f"must be a comma list of origins, or JSON by directive, of {', '.join(DIRECTIVES)}")
    if sum(len(origin) + 1 for origins in found.values() for origin in origins) > LONGEST_ADDITION:
        raise Fault(
            f"must add at most {LONGEST_ADDITION} characters to the policy; a host of a comma list comes "
            f"{len(FETCHES)} times, so name hosts by directive"
        )
    return found


def _listed(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and value:
        return tuple(dict.fromkeys(parsing.plain(each) for each in value))
    return parsing.comma_list(parsing.plain(value))


def _origins(values: Iterable[str]) -> tuple[str, ...]:
    """Returns each once, in lower case and without the port that https has anyway."""
    return tuple(dict.fromkeys(_origin(each.lower().removesuffix("/")) for each in values))


def _origin(value: str) -> str:
    found = EXTRA_HOST.fullmatch(value)
    if not found or not 0 < int(found["port"] or parsing.DEFAULT_PORTS["https"]) <= HIGHEST_PORT:
        raise Fault(
            "must be https origins like https://cdn.example.com, or https://*.example.com for all its subdomains"
        )
    return value.removesuffix(f":{parsing.DEFAULT_PORTS['https']}")


def image_hosts(value: str) -> frozenset[str]:
    """Reads a comma list of hosts, in the form of `url_host`. Browsers match them to the letter."""
    found = parsing.hosts(value)
    if len(found) > MOST_IMAGE_HOSTS:
        raise Fault(f"must be at most {MOST_IMAGE_HOSTS} hosts")
    return found


def domain_file(value: str) -> str:
    """Reads the content of Apple's domain file, or `file:` and a path that it is read from, once."""
    if value.startswith(PATH_BEGINNINGS):
        raise Fault("must be the content of Apple's file, or file: and its path")
    content = _content(Path(value.removeprefix(FILE))) if value.startswith(FILE) else value
    if len(content) > LARGEST_FILE:
        raise Fault(f"must have at most {LARGEST_FILE} bytes")
    if not content.strip() or not ASCII_TEXT.fullmatch(content):
        raise Fault("must be text of ASCII that is not empty")
    return content


def _content(path: Path) -> str:
    """Reads a file as it stands. What is no regular file is never opened: a pipe would hold up the start."""
    try:
        if not path.is_file():
            raise Fault("names no file")
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1).decode("latin-1")
    except OSError:
        raise Fault("names a file that can't be read") from None


@declares
class PaymentPage:
    """Holds what is set about the checkout page.

    `extra_sources` are origins by directive of the policy. `report_only`: browsers tell what the policy of our pages
    would block, and block little. `apple_domain_file` is served as it is. Pictures of products are shown from
    `image_hosts` alone, by https; http is only for this machine, outside production.
    """

    extra_sources: Mapping[str, tuple[str, ...]] = setting(
        "CSP_EXTRA_HOSTS",
        JsonReader(extra_sources),
        "https origins that the page with the widget may load from as well: a comma list for everything, or JSON by "
        'directive `{"connect-src": ["https://api.wallet.example.com"]}`',
        otherwise="none",
        factory=dict[str, tuple[str, ...]],
        example='{"connect-src": ["https://*.wallet.example.com"]}',
        note="The payment page (docs/configuration.md): https origins that it may load from as well, a comma list or "
        "JSON by directive; on: the pages' policy is only tried out; Apple's domain file, its content or file: and a "
        "path",
        group=Group.PAGES,
    )
    report_only: bool = setting(
        "CSP_REPORT_ONLY",
        parsing.on_off,
        "`on`: browsers only report what the pages' policy would block, for a trial; framing stays forbidden",
        default="off",
        note="",
        group=Group.PAGES,
    )
    apple_domain_file: str | None = setting(
        "APPLE_PAY_DOMAIN_ASSOCIATION",
        domain_file,
        "content, or `file:` and a path, of Apple's domain file, which Apple Pay in the widget needs",
        otherwise="not served",
        note="",
        group=Group.PAGES,
    )
    image_hosts: frozenset[str] = setting(
        "IMAGE_HOSTS",
        image_hosts,
        "hosts of product pictures on the checkout page, comma list of `host` or `host:port`",
        otherwise="no pictures",
        factory=frozenset[str],
        example="images.example.com",
        note="Hosts of product pictures on the checkout page, comma list; none: no pictures",
    )
