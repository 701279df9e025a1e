"""What the documents say is so: settings, addresses, make targets, examples, links, and tables of the code."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from monext_bridge.config import SETTINGS, Setting, load_settings
from monext_bridge.domain.operations.pending import (
    ABANDONED,
    BY_PRINCIPAL,
    OF_CHARGE,
    OWN_KEYS,
    REMAINDER,
    REPLACEMENT,
    REVERSAL_PREFIX,
    TOO_LATE,
    UNSENT,
)
from monext_bridge.domain.outcome.order_refusals import KIND_OF_CODE
from monext_bridge.domain.outcome.order_rules import OrderPaymentState
from monext_bridge.domain.reconciliation.compare_ledger import FOUND, FOUND_PREFIX
from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.domain.record import ON_PART
from monext_bridge.domain.record.attempt_status import ReversalReason
from monext_bridge.errors import SettingsError
from monext_bridge.services.operations import Actor
from monext_bridge.services.operations.audit import AUDIT_EVENT, AuditedAct, AuditOutcome
from monext_bridge.services.operations.request import OperationOutcome
from monext_bridge.services.reconciliation.reconcile_payment import STUCK_AFTER
from monext_bridge.services.reconciliation.report import FindingStatus
from monext_bridge.web.access.signed_links import LINK_PARAMETERS
from monext_bridge.web.api import models
from monext_bridge.web.api.payment_intent_models import PaymentIntentResult
from monext_bridge.web.cli.endings import ExitCode
from monext_bridge.web.cli.reconcile import reconcile
from monext_bridge.web.endpoints import Principal
from monext_bridge.web.openapi.faults import FAULTS
from sandbox.commercetools.seed import SITUATIONS
from sandbox.faults import ACTIONS
from tests.document_blocks import DOCS, README, ROOT, blocks, column, table, variables, without_blocks
from tests.log_lines import captured_logs
from tests.web.declared_endpoints import DESCRIPTIONS
from tools.endpoints.tables import renewed

DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / ".github").rglob("*.md"),
        *DOCS.rglob("*.md"),
        *(each for name in ("sandbox", "examples") for each in (ROOT / name).rglob("*.md")),
    ]
)
CONFIGURATION = DOCS / "configuration.md"
ADDRESSES, INTEGRATION = DOCS / "api.md", DOCS / "integrate.md"
SANDBOX = ROOT / "sandbox" / "README.md"
ARCHITECTURE, OFFICE = DOCS / "architecture.md", DOCS / "operations.md"
RECONCILIATION = DOCS / "reconciliation.md"
TERMINAL, DECISIONS = DOCS / "terminal.md", sorted((DOCS / "adr").glob("*.md"))
LINK = re.compile(
    r"(?:\]\(|(?:src|href)=\")(?!https?:|mailto:)(?P<path>[^)\"#\s]*)(?:#(?P<anchor>[^)\"\s]+))?[)\"]"
)
NAMED = re.compile(
    r"(?<![\w/.-])(?P<path>(?:docs/[\w/-]+|README|CONTRIBUTING|SECURITY)\.md)(?:#(?P<anchor>[\w-]+))?"
)
"""A document that code or another file names, and a heading in it."""

SOURCES = ("monext_bridge", "sandbox", "bench", "tools", "tests", "deploy", "static", "templates")
SENT = re.compile(r"\$PUBLIC_URL(?P<path>[a-z/-]+).*?-d '(?P<body>\{.*?\})'", re.DOTALL)
TAKEN: dict[str, type[BaseModel]] = {
    "/payment": models.PaymentRequest,
    "/operations/payment-intents": models.PaymentIntentUpdate,
    "/operations/checkout-links": models.CheckoutLinkRequest,
}
FAULTY = "MONEXT_SESSION_MINUTES=5\n"


def links() -> Iterator[tuple[Path, str, str | None]]:
    """Every relative link: where it stands, its path, its anchor."""
    for document in DOCUMENTS:
        for found in LINK.finditer(without_blocks(document.read_text())):
            yield document, found["path"], found["anchor"]


def anchors(document: Path) -> set[str]:
    """The anchors of the headings, as a forge makes them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(document)}


