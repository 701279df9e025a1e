"""Decides who may call: checks tokens of back offices and the Merchant Center, and signatures of cloud pushes.

The verdict on an OAuth2 token is kept for a while, and is asked for once, however many requests wait for it. Which
other proofs a remote knew, and which were made up, is remembered for a moment.
"""

from monext_bridge.services.access.api_client import ApiClient, ScopeMissing
from monext_bridge.services.access.principals import Principals
from monext_bridge.services.access.proof_memory import ProofMemory, Seen
from monext_bridge.services.access.push_signatures import PushSignatures, SignatureVerdict

__all__ = [
    "ApiClient",
    "Principals",
    "ProofMemory",
    "PushSignatures",
    "ScopeMissing",
    "Seen",
    "SignatureVerdict",
]
