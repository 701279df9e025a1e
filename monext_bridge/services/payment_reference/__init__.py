"""Signs and reads the `<ref>` of a URL, which names one payment attempt and the rules of its start.

It decides how a reference is laid out, which keys verify it, and that references of earlier releases still work.
"""

from monext_bridge.services.payment_reference.layout import LONGEST_NUMBER, has_room_for_id
from monext_bridge.services.payment_reference.signer import ReferenceSigner

__all__ = ["LONGEST_NUMBER", "ReferenceSigner", "has_room_for_id"]