def headings(document: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", without_blocks(document.read_text()), re.MULTILINE)


def default_cell(setting: Setting) -> str:
    if setting.required:
        return "required"
    return f"`{setting.default}`" if setting.default is not None else setting.otherwise


@pytest.fixture(scope="module")
def minimal() -> dict[str, str]:
    """The README's example of an environment."""
    return variables(blocks(README, "dotenv")[0])


def test_the_configuration_lists_each_setting_with_its_default() -> None:
    """The printed tables say what start-up does; another test holds that they are printed anew."""
    rows = [
        line.strip("|").split(" | ") for line in CONFIGURATION.read_text().splitlines() if line[:3] == "| `"
    ]
    listed = {cells[0].strip(): (cells[2].strip(), cells[3].strip()) for cells in rows if len(cells) == 4}
    wanted = {f"`{s.name}`": ("yes" if s.by_store else "", default_cell(s)) for s in SETTINGS}
    assert {name: cells for name, cells in listed.items() if name in wanted} == wanted


def test_the_readmes_environment_is_enough_and_needed(minimal: dict[str, str]) -> None:
    assert load_settings(minimal).stores()
    assert {s.name for s in SETTINGS if s.required} <= set(minimal)


@pytest.mark.parametrize(
    "text", [b for b in blocks(CONFIGURATION, "dotenv") if FAULTY not in b], ids=lambda text: text[:40]
)
def test_an_example_of_the_configuration_is_right(text: str, minimal: dict[str, str]) -> None:
    assert load_settings(minimal | variables(text)).stores()


def test_the_example_of_faults_is_what_start_up_says(minimal: dict[str, str]) -> None:
    (faulty,) = [text for text in blocks(CONFIGURATION, "dotenv") if FAULTY in text]
    (said,) = blocks(CONFIGURATION, "text")
    with pytest.raises(SettingsError) as raised:
        load_settings(minimal | variables(faulty))
    assert str(raised.value) == said.strip()


def test_the_environment_for_the_sandbox_is_right() -> None:
    (text,) = blocks(SANDBOX, "dotenv")
    assert load_settings(variables(text)).stores()


def test_addresses_and_limits_are_told_as_the_endpoints_declare_them() -> None:
    assert ADDRESSES.read_text() == renewed(ADDRESSES.read_text()), "out of date: make endpoints"


def test_a_table_of_addresses_or_limits_that_is_gone_is_missed() -> None:
    with pytest.raises(ValueError, match=r"Address \| At most"):
        renewed(ADDRESSES.read_text().replace("| At most |", "| Most |"))


def test_every_kind_of_caller_is_told() -> None:
    assert column(ARCHITECTURE, heading="Caller") == [caller.name for caller in Principal]


def test_the_errors_of_an_act_are_those_of_the_code() -> None:
    listed = [(int(cells[0]), cells[1].strip("`")) for cells in table(OFFICE, heading="Status")]
    statuses = DESCRIPTIONS["operations.modify"].refusals
    assert listed == [(fault.status, fault.code) for fault in FAULTS if fault.status in statuses]


def test_the_outcomes_of_the_audit_are_those_of_the_code() -> None:
    listed = [cell.replace("`", "") for cell in column(OFFICE, heading=f"`{AUDIT_EVENT}`")]
    assert ", ".join(listed).split(", ") == [outcome.value for outcome in AuditOutcome]


def test_the_outcomes_are_those_of_the_code() -> None:
    assert column(OFFICE, heading="`outcome`") == [outcome.value for outcome in OperationOutcome]


def test_the_actions_are_those_of_the_code() -> None:
    taken = models.PaymentIntentUpdate.model_json_schema()["properties"]["actions"]["items"]
    assert set(column(OFFICE, heading="`action`")) == set(taken["discriminator"]["mapping"])


def test_the_members_of_an_action_are_those_of_the_code() -> None:
    listed = dict(zip(*(column(OFFICE, heading="`action`", place=n) for n in (0, 1)), strict=True))
    definitions = models.PaymentIntentUpdate.model_json_schema()["$defs"]
    for action, members in listed.items():
        wanted = definitions[action[0].upper() + action[1:]]["properties"]
        assert set(members.split(", ")) == set(wanted) - {"action"}


def test_every_name_of_an_act_in_the_record_is_told() -> None:
    ends = {form.rpartition("~")[2] for form in column(OFFICE, heading="`interactionId`") if "~" in form}
    assert ends == {
        "<digest>",
        UNSENT,
        TOO_LATE,
        REPLACEMENT,
        REMAINDER,
        ABANDONED,
        FOUND,
        f"{BY_PRINCIPAL}<principal>",
        f"{OF_CHARGE}<id>",
        f"{ON_PART}<id>",
    }
    assert f"{FOUND_PREFIX}<row>~{FOUND}" in column(OFFICE, heading="`interactionId`")
    assert f"`{REVERSAL_PREFIX}`" in OFFICE.read_text()


def test_every_key_that_the_bridge_makes_is_told() -> None:
    assert all(f"`{prefix}" in OFFICE.read_text() for prefix in OWN_KEYS)


def test_reconciliation_tells_its_options_needs_and_endings() -> None:
    shown = [each for each in reconcile.params if not getattr(each, "hidden", False)]
    options = {option for each in shown for option in each.opts}
    assert set(column(RECONCILIATION, heading="Option")) == options - {"--help"}
    assert column(RECONCILIATION, heading="`need`") == [need.value for need in FollowUp]
    assert column(RECONCILIATION, heading="`ending`") == [ending.value for ending in FindingStatus]


def test_reconciliation_tells_when_a_need_is_stuck() -> None:
    told = dict(zip(*(column(RECONCILIATION, heading="`need`", place=n) for n in (0, 3)), strict=True))
    days = {need: re.match(r"([0-9]+) (day|hour)", text) for need, text in told.items()}
    wanted = {found and timedelta(**{f"{found[2]}s": int(found[1])}): None for found in days.values()}
    assert set(wanted) - {None} == set(STUCK_AFTER.values())
    for need, after in STUCK_AFTER.items():
        found = days[need.value]
        assert found, need
        assert timedelta(**{f"{found[2]}s": int(found[1])}) == after, need


def test_every_payment_state_of_an_order_is_told() -> None:
    assert set(column(OFFICE, heading="`paymentState`")) == set(OrderPaymentState)


def test_every_reason_for_giving_back_is_told() -> None:
    words = set(re.findall(r"\w+", ARCHITECTURE.read_text()))
    assert set(KIND_OF_CODE) | {flag.value for flag in ReversalReason} <= words


def test_the_exit_codes_are_those_of_the_code() -> None:
    assert column(TERMINAL, heading="Exit code") == [str(code.value) for code in ExitCode]
    ends = {str(code.value) for code in ExitCode}
    assert set(column(RECONCILIATION, heading="Exit code")) <= ends


@pytest.mark.parametrize("document", [INTEGRATION, OFFICE], ids=lambda path: path.name)
def test_the_bodies_that_examples_send_are_taken(document: Path) -> None:
    sent = [found for text in blocks(document, "sh") for found in SENT.finditer(text)]
    assert sent
    for found in sent:
        assert TAKEN[found["path"].rstrip("/")].model_validate_json(found["body"])


def test_the_json_of_the_operations_api_is_as_it_says() -> None:
    action, outcome, error, line = (json.loads(text) for text in blocks(OFFICE, "json"))
    assert models.PaymentIntentUpdate.model_validate(action)
    assert PaymentIntentResult.model_validate(outcome, extra="forbid")
    assert models.ErrorResponse.model_validate(error, extra="forbid")
    with captured_logs() as lines:
        AuditedAct(Actor("erp")).tell()
    assert [*lines.of(line["event"])[0]][3:] == [*line]


def test_the_decisions_are_numbered_and_accepted() -> None:
    for number, document in enumerate(DECISIONS, start=1):
        title, _, state = document.read_text().splitlines()[:3]
        assert document.name.startswith(f"{number:04}-")
        assert title.startswith(f"# {number}. ")
        assert "Accepted" in state


def test_every_parameter_of_a_link_is_told() -> None:
    told = re.findall(r"\w+", " ".join(column(INTEGRATION, heading="Parameter")))
    assert sorted(told) == sorted(LINK_PARAMETERS)


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in DOCUMENTS
        for target in re.findall(r"(?:^|`)make ([a-z][a-z-]*)", document.read_text(), re.MULTILINE)
        if target not in targets
    ]
    assert named == []


