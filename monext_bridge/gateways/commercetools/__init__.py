"""commercetools' HTTP API as plain JSON, with the access token that it needs.

Errors of commercetools become ours here; what an answer means is read in `mapping`.
"""

from monext_bridge.gateways.commercetools.answers import document
from monext_bridge.gateways.commercetools.api import CommercetoolsGateway, Json

__all__ = ["CommercetoolsGateway", "Json", "document"]
