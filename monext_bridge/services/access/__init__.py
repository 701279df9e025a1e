"""Decides who may call: checks tokens of back offices and the Merchant Center, and signatures of cloud pushes.

The verdict on an OAuth2 token is kept for a while, and is asked for once, however many requests wait for it.
"""

from monext_bridge.services.access.api_client import ApiClient, ScopeMissing
from monext_bridge.services.access.principals import Principals
from monext_bridge.services.access.push_signatures import PushSignatures, SignatureVerdict

__all__ = ["ApiClient", "Principals", "PushSignatures", "ScopeMissing", "SignatureVerdict"]
