"""Plays one seed: the storm, the calm after it, reconciliation two hours later, and the comparison."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sandbox.runner import Sandbox
from tests.campaign.back_office import BackOfficeActor, BackOfficeToken
from tests.campaign.bridges import EVENTS_SECRET, Actor, BridgePair
from tests.campaign.buyers import BuyerActor
from tests.campaign.consistency import compare
from tests.campaign.evidence import Disagreement, Evidence
from tests.campaign.excused_failures import FailureJudge, by_correlation, read_logs, unexpected
from tests.campaign.fault_injector import FaultInjector
from tests.campaign.figures import Figures, count, stories_played
from tests.campaign.kills import ProcessKiller
from tests.campaign.plan import Plan, draw_plan
from tests.campaign.reconciling import LATER, ReconciliationResult, reconcile
from tests.campaign.shared_state import BuyerCart, SharedState, get_control, post_control
from tests.campaign.warehouse import WarehouseActor
from tests.world import Json, wait_for

PENDING_FOR_GOOD = 0.3
"""The part of Monext's pending operations that never end."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one seed. All is well where it has no `disagreements` and no `faults`, which are in words."""

    plan: Plan
    figures: Figures
    evidence: Evidence
    disagreements: tuple[Disagreement, ...]
    faults: tuple[str, ...]
    diaries: dict[str, list[str]] = field(default_factory=dict)
    played: Counter[str] = field(default_factory=Counter)
    """How often each story of money was played."""

    @property
    def passed(self) -> bool:
        return not self.disagreements and not self.faults


def run_seed(seed: int, *, buyers: int, folder: Path) -> Result:
    """Play a seed. The bridges' logs go to the folder."""
    began, plan = time.monotonic(), draw_plan(seed, buyers=buyers)
    with Sandbox(allow_kill=True) as sandbox:
        settings = {"RELEASE_ON_CANCELLATION": "on" if plan.releases else "off"}
        with BridgePair(sandbox, folder=folder, settings=settings) as pair:
            shared = SharedState(sandbox, pair, plan, tuple(BuyerCart(visit) for visit in plan.visits))
            injector = FaultInjector.of(shared)
            _storm(shared, injector)
            _calm_down(shared, injector)
        _two_hours_later(shared)
        reconciled = reconcile(sandbox, settings=settings)
        evidence = _evidence(shared, reconciled)
    failure_judge = _failure_judge(shared, injector, evidence)
    faults = (*shared.faults, *_unanswered(shared), *failure_judge.unexcused, *reconciled.left)
    return Result(
        plan=plan,
        figures=count(
            shared, injector, failure_judge, reconciled, evidence, seconds=time.monotonic() - began
        ),
        evidence=evidence,
        disagreements=compare(evidence),
        faults=(*faults, *unexpected(failure_judge.lines)),
        played=stories_played(shared),
        diaries={buyer_cart.cart: buyer_cart.diary for buyer_cart in shared.buyer_carts},
    )


def _storm(shared: SharedState, injector: FaultInjector) -> None:
    """Let all actors play at once, until each has done all that the plan says."""
    shared.sandbox.push_messages_to(f"{shared.pair.url}/events/commercetools", secret=EVENTS_SECRET)
    office_token = BackOfficeToken(shared.world())
    actors: list[Actor] = [
        BuyerActor.of(shared, buyer_cart, office_token) for buyer_cart in shared.buyer_carts
    ]
    actors += [
        BackOfficeActor.of(shared, office_plan, office_token) for office_plan in shared.plan.office_plans
    ]
    actors += [WarehouseActor.of(shared, shipment) for shipment in shared.plan.shipments]
    shared.began = time.monotonic()
    _all_at_once((injector, ProcessKiller(shared), *actors))


def _all_at_once(actors: Iterable[Actor]) -> None:
    """Let each actor play on its own thread. Raises what one of them raised."""
    everybody = list(actors)
    with ThreadPoolExecutor(len(everybody), thread_name_prefix="actor") as pool:
        for ended in [pool.submit(actor.play) for actor in everybody]:
            ended.result()


def _calm_down(shared: SharedState, injector: FaultInjector) -> None:
    """Stop all faults, send again what was not accepted, and let pending operations end. All bridges are up."""
    injector.stop_faults()
    sandbox = shared.sandbox
    for _ in range(2):
        post_control(sandbox.monext_url, "notifications/flush", {"all": True})
        post_control(sandbox.commercetools_url, "push/flush", {"all": True})
    wait_for(injector.is_quiet)
    injector.collect_calls()
    _end_pending_operations(shared)


def _end_pending_operations(shared: SharedState) -> None:
    """End most of Monext's pending operations; some never end."""
    random = Random(f"{shared.plan.seed}/ends")
    for row in get_control(shared.sandbox.monext_url, "dump")["transactions"]:
        is_operation = row["id"] != row["originTransactionId"]
        if is_operation and "status" not in row and random.random() > PENDING_FOR_GOOD:
            outcome = {"outcome": random.choice(("accepted", "refused"))}
            post_control(shared.sandbox.monext_url, f"transactions/{row['id']}/resolve", outcome)


def _two_hours_later(shared: SharedState) -> None:
    post_control(shared.sandbox.monext_url, "clock", {"advance": LATER.total_seconds()})


def _evidence(shared: SharedState, reconciled: ReconciliationResult) -> Evidence:
    return Evidence(
        commercetools=get_control(shared.sandbox.commercetools_url, "dump"),
        monext=get_control(shared.sandbox.monext_url, "dump"),
        buyers=tuple(shared.buyers),
        office=tuple(shared.office),
        left_to_people=frozenset(reconciled.left_to_people),
        reported=frozenset(reconciled.reported),
        order_terms=shared.order_terms,
    )


def _failure_judge(shared: SharedState, injector: FaultInjector, evidence: Evidence) -> FailureJudge:
    troubled = {d.cart for d in shared.buyer_carts if any(s.verb == "trouble" for s in d.visit.steps)}
    failure_judge = FailureJudge(
        lines=read_logs(bridge.log for bridge in shared.pair.bridges),
        calls=by_correlation(injector.calls.values()),
        subjects=_subjects(evidence),
        troubled=frozenset(troubled),
        reversal_rejected=frozenset(a.cart_id for a in evidence.accounts if a.reversal_was_rejected),
        clock_offset=time.time() - time.monotonic(),
    )
    failure_judge.judge()
    return failure_judge


def _subjects(evidence: Evidence) -> dict[str, str]:
    """Give the cart of every id that can stand in a path."""
    found: dict[str, str] = {}
    carts: list[Json] = evidence.commercetools.get("cart", [])
    found |= {cart["id"]: cart["id"] for cart in carts}
    for account in evidence.accounts:
        ids = [account.id, str(account.payment["key"]), *(row["id"] for row in account.rows)]
        found |= dict.fromkeys([*ids, *([account.token] if account.token else [])], account.cart_id)
    for made in evidence.orders:
        found |= dict.fromkeys((made["id"], made["orderNumber"]), made["cart"]["id"])
    return found


def _unanswered(shared: SharedState) -> list[str]:
    """Give the requests that got no answer, though nobody had killed the bridge that they went to."""
    lost = [e for e in shared.pair.exchanges if e.status is None]
    return [
        f"no answer to {e.correlation} from bridge {e.bridge}, which nobody had killed"
        for e in lost
        if not shared.pair.was_killed(e.bridge, start=e.start, end=e.end)
    ]
