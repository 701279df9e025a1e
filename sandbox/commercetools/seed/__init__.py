"""What the sandbox project holds at the start, and after each reset."""

from sandbox.commercetools.seed.planting import plant
from sandbox.commercetools.seed.situations import SITUATIONS, Situation, cart_id

__all__ = ["SITUATIONS", "Situation", "cart_id", "plant"]
