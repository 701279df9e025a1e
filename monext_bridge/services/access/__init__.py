"""Who may call: tokens of back offices and of the Merchant Center, and signatures of the clouds' pushes.

A verdict is kept for a while and asked for once, however many requests wait for it.
"""

from monext_bridge.services.access.principals import Principals
from monext_bridge.services.access.push_signatures import PushSignatures, SignatureVerdict

__all__ = ["Principals", "PushSignatures", "SignatureVerdict"]
