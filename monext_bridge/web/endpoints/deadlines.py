"""Sets the seconds that endpoints have for their answers. Routers in front give up after 30 s, buyers long before."""

from __future__ import annotations

BUYER_SECONDS = 11.0
NOTIFICATION_SECONDS = 15.0

OPERATION_SECONDS = 19.0
"""Of endpoints that carry out operations at Monext, where a lost answer costs more than a wait."""

OTHER_SECONDS = 10.0
