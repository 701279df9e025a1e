"""Calls commercetools' HTTP API as plain JSON, with the access token that it needs.

Errors of commercetools become errors of the bridge here. `mapping` reads what an answer means.
"""

from monext_bridge.gateways.commercetools.acting import acting_as, acting_principal
from monext_bridge.gateways.commercetools.answers import document
from monext_bridge.gateways.commercetools.api import CommercetoolsGateway, Json
from monext_bridge.gateways.commercetools.clock import CommercetoolsClock
from monext_bridge.gateways.commercetools.oauth import granted_scopes

__all__ = [
    "CommercetoolsClock",
    "CommercetoolsGateway",
    "Json",
    "acting_as",
    "acting_principal",
    "document",
    "granted_scopes",
]
