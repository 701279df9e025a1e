"""Calls commercetools' HTTP API as plain JSON, with the access token that it needs.

Errors of commercetools become errors of the bridge here. `mapping` reads what an answer means.
"""

from monext_bridge.gateways.commercetools.answers import document
from monext_bridge.gateways.commercetools.api import CommercetoolsGateway, Json

__all__ = ["CommercetoolsGateway", "Json", "document"]
