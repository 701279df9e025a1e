"""Runs commercetools-mock, another project's reading of commercetools, as its own process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.node_server import NodeServer

NODE = Path(__file__).parent / "node"


class MockServer(NodeServer):
    """The mock, with the bodies that it was sent."""

    def __init__(self, *, log: Path) -> None:
        super().__init__(NODE, log=log)

    def writes(self, path: str) -> list[dict[str, Any]]:
        """Give the bodies that were sent to a path (from its first `/`), oldest first, refused ones included."""
        written = self.journal("/_journal/writes")["writes"]
        return [write["body"] for write in written if write["path"] == path]
