"""What the shop knows of the others: their addresses, its own credentials, how checkout links are proved."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.commercetools.settings import BACK_OFFICE, SHOP, ApiClient

Access = Literal["open", "signed", "session"]


@dataclass(slots=True)
class BridgeUrl:
    """Where the bridge is; it may start after the shop, on a port nobody knows before."""

    value: str = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """Addresses without a slash at the end.

    `access` is what the bridge asks for (`CHECKOUT_ACCESS`): with `signed` the shop signs its links with
    `link_secret`, with `session` it makes a checkout session for each. `client` is what the shop has at
    commercetools; `back_office` is what its staff's tools have, who order captures and refunds of the bridge.
    """

    commercetools_url: str
    monext_url: str
    bridge: BridgeUrl = field(default_factory=BridgeUrl)
    project_key: str = "sandbox"
    client: ApiClient = SHOP
    back_office: ApiClient = BACK_OFFICE
    access: Access = "open"
    link_secret: str = field(default="", repr=False)
