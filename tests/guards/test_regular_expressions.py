"""Texts come from anybody: no regular expression costs more for one of them than a few passes over it.

The guard counts CPU, not time, and compares it with a plain line's of the same length, so it holds on any machine.
A new expression needs a name in the globals of its module, and here its worst case.
"""

from __future__ import annotations

import ast
import logging
import re
import time
from collections.abc import Callable

import pytest

from monext_bridge.logs import JsonFormatter, correlation_id
from tests.guards.expressions import (
    ALL_OVER,
    USES,
    attack_texts,
    compiled,
    modules,
    unreachable_uses,
    uses,
)

LENGTH = 4096
GROWING = (12, 16, 20, 24, 28, 32, 40, 48, 64, 128, 512, 1024, LENGTH)
"""Characters. What is exponential is found while it is short, or it would never end."""

RATIO = 15
"""Times a plain line. Of 4 kB, passes over it cost up to some lines, and a square some hundred to some thousand."""

LINE = ("nothing to be seen here " * LENGTH)[:LENGTH]
TRIES = 5
MODULES = modules()
PATTERNS = {
    f"{module.short}.{place}": (module, place, pattern)
    for module in MODULES
    for place, pattern in module.patterns().items()
}
ASKED = uses(MODULES)
UUIDS = ("00000000-", "0000-", "!")