def test_every_relative_link_leads_somewhere() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {path}#{anchor or ''}"
        for document, path, anchor in links()
        if not (target := document.parent / path if path else document).exists()
        or (anchor and anchor not in anchors(target))
    ]
    assert broken == []


def named_by_sources() -> Iterator[tuple[Path, str, str | None]]:
    found = [path for folder in SOURCES for path in (ROOT / folder).rglob("*") if path.is_file()]
    files = [path for path in found if not {"node_modules", "__pycache__"} & set(path.parts)]
    texts = [
        path for path in files if path.suffix in {".py", ".js", ".html", ".yml", ".toml", ".txt", ".service"}
    ]
    for path in (*texts, ROOT / "Makefile", ROOT / ".env.example", ROOT / "Dockerfile"):
        for named in NAMED.finditer(path.read_text()):
            yield path, named["path"], named["anchor"]


def test_every_document_that_code_names_is_there_with_that_heading() -> None:
    gone = [
        f"{source.relative_to(ROOT)}: {path}#{anchor or ''}"
        for source, path, anchor in named_by_sources()
        if not (ROOT / path).exists() or (anchor and anchor not in anchors(ROOT / path))
    ]
    assert gone == []
    assert len(list(named_by_sources())) > 10


def test_no_heading_stands_twice_in_a_document() -> None:
    """A link to it leads to the first one alone."""
    twice = [
        f"{document.relative_to(ROOT)}: {heading}"
        for document in DOCUMENTS
        if document.name != "CHANGELOG.md"
        for heading, times in Counter(headings(document)).items()
        if times > 1
    ]
    assert twice == []


def test_the_index_names_each_document_once() -> None:
    documents = sorted(path.name for path in DOCS.glob("*.md") if path.name != "README.md")
    rows = re.findall(r"^\| \[([\w-]+\.md)\]\(\1\)", (DOCS / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == documents


def test_links_are_found_at_all() -> None:
    assert len(list(links())) > 10


def test_the_sandbox_tells_all_its_carts_and_faults() -> None:
    assert [row[0] for row in table(SANDBOX, heading="Cart")] == [f"`{name}`" for name in SITUATIONS]
    assert [row[0] for row in table(SANDBOX, heading="`action`")] == [f"`{name}`" for name in ACTIONS]
