"""What the documents say is so: settings, addresses, make targets, examples, links, and tables of the code."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from dotenv import dotenv_values
from pydantic import BaseModel
from werkzeug.datastructures import MultiDict

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
from monext_bridge.web.access.signed_links import LINK_PARAMETERS, check_link
from monext_bridge.web.api import models
from monext_bridge.web.api.payment_intent_models import PaymentIntentResult
from monext_bridge.web.cli.endings import ExitCode
from monext_bridge.web.cli.reconcile import reconcile
from monext_bridge.web.endpoints import Principal
from monext_bridge.web.openapi.faults import FAULTS
from sandbox.commercetools.seed import SITUATIONS
from sandbox.faults import ACTIONS
from tests.log_lines import captured_logs
from tests.web.declared_endpoints import DESCRIPTIONS
from tools.endpoints.tables import renewed

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(each for name in ("docs", "sandbox", "examples") for each in (ROOT / name).rglob("*.md")),
    ]
)
README, CONFIGURATION = ROOT / "README.md", ROOT / "docs" / "configuration.md"
SANDBOX = ROOT / "sandbox" / "README.md"
ARCHITECTURE, OFFICE = ROOT / "docs" / "architecture.md", ROOT / "docs" / "operations.md"
RECONCILIATION = ROOT / "docs" / "reconciliation.md"
TERMINAL, DECISIONS = ROOT / "docs" / "terminal.md", sorted((ROOT / "docs" / "adr").glob("*.md"))
LINK = re.compile(r"\]\((?!https?:|mailto:)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
SENT = re.compile(r"\$PUBLIC_URL(?P<path>[a-z/-]+).*?-d '(?P<body>\{.*?\})'", re.DOTALL)
TAKEN: dict[str, type[BaseModel]] = {
    "/payment": models.PaymentRequest,
    "/operations/payment-intents": models.PaymentIntentUpdate,
    "/operations/checkout-links": models.CheckoutLinkRequest,
}
FAULTY = "MONEXT_SESSION_MINUTES=5\n"


def blocks(document: Path, language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    return [found["body"] for found in FENCE.finditer(document.read_text()) if found["language"] == language]


def variables(text: str) -> dict[str, str]:
    """What a `.env` file with this text says."""
    return {name: value or "" for name, value in dotenv_values(stream=io.StringIO(text)).items()}


def table(document: Path, *, heading: str) -> list[list[str]]:
    """The cells of the table whose head begins with these words."""
    lines = document.read_text().splitlines()
    begin = next(place for place, line in enumerate(lines) if line.startswith(f"| {heading}")) + 2
    rows: list[list[str]] = []
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def column(document: Path, *, heading: str, place: int = 0) -> list[str]:
    """The words of a column of that table, without their code marks."""
    return [cells[place].replace("`", "") for cells in table(document, heading=heading)]


def links() -> Iterator[tuple[Path, str, str | None]]:
    """Every relative link: where it stands, its path, its anchor."""
    for document in DOCUMENTS:
        for found in LINK.finditer(FENCE.sub("", document.read_text())):
            yield document, found["path"], found["anchor"]


def anchors(document: Path) -> set[str]:
    """The anchors of the headings, as a forge makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def default_cell(setting: Setting) -> str:
    if setting.required:
        return "required"
    return f"`{setting.default}`" if setting.default is not None else setting.otherwise


@pytest.fixture(scope="module")
def minimal() -> dict[str, str]:
    """The README's example of an environment."""
    return variables(blocks(README, "dotenv")[0])


def test_the_readme_lists_exactly_the_settings_with_their_defaults() -> None:
    listed = [(name, by_store, default) for name, _, by_store, default in table(README, heading="Name")]
    wanted = [(f"`{s.name}`", "yes" if s.by_store else "", default_cell(s)) for s in SETTINGS]
    assert listed == wanted


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


def test_the_readme_tells_addresses_and_limits_as_the_endpoints_declare_them() -> None:
    assert README.read_text() == renewed(README.read_text()), "out of date: make endpoints"


def test_a_table_of_the_readme_that_is_gone_is_missed() -> None:
    with pytest.raises(ValueError, match=r"Address \| At most"):
        renewed(README.read_text().replace("| At most |", "| Most |"))


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


@pytest.mark.parametrize(("document", "heading"), [(README, "Action"), (OFFICE, "`action`")])
def test_the_actions_are_those_of_the_code(document: Path, heading: str) -> None:
    refused = models.PaymentIntentUpdate.model_json_schema()["properties"]["actions"]["items"]
    assert set(column(document, heading=heading)) == set(refused["discriminator"]["mapping"])


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


@pytest.mark.parametrize("document", [README, OFFICE], ids=lambda path: path.name)
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


def test_the_readmes_signed_link_opens_its_cart(minimal: dict[str, str]) -> None:
    secret = load_settings(minimal).link_secrets[0]
    known: dict[str, object] = {
        "link_secret": secret.get_secret_value(),
        "cart_id": "c0000000-0000-4000-8000-000000000001",
        "public_url": "https://pay.shop.example.com",
    }
    exec(blocks(README, "python")[0], known)
    given = MultiDict({"expires": str(known["expires"]), "signature": str(known["signature"])})
    check_link(str(known["cart_id"]), given, keys=[secret], now=time.time())
    assert str(known["url"]).endswith(f"?expires={known['expires']}&signature={known['signature']}")


def test_the_readmes_signed_link_of_version_2_opens_its_cart(minimal: dict[str, str]) -> None:
    secret = load_settings(minimal).link_secrets[0]
    cart = "c0000000-0000-4000-8000-000000000001"
    known: dict[str, object] = {
        "link_secret": secret.get_secret_value(),
        "cart_id": cart,
        "public_url": "https://pay.shop.example.com",
    }
    exec("\n".join(blocks(README, "python")[:2]), known)
    query = MultiDict(parse_qsl(urlsplit(str(known["url"])).query))
    check_link(cart, query, keys=[secret], now=time.time())
    assert query["v"] == "2"


def test_the_readme_names_every_parameter_of_a_link() -> None:
    table = README.read_text().partition("| Parameter | Meaning |")[2].partition("\n\n")[0]
    cells = [row.split("|")[1] for row in table.splitlines() if row]
    assert sorted(name for cell in cells for name in re.findall(r"`(\w+)`", cell)) == sorted(LINK_PARAMETERS)


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


def test_links_are_found_at_all() -> None:
    assert len(list(links())) > 10


def test_the_sandbox_tells_all_its_carts_and_faults() -> None:
    assert [row[0] for row in table(SANDBOX, heading="Cart")] == [f"`{name}`" for name in SITUATIONS]
    assert [row[0] for row in table(SANDBOX, heading="`action`")] == [f"`{name}`" for name in ACTIONS]
