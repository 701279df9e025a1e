"""Proves who calls, counts how often, and lets the pages of shops in, each as the endpoint declares it."""

from monext_bridge.web.access.api_clients import actor_of, api_client
from monext_bridge.web.access.authenticate import bearer, init_principals
from monext_bridge.web.access.cors import init_cors
from monext_bridge.web.access.look_ups import looking_up
from monext_bridge.web.access.operator_token import is_operator
from monext_bridge.web.access.rate_limiter import as_declared, init_rate_limits, rate_limits
from monext_bridge.web.access.signed_links import check_link, signed_query

__all__ = [
    "actor_of",
    "api_client",
    "as_declared",
    "bearer",
    "check_link",
    "init_cors",
    "init_principals",
    "init_rate_limits",
    "is_operator",
    "looking_up",
    "rate_limits",
    "signed_query",
]
