"""Divides the comparing of ledgers over the day: the id of a payment says at which moment of a day it is due.

Nothing has to be kept for that. Whoever knows the time knows which payments are due, on every machine and after every
restart alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from monext_bridge.domain.ids import PaymentId

DAY = 24 * 3600 * 1000
"""Milliseconds."""

IDS = 1 << 128


@dataclass(frozen=True, slots=True)
class LedgerSlice:
    """Holds a time, in milliseconds of Unix time, and with it the payments that are due in it; a day at most.

    commercetools gives ids that are UUIDs of version 4. Their digits are spread evenly, so equal times have about
    equally many payments. The lowest id is due at midnight UTC.
    """

    begin: int
    end: int

    @property
    def is_whole_day(self) -> bool:
        return self.end - self.begin >= DAY

    @property
    def ranges(self) -> tuple[tuple[PaymentId, PaymentId], ...]:
        """Return the ids that are due, in their order: of each range those above the first, up to the second."""
        if self.end <= self.begin:
            return ()
        first, last = self.begin % DAY, self.end % DAY or DAY
        if first < last:
            return ((_id_at(first), _id_at(last)),)
        return ((_id_at(first), _id_at(DAY)), (_id_at(0), _id_at(last)))

    def due_at(self, payment_id: PaymentId) -> int:
        """Return when a payment of this slice is due, rounded down, in milliseconds of Unix time."""
        return self.begin + (UUID(payment_id).int * DAY // IDS - self.begin) % DAY


def _id_at(moment: int) -> PaymentId:
    """Return the highest id that is due until this moment of a day."""
    return PaymentId(str(UUID(int=min(moment * IDS // DAY, IDS - 1))))