WORST: dict[str, tuple[str, str, str]] = {
    "cleaning.CLEANABLE": ("", "a", ""),
    "cleaning.CLEANINGS[0][0]": ("", "?", "'"),
    "cleaning.CLEANINGS[1][0]": ("Bearer", " ", "x"),
    "cleaning.CLEANINGS[2][0]": ("", "a@", ""),
    "cleaning.CLEANINGS[3][0]": ("", "/return/", ""),
    "cleaning.HALVES[0]": ("", "a", " "),
    "cleaning.HALVES[1]": ("", "Basic ", "\n"),
    "config.colors.HEX": ("#", "abc", "!"),
    "config.branding.SHOP_LANGUAGE_TAG": ("fr-", "BE-", "!"),
    "config.messages.EMAIL": ("a@", "a.", "!"),
    "config.messages.OTHER_TOPIC": ("projects/", "a", " "),
    "config.messages.SNS_TOPIC": ("arn:aws:sns:a-a:123456789012:", "a", "!"),
    "config.parsing.CONTROL": ("", "a", ""),
    "config.parsing.HOST": ("", "a.", "!"),
    "config.parsing.MAIL": ("mailto:a@a", ".a", "!"),
    "config.parsing.MONEXT_ID": ("", "A", "!"),
    "config.parsing.NUMBER": ("", "1", "!"),
    "config.parsing.PROJECT_KEY": ("", "a-", "!"),
    "config.parsing.PRODUCT_TYPE_KEY": ("", "a-", "!"),
    "config.parsing.STORE_KEY": ("", "a-", "!"),
    "config.parsing.VISIBLE": ("", "a", " "),
    "config.payment_page.ASCII_TEXT": ("", " ", "\0"),
    "config.payment_page.EXTRA_HOST": ("https://*.", "a.", "!"),
    "config.reading.AFTER_NAME": ("", ":[", ""),
    "config.secrets.values.BASIC": ("Basic", " ", "x"),
    "config.spelling.BEGINNING": ("", "A", "!"),
    "domain.operations.pending.IDEMPOTENCY_KEY": ("", "a.", "!"),
    "domain.operations.principals.CLIENT_ID": ("", "a.", "!"),
    "domain.outcome.order_rules.FUTURE_ORDER_NUMBER": ("", ".", "/"),
    "domain.record.payment.ATTEMPT_KEY": ("00000000-0000-0000-0000-000000000000-1-000000000000-", "a-", "!"),
    "domain.operations.capture_on_shipment.CAPTURE_NUMBER": ("", "1", "!"),
    "gateways.keys.clouds.SNS_NAME": ("sns", ".amazonaws.com", "!"),
    "gateways.commercetools.oauth.SENDABLE_TOKEN": ("", "a", " "),
    "gateways.http.retry.SECONDS": ("", "1", "!"),
    "mapping.commercetools.status_text.NOTED_LANGUAGE": ("", "a-", "!"),
    "mapping.commercetools.status_text.NOTED_URL": ("https://", "a", " "),
    "mapping.commercetools.writes.PAYMENT_KEY": ("", "a-", "!"),
    "mapping.clouds.envelopes.RESOURCE_ID": UUIDS,
    "mapping.monext.accepted_transactions.METHOD_CODE": ("C", "B ", "!"),
    "mapping.monext.answers.REDIRECT_URL": ("https://", "a", " "),
    "mapping.monext.accepted_transactions.CURRENCY": ("", "E", "!"),
    "mapping.monext.ids.SESSION_ID": ("", "a", "~"),
    "mapping.monext.ids.TRANSACTION_ID": ("", "a", "~"),
    "mapping.monext.limits.EMAIL": ("", "a", "!"),
    "mapping.monext.limits.LANGUAGE_CODE": ("", "F", "!"),
    "mapping.monext.limits.TELEPHONE": ("+", "1", "!"),
    "mapping.clouds.sns.CERTIFICATE_PATH": ("", "/SimpleNotificationService-", ".pem"),
    "mapping.clouds.sns.SNS_HOST": ("sns.", ".amazonaws.com", "!"),
    "mapping.monext.telephone.SEPARATORS": ("", " - ", "1"),
    "mapping.text.DATE_SHAPE": ("2026-", "11-", "!"),
    "services.access.api_client.STORE_KEY": ("", "a-", "!"),
    "services.access.principals.BEARER_TOKEN": ("", "a.", " "),
    "services.outcome.landing_urls.VISIBLE_ASCII": ("", "a", " "),
    "services.doctor.self_proof.QUESTION": ("0" * 32 + ".", "0", "!"),
    "services.operations.find_payment.PAYMENT_ID": UUIDS,
    "services.page_check.header_differences.NONCE": ("", "'nonce-", ""),
    "services.payment_reference.earlier.EARLIER_SHAPE": ("", "a.", "!"),
    "services.payment_reference.signer.REFERENCE_SHAPE": ("", "a", "!"),
    "services.checkout.shop_session.SESSION_ID": ("", "a-", "!"),
    "web.access.signed_links.EXPIRES": ("", "1", "!"),
    "web.access.signed_links.SIGNATURE": ("", "0", "!"),
    "web.cli.amounts.TYPED_AMOUNT": ("1", ".1", "!"),
    "web.cli.enquiry.find.SEARCHED_AMOUNT": ("1", "1", "!"),
    "web.cli.durations.FORM": ("1", "s", "!"),
    "web.cli.payment.QUOTED_REFERENCE": ("", "a ", "<"),
    "web.access.cors.MODULE": ("enabler", "/a", ".js"),
    "web.api.events.ORIGIN": ("", "a.", "!"),
    "web.pages.i18n._CODE_BEFORE_DIGIT": ("", "F1", ""),
    "web.pages.i18n._LANGUAGE_TAG": ("fr", "-ab", "!"),
    "web.openapi.document.ARGUMENT": ("", "<a", ""),
    "web.openapi.document.BETWEEN_WORDS": ("", " -", "a"),
    "web.openapi.page.ARGUMENT": ("", "{a", "!"),
    "web.openapi.page.WORD": ("", "aB", "!"),
    "web.http.parameters.LANGUAGE": ("fr", "-ab", "!"),
    "web.http.parameters.POLL": ("1", "0", "!"),
    "web.http.parameters.SESSION_TOKEN": ("", "a.", "!"),
    "web.http.parameters.UUID": UUIDS,
    "web.http.request_lifecycle.CORRELATION": ("", "a.", "!"),
    "web.access.rate_limit_keys.WITH_PORT": ("", "1.", ":"),
    "web.pages.pictures.AS_IT_TRAVELS": ("", "a", " "),
}
"""What comes first, what is repeated after it, and what stands at the end: what its author holds for the worst."""


