"""Names who asks for an operation.

A principal is an API client of the project, by its id, or a part of the bridge, by a name of its own. It stands
in the record, at Monext and in commercetools' history, so it is never a person's name or login.
"""

from __future__ import annotations

import re

SHIPMENT, RECONCILIATION, TERMINAL, BRIDGE = "shipment", "reconciliation", "terminal", "bridge"
OWN_PRINCIPALS = frozenset({SHIPMENT, RECONCILIATION, TERMINAL, BRIDGE})
"""Parts of the bridge that ask for operations.

`bridge` gives back money that is not kept, when a buyer or Monext called. `terminal` is somebody at a command line.
"""

CLIENT_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def is_client_id(text: str) -> bool:
    """Tells whether a text can name an API client: it has the form of an id, and is no part of the bridge."""
    return bool(CLIENT_ID.fullmatch(text)) and text not in OWN_PRINCIPALS
