"""Plays what reconciliation does with operations that nobody came back to, and with Monext's ledgers."""

from __future__ import annotations

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.operations.by_key import give_up, operation_keys, operations_of_key
from monext_bridge.domain.operations.pending import REVERSAL_PREFIX
from monext_bridge.domain.reconciliation.compare_ledger import posting_updates, unposted_rows
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.parts import accepted_transaction, parts
from monext_bridge.domain.record.payment import Payment
from monext_bridge.domain.record.updates import Update
from tests.domain.commercetools_in_memory import Conflict
from tests.domain.concurrent_flows.operations import Operations
from tests.domain.concurrent_flows.process import TRIES, Steps, origin


class Reconciliation(Operations):
    def resolves_unknown(self, payment_id: PaymentId) -> Steps:
        """Find out what became of every unresolved key, and close what was never sent."""
        payment = self.shop.payments[payment_id]
        yield
        for key in [owned.key for owned in operation_keys(payment)]:
            payment = yield from self.resolves_key(payment, key)
        for key in [owned.key for owned in operation_keys(payment)]:
            known = operations_of_key(payment, key)
            if known.unsent and not key.startswith(REVERSAL_PREFIX):
                payment = self.writes(payment, known.unsent[0], give_up(known.unsent, known=known))
                yield

    def imports_ledger(self, payment_id: PaymentId) -> Steps:
        """Write what only the ledgers have into the record, all parts at once."""
        for _ in range(TRIES):
            payment = self.shop.payments[payment_id]
            if accepted_transaction(payment) is None:
                return
            yield
            changes = [change for part in parts(payment) for change in self._unposted(part)]
            try:
                self.shop.write(payment, changes)
                return
            except Conflict:
                yield

    def _unposted(self, part: Payment) -> list[Update]:
        ledger, changes = self.monext.ledger(origin(part)), list[Update]()
        for row in unposted_rows(part, ledger):
            key = self.monext.echoed_key(row.id)
            posting = posting_updates(part, row, ledger=ledger, key=key, now=self.now)
            part = with_updates(part, posting)
            changes.extend(posting)
        return changes
