"""What the shop knows of the others: their addresses, its own credentials, how checkout links are proved."""

from dataclasses import dataclass, field
from typing import Literal

Access = Literal["open", "signed", "session"]


@dataclass(slots=True)
class BridgeUrl:
    """Where the bridge is; it may start after the shop, on a port nobody knows before."""

    value: str = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """Addresses without a slash at the end.

    `access` is what the bridge asks for (`CHECKOUT_ACCESS`): with `signed` the shop signs its links with
    `link_secret`, with `session` it makes a checkout session for each.
    """

    commercetools_url: str
    monext_url: str
    bridge: BridgeUrl = field(default_factory=BridgeUrl)
    project_key: str = "sandbox"
    client_id: str = "bridge"
    client_secret: str = field(default="bridge-secret", repr=False)
    access: Access = "open"
    link_secret: str = field(default="", repr=False)
