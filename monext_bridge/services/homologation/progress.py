"""Keeps how far a check is in a file, so that it can be stopped at any moment and goes on later.

The file names a session of homologation, so only its owner may read it. What the developers get is another one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from monext_bridge.services.homologation.facts import FactState, FoundOut


@dataclass(slots=True)
class CheckProgress:
    """Holds what was found out, the store, the sessions of the check, and what is under way.

    `under_way` names the act that was about to be sent: after a crash nobody knows whether it was, and none is
    repeated; `interrupted` stays from then on. `private_data` and `order_reference` prove that the session is this
    check's. `second` is paid with the same card, `given_up` is cancelled by the person, and `left_alone` is never
    touched; they were opened at `opened`. `refused` tells whether a card was seen to be refused, and `kept_since`
    since when captures wait for the next day. `counted` are the bridge's counters as they were at the beginning.
    """

    store: str = ""
    session: str = ""
    redirect_url: str = ""
    private_data: str = ""
    order_reference: str = ""
    transaction: str = ""
    second: str = ""
    second_url: str = ""
    second_transaction: str = ""
    given_up: str = ""
    given_up_url: str = ""
    left_alone: str = ""
    opened: str = ""
    refused: bool = False
    kept_since: str = ""
    counted: dict[str, float] | None = None
    under_way: str = ""
    interrupted: bool = False
    cleaned: bool = False
    found: dict[str, FoundOut] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write the file whole or not at all."""
        beside = path.with_name(f"{path.name}.new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=2)
        beside.replace(path)


def load(path: Path) -> CheckProgress:
    """Read a file that `save` has written. Raises ValueError for another one, OSError."""
    body = json.loads(path.read_text())
    if not isinstance(body, Mapping):
        raise ValueError("not a file of this check")
    try:
        found = {
            name: FoundOut(FactState(each["verdict"]), each["evidence"])
            for name, each in body["found"].items()
        }
        return CheckProgress(**{**body, "found": found})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a file of this check") from error
