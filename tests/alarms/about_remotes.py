"""Scenes in which a remote, Redis, a clock or the machine is in trouble."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from pydantic import SecretStr

from monext_bridge.domain.operations import Refund
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.gateways.commercetools.tokens import EARLY
from monext_bridge.gateways.http.breaker import FAILURES, Verdict
from monext_bridge.gateways.keys.clouds import KeysUnknown, PushKeys
from monext_bridge.queue import QueueRunner, queue_on
from monext_bridge.runtime import utc_now
from sandbox.commercetools.settings import ProjectSettings
from tests.alarms.stage import Scene, Stage
from tests.bridges import Buyer, free_port
from tests.gateways.commercetools.test_clock import Remote
from tests.gateways.commercetools.test_tokens import LIFE, Server
from tests.gateways.http.test_breaker import Watched

COMPANION = """
import sys
from threading import Event
from monext_bridge import logs
from monext_bridge.companion import keep
logs.configure("INFO")
keep([sys.executable, "-c", "raise SystemExit(3)"], stop=Event())
"""
FEW_FILES = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 1024))
from monext_bridge import logs
from monext_bridge.server import allow_files
logs.configure("INFO")
allow_files(1000)
"""
FOLDER_IS_A_FILE = """
import os, sys
from monext_bridge import logs
from monext_bridge.metrics_folder import use_metrics_folder
logs.configure("INFO")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.executable
use_metrics_folder()
"""


def nobody_listens(scheme: str = "redis") -> str:
    return f"{scheme}://127.0.0.1:{free_port()}"


def five_calls_in_a_row_fail(stage: Stage) -> None:
    Watched().calls(*[Verdict.FAILED] * FAILURES)


def monext_answers_with_500(stage: Stage) -> None:
    stage.world.fault("monext", action="status", code=500)
    stage.buyer.checkout(stage.world.cart())


def monext_has_a_new_code(stage: Stage) -> str:
    cart, page = stage.begun()
    stage.world.pay(page.token, outcome="refused", code="09876")
    stage.buyer.notification_arrives(page)
    return stage.id_of(cart)


def monext_lists_no_ledger(stage: Stage) -> str:
    payment = stage.recorded()
    stage.world.odd_answers(ledger="absent")
    return stage.tries(payment, Refund(payment.eur(100)))


def token_can_not_be_refreshed(stage: Stage) -> None:
    server = Server()
    tokens = server.tokens()
    tokens.current()
    server.now += LIFE - EARLY
    server.failure = RemoteUnavailable("invalid_client", remote="commercetools")
    tokens.current()


def redis_is_away_from_limits(stage: Stage) -> None:
    Buyer(stage.other_bridge(REDIS_URL=nobody_listens())).checkout(stage.world.cart())


def redis_is_away_from_a_pass(stage: Stage) -> None:
    stage.paid()
    runner = QueueRunner(queue_on(SecretStr(nobody_listens())))
    services = stage.an_hour_later.services
    changed = replace(services, reconcile=replace(services.reconcile, runner=runner))
    stage.reconciles(changed)


def clock_of_the_machine_is_wrong(stage: Stage) -> None:
    bridge = stage.other_bridge(machine_clock=lambda: utc_now() + timedelta(minutes=10))
    Buyer(bridge).checkout(stage.world.cart())


def answers_have_no_date(stage: Stage) -> None:
    Remote().answer(Date="")


def google_is_not_reached(stage: Stage) -> None:
    with suppress(KeysUnknown):
        PushKeys(google_url=nobody_listens("https")).google("no token")


def api_client_was_deleted(stage: Stage) -> None:
    project = ProjectSettings()
    bridge = stage.other_bridge(
        CTP_CLIENT_ID=f"deleted-client,{project.client_id}",
        CTP_CLIENT_SECRET=f"its-secret,{project.client_secret}",
    )
    Buyer(bridge).checkout(stage.world.cart())


SCENES: dict[str, Scene] = {
    "breaker_opened": five_calls_in_a_row_fail,
    "remote_call": monext_answers_with_500,
    "monext_code_unknown": monext_has_a_new_code,
    "ledger_unreadable": monext_lists_no_ledger,
    "token_refresh_failed": token_can_not_be_refreshed,
    "redis_away": redis_is_away_from_limits,
    "queue_away": redis_is_away_from_a_pass,
    "companion_ended": lambda stage: stage.runs(COMPANION),
    "clocks_differ": clock_of_the_machine_is_wrong,
    "record_time_unknown": answers_have_no_date,
    "few_files": lambda stage: stage.runs(FEW_FILES),
    "metrics_folder_refused": lambda stage: stage.runs(FOLDER_IS_A_FILE),
    "keys_unreachable": google_is_not_reached,
    "next_key_in_use": api_client_was_deleted,
}
