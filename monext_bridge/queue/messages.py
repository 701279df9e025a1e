"""Converts tasks and findings to and from their JSON in Redis: ids and fixed words, nothing about a buyer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.services.reconciliation import Finding, FindingStatus, Task

Json = dict[str, Any]


def written_task(task: Task) -> Json:
    return {
        "payment": task.payment_id,
        "needs": sorted(task.needs),
        "store": task.store_key,
        "cart": task.cart_id,
        "order": task.order,
    }


def read_task(body: Mapping[str, Any]) -> Task:
    """Read a task. A follow-up that this version does not know is left to a version that does.

    A task of an older version names no cart and no order.
    """
    known = frozenset(FollowUp(name) for name in body["needs"] if name in set(FollowUp))
    cart = CartId(body["cart"]) if body.get("cart") else None
    return Task(PaymentId(body["payment"]), known, body.get("store"), cart, _order(body))


def written_findings(findings: Iterable[Finding]) -> list[Json]:
    return [finding.as_json() for finding in findings]


def read_findings(bodies: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Read findings. Unknown words of a newer worker are read as something that somebody has to look at."""
    return tuple(
        Finding(
            PaymentId(body["payment"]),
            FollowUp(body["need"]) if body["need"] in set(FollowUp) else FollowUp.OPERATION,
            FindingStatus(body["ending"]) if body["ending"] in set(FindingStatus) else FindingStatus.STUCK,
            body["detail"],
            body.get("store"),
            _order(body),
        )
        for body in bodies
    )


def _order(body: Mapping[str, Any]) -> OrderNumber | None:
    return OrderNumber(body["order"]) if body.get("order") else None
