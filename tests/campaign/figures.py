"""What a seed came to, counted: by the books, the journals, the logs and the actors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.campaign.consistency import Books
from tests.campaign.excused_failures import Witness, is_spoilt
from tests.campaign.fault_fronts import Weather
from tests.campaign.reconciling import Reconciled
from tests.campaign.shared_state import Stage

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Figures:
    """Rows of a name and its figures, in the order in which they are printed."""

    rows: tuple[Row, ...]


def count(
    stage: Stage,
    weather: Weather,
    witness: Witness,
    reconciled: Reconciled,
    books: Books,
    *,
    seconds: float,
) -> Figures:
    kept = [a for a in books.accounts if a.accepted and a.flag is None]
    returned = [a for a in books.accounts if a.accepted and a.flag]
    faults = Counter(c.fault for c in weather.calls.values() if c.fault)
    lost = sum(1 for e in stage.fleet.exchanges if e.status is None)
    rows: tuple[tuple[str, object], ...] = (
        ("buyers", len(stage.plan.visits)),
        ("sessions at Monext", len(books.monext["sessions"])),
        ("payments accepted", len(kept) + len(returned)),
        ("  kept, with an order", f"{len(kept)}, {len(books.orders)}"),
        ("  given back", _listed(Counter(a.flag for a in returned))),
        ("payments not accepted", _listed(_open_ends(books))),
        ("acts ordered", _listed(Counter(f"{told.kind} {told.end}" for told in stage.office))),
        ("acts at Monext", _listed(_rows(books))),
        ("requests of actors", f"{len(stage.fleet.exchanges)}, {lost} without an answer"),
        ("calls at the remotes", f"{len(weather.calls)}, {_faulted(weather)} spoilt"),
        ("faults applied", _listed(faults)),
        ("turns", _listed(Counter(turn.what for turn in weather.turned))),
        ("kills", len(stage.fleet.downs)),
        ("5xx asked for", _listed(witness.asked_for)),
        ("5xx not asked for", len(witness.not_asked_for)),
        ("reconciliation", _listed(reconciled.findings)),
        ("left to people", len(reconciled.left_to_people)),
        ("seconds", f"{seconds:.1f}"),
    )
    return Figures(tuple((name, str(value)) for name, value in rows))


def _open_ends(books: Books) -> Counter[str]:
    """Payments that nobody paid, by what the record says of their session."""
    ends: Counter[str] = Counter()
    for account in books.accounts:
        if account.accepted is None:
            states = {t["state"] for t in account.payment["transactions"]}
            ends[next((s for s in ("Pending", "Initial", "Failure") if s in states), "no session")] += 1
    return ends


def _rows(books: Books) -> Counter[str]:
    rows = (row for account in books.accounts for row in account.act_rows)
    return Counter(f"{row['type']} {row.get('status', 'under way')}" for row in rows)


def _faulted(weather: Weather) -> int:
    return sum(1 for call in weather.calls.values() if is_spoilt(call))


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{amount} {name}" for name, amount in counts.most_common()) or "none"
