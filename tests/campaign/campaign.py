"""One seed from begin to end: the storm, the calm, reconciliation two hours later, and the comparison."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sandbox.runner import Sandbox
from tests.campaign.back_office import Badge, Clerk
from tests.campaign.bridges import EVENTS_SECRET, Actor, Fleet
from tests.campaign.buyers import Shopper
from tests.campaign.consistency import Books, Disagreement, compare
from tests.campaign.excused_failures import Witness, by_correlation, read_logs, unexpected
from tests.campaign.fault_fronts import Weather
from tests.campaign.figures import Figures, count
from tests.campaign.kills import Killer
from tests.campaign.plan import Plan, draw
from tests.campaign.reconciling import LATER, Reconciled, reconcile
from tests.campaign.shared_state import Dealing, Stage, look_up, order
from tests.campaign.warehouse import Porter
from tests.world import Json, wait_for

PENDING_FOR_GOOD = 0.3
"""Part of the acts that Monext has taken and never ends."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one seed came to. `faults` are in words; empty with no `disagreements` where all is well."""

    plan: Plan
    figures: Figures
    books: Books
    disagreements: tuple[Disagreement, ...]
    faults: tuple[str, ...]
    diaries: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        return not self.disagreements and not self.faults


def play(seed: int, *, buyers: int, folder: Path) -> Result:
    """Play a seed; the bridges' logs go to the folder."""
    began, plan = time.monotonic(), draw(seed, buyers=buyers)
    with Sandbox(allow_kill=True) as sandbox:
        with Fleet(sandbox, folder=folder) as fleet:
            stage = Stage(sandbox, fleet, plan, tuple(Dealing(visit) for visit in plan.visits))
            weather = Weather.over(stage)
            _storm(stage, weather)
            _calm(stage, weather)
        _two_hours_later(stage)
        reconciled = reconcile(sandbox)
        books = _books(stage, reconciled)
    witness = _witness(stage, weather, books)
    faults = (*stage.faults, *_unanswered(stage), *witness.not_asked_for, *reconciled.left)
    return Result(
        plan=plan,
        figures=count(stage, weather, witness, reconciled, books, seconds=time.monotonic() - began),
        books=books,
        disagreements=compare(books),
        faults=(*faults, *unexpected(witness.lines)),
        diaries={dealing.cart: dealing.diary for dealing in stage.dealings},
    )


def _storm(stage: Stage, weather: Weather) -> None:
    """Everybody at once, until the last of them has done all that the plan says."""
    stage.sandbox.push_messages_to(f"{stage.fleet.url}/events/commercetools", secret=EVENTS_SECRET)
    badge = Badge(stage.world())
    actors: list[Actor] = [Shopper.of(stage, dealing) for dealing in stage.dealings]
    actors += [Clerk.of(stage, deal, badge) for deal in stage.plan.deals]
    actors += [Porter.of(stage, parcel) for parcel in stage.plan.parcels]
    stage.began = time.monotonic()
    _all_at_once((weather, Killer(stage), *actors))


def _all_at_once(actors: Iterable[Actor]) -> None:
    """Each on a thread of its own; raises what one of them raised."""
    everybody = list(actors)
    with ThreadPoolExecutor(len(everybody), thread_name_prefix="actor") as pool:
        for ended in [pool.submit(actor.play) for actor in everybody]:
            ended.result()


def _calm(stage: Stage, weather: Weather) -> None:
    """No faults, all bridges up; what was told and not taken is told again, and partners decide."""
    weather.calm()
    sandbox = stage.sandbox
    for _ in range(2):
        order(sandbox.monext_url, "notifications/flush", {"all": True})
        order(sandbox.commercetools_url, "push/flush", {"all": True})
    wait_for(weather.is_quiet, seconds=30)
    weather.harvest()
    _end_pending_acts(stage)


def _end_pending_acts(stage: Stage) -> None:
    """Most acts that Monext has taken get their end, some never do."""
    random = Random(f"{stage.plan.seed}/ends")
    for row in look_up(stage.sandbox.monext_url, "dump")["transactions"]:
        is_act = row["id"] != row["originTransactionId"]
        if is_act and "status" not in row and random.random() > PENDING_FOR_GOOD:
            outcome = {"outcome": random.choice(("accepted", "refused"))}
            order(stage.sandbox.monext_url, f"transactions/{row['id']}/resolve", outcome)


def _two_hours_later(stage: Stage) -> None:
    order(stage.sandbox.monext_url, "clock", {"advance": LATER.total_seconds()})


def _books(stage: Stage, reconciled: Reconciled) -> Books:
    return Books(
        commercetools=look_up(stage.sandbox.commercetools_url, "dump"),
        monext=look_up(stage.sandbox.monext_url, "dump"),
        buyers=tuple(stage.buyers),
        office=tuple(stage.office),
        left_to_people=frozenset(reconciled.left_to_people),
    )


def _witness(stage: Stage, weather: Weather, books: Books) -> Witness:
    troubled = {d.cart for d in stage.dealings if any(s.verb == "trouble" for s in d.visit.steps)}
    witness = Witness(
        lines=read_logs(bridge.log for bridge in stage.fleet.bridges),
        calls=by_correlation(weather.calls.values()),
        subjects=_subjects(books),
        troubled=frozenset(troubled),
        unreturned=frozenset(a.cart_id for a in books.accounts if a.return_was_refused),
        clock_offset=time.time() - time.monotonic(),
    )
    witness.judge()
    return witness


def _subjects(books: Books) -> dict[str, str]:
    """The cart of every id that can stand in a path."""
    found: dict[str, str] = {}
    carts: list[Json] = books.commercetools.get("cart", [])
    found |= {cart["id"]: cart["id"] for cart in carts}
    for account in books.accounts:
        ids = [account.id, str(account.payment["key"]), *(row["id"] for row in account.rows)]
        found |= dict.fromkeys([*ids, *([account.token] if account.token else [])], account.cart_id)
    for made in books.orders:
        found |= dict.fromkeys((made["id"], made["orderNumber"]), made["cart"]["id"])
    return found


def _unanswered(stage: Stage) -> list[str]:
    """Requests that got no answer, though nobody had killed the bridge that they went to."""
    lost = [e for e in stage.fleet.exchanges if e.status is None]
    return [
        f"no answer to {e.correlation} from bridge {e.bridge}, which nobody had killed"
        for e in lost
        if not stage.fleet.was_down(e.bridge, start=e.start, end=e.end)
    ]
