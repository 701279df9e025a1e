"""Decides when the money of an order that commercetools refuses goes back: not before its time, and not too often."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from monext_bridge.config import Settings
from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.outcome import (
    BRAKE_WINDOW,
    KEPT_REFUSING,
    PaymentContext,
    RefusalKind,
    is_braked,
    refusal_kind,
    uncertain_reversals,
)
from monext_bridge.domain.record import accepted_transaction
from monext_bridge.errors import OrderRefusedForNow, RemoteRefused
from monext_bridge.logs import event
from monext_bridge.runtime import RecordClock
from monext_bridge.services.outcome.context import store_key_of
from monext_bridge.services.remotes import CommercetoolsRecords

log = logging.getLogger(__name__)


class OrderRefused(Exception):
    """commercetools will not make this order, and the money goes back. The text says why, for the record."""


@dataclass(frozen=True, slots=True)
class RefusedOrders:
    """Counts from commercetools' records, which all processes share.

    commercetools finds a payment some moments after it was written. So each process also remembers which reversals it
    let pass; several processes that count at the same moment may let one more pass each.
    """

    settings: Settings
    records: CommercetoolsRecords
    clock: RecordClock
    _let_pass: dict[tuple[str | None, PaymentId], datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def judge(self, context: PaymentContext, error: RemoteRefused) -> OrderRefused:
        """Return why the money goes back now. May be repeated.

        Raises the error itself where it is about us, OrderRefusedForNow where the order is tried again, and
        RemoteRefused where the brake holds the money.
        """
        kind = refusal_kind(error.status, error.codes)
        if kind is RefusalKind.OURS:
            raise error
        codes = ", ".join(error.codes) or str(error.status)
        if kind is RefusalKind.CERTAIN:
            return OrderRefused(f"commercetools refuses the order: {codes}")
        self._check_time(context, error, codes=codes)
        self._check_brake(context, error, codes=codes)
        return OrderRefused(f"{KEPT_REFUSING}{codes}")

    def _check_time(self, context: PaymentContext, error: RemoteRefused, *, codes: str) -> None:
        accepted = accepted_transaction(context.payment)
        if accepted is None or accepted.timestamp is None:
            return
        until = accepted.timestamp + self.settings.order_refused_after
        if self.clock.now() < until:
            at = f"{until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            raise OrderRefusedForNow(
                f"commercetools refuses the order: {codes}; tried again until {at}, then the money goes back",
                remote="commercetools",
            ) from error

    def _check_brake(self, context: PaymentContext, error: RemoteRefused, *, codes: str) -> None:
        """Return where the money may go back, and remember that. Raises RemoteRefused where the brake holds it."""
        payment, store_key, now = context.payment, store_key_of(context), self.clock.now()
        found = self.records.payments_refused_since(now - BRAKE_WINDOW, interfaces=self.settings.interfaces)
        recorded = uncertain_reversals(found, store_key=store_key)
        ordered_at: tuple[datetime, ...] = ()
        if is_braked(self._others(recorded, payment.id, store_key).values(), ordered_at=(), now=now):
            ordered_at = self._ordered_since(now - BRAKE_WINDOW, store_key=store_key)
        with self._lock:
            others = self._others(recorded, payment.id, store_key)
            if not is_braked(others.values(), ordered_at=ordered_at, now=now):
                self._remember(payment.id, store_key, now)
                return
        event(
            log,
            "refused_order_held",
            level=logging.ERROR,
            payment=payment.id,
            store=store_key,
            code=codes,
            went_back=len(others),
            then="held; tried again, and given back once fewer went back within an hour or an order was made",
        )
        raise RemoteRefused(
            f"commercetools refuses the order: {codes}; its money is held, because {len(others)} payments of the "
            "store went back for such reasons within an hour, and no order was made since",
            remote="commercetools",
            status=error.status,
            codes=error.codes,
        ) from error

    def _remember(self, payment_id: PaymentId, store_key: str | None, now: datetime) -> None:
        for key in [key for key, at in self._let_pass.items() if now - at >= BRAKE_WINDOW]:
            del self._let_pass[key]
        self._let_pass[store_key, payment_id] = now

    def _others(
        self, recorded: Mapping[PaymentId, datetime], own: PaymentId, store_key: str | None
    ) -> dict[PaymentId, datetime]:
        """Return when the other payments of the store went back, as recorded and as remembered here."""
        remembered = {id_: at for (key, id_), at in tuple(self._let_pass.items()) if key == store_key}
        both = remembered | dict(recorded)
        return {id_: at for id_, at in both.items() if id_ != own and self.clock.now() - at < BRAKE_WINDOW}

    def _ordered_since(self, since: datetime, *, store_key: str | None) -> tuple[datetime, ...]:
        """Return when the store's last orders with a payment of ours were made. Others prove nothing about us."""
        interfaces = self.settings.interfaces
        orders = self.records.orders_since(since, store_key=store_key)
        ours = (o for o in orders if any(p.interface in interfaces and p.key for p in o.payments))
        return tuple(o.created_at for o in ours if o.created_at is not None)
