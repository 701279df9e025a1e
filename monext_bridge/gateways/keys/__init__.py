"""Fetches the public keys of others over https and keeps them: the Merchant Center's, and those of the clouds."""

from monext_bridge.gateways.keys.clouds import KeysUnknown, PushKeys, is_of_sns, rsa_key
from monext_bridge.gateways.keys.merchant_center import MerchantCenterKeys

__all__ = ["KeysUnknown", "MerchantCenterKeys", "PushKeys", "is_of_sns", "rsa_key"]