def text_of(case: tuple[str, str, str], length: int) -> str:
    head, pump, tail = case
    return head + pump * max((length - len(head) - len(tail)) // len(pump), 1) + tail


def cpu(work: Callable[[], object]) -> float:
    """Seconds of this thread alone; the least of some tries, for a machine is at times busy with itself."""
    tries = []
    for _ in range(TRIES):
        began = time.thread_time()
        work()
        tries.append(time.thread_time() - began)
    return min(tries)


def dearer(work: Callable[[], object], than: float) -> bool:
    """Whether it costs more, measured once, and again only where it seems so."""
    began = time.thread_time()
    work()
    return time.thread_time() - began > than and cpu(work) > than


@pytest.fixture(scope="module")
def plain() -> float:
    """What the words of a plain line of 4 kB cost, looked at one by one."""
    word = re.compile(r"\w+")
    return cpu(lambda: word.sub(lambda found: found[0], LINE))


def test_every_expression_is_a_constant_of_its_module() -> None:
    unnamed = [f"{module.short}: {use}" for module in MODULES for use in unreachable_uses(module.tree)]
    assert unnamed == []
    assert [m.short for m in MODULES if len(m.patterns()) != compiled(m.tree)] == []


def test_every_expression_has_a_worst_case() -> None:
    assert sorted(WORST) == sorted(PATTERNS)


@pytest.mark.parametrize("name", PATTERNS)
def test_no_text_costs_more_than_some_passes_over_it(name: str, plain: float) -> None:
    module, place, pattern = PATTERNS[name]
    for use in ASKED.get((module.name, place), ALL_OVER):
        for case in dict.fromkeys((WORST[name], *attack_texts(pattern))):
            for text in (text_of(case, length) for length in GROWING):
                assert not dearer(lambda: USES[use](pattern, text), RATIO * plain), (use, case)  # noqa: B023


@pytest.mark.parametrize("length", [LENGTH, 100 * LENGTH])
@pytest.mark.parametrize("case", [c for n, c in WORST.items() if n.startswith("cleaning.")], ids=repr)
def test_a_line_of_the_log_costs_what_a_plain_one_does(case: tuple[str, str, str], length: int) -> None:
    plain = cpu(lambda: logged(LINE))
    assert not dearer(lambda: logged(text_of(case, length)), RATIO * plain)


def logged(text: str) -> str:
    """A line that has this text wherever one can be."""
    scalars = {text: text, "path": text, "status": 404}
    record = logging.makeLogRecord({"name": text, "levelname": text, "msg": text, "scalars": scalars})
    record.exc_info = (ValueError, ValueError(text), None)
    token = correlation_id.set(text)
    try:
        return JsonFormatter().format(record)
    finally:
        correlation_id.reset(token)


@pytest.mark.parametrize(
    "form",
    [r"[^\s@]+@[\w-]+(?:\.[\w-]+)+", r"(?:a+)+!", r"\s+\Z", r"[\w.]+[\w+]+@", r"<b>(.*?)</b>", r"(?:a|a)*!"],
)
def test_the_guard_sees_what_is_dear(form: str, plain: float) -> None:
    pattern = re.compile(form)
    seen = (text_of(case, length) for case in attack_texts(pattern) for length in GROWING)
    assert any(dearer(lambda: pattern.sub("", text), RATIO * plain) for text in seen)  # noqa: B023


@pytest.mark.parametrize(
    "source",
    [
        "import re\ndef f(x):\n    return re.match('a+', x)",
        "import re\ndef f(x):\n    return re.compile('a+').match(x)",
        "import re\nf = lambda x: re.compile(x)",
        "import re\nA = re.split(',', 'a,b')",
        "from re import compile",
    ],
)
def test_the_guard_sees_an_expression_without_a_name(source: str) -> None:
    assert list(unreachable_uses(ast.parse(source))) != []
