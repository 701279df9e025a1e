"""Tax rates that the shop sets itself, in carts whose tax mode is External or ExternalAmount.

https://docs.commercetools.com/api/carts-orders-overview#tax-mode. The amounts of mode ExternalAmount can be set by
a cart document only; where lines change, they are derived from the rates.
"""

from typing import Annotated

from pydantic import Field

from sandbox.commercetools.schema import Country, Strict
from sandbox.commercetools.wire import Json, new_id


class ExternalTaxRateDraft(Strict):
    """A tax rate that no tax category of the project has."""

    name: str
    amount: Annotated[float, Field(ge=0, le=1)]
    country: Country
    includedInPrice: bool = False


def external_rate(draft: ExternalTaxRateDraft | None) -> Json | None:
    """The rate as it is stored."""
    return {"id": new_id()[:8], **draft.wire(), "subRates": []} if draft else None
