"""Decides who may call an endpoint, how that is proved, how often they may call, and from which pages."""

from monext_bridge.web.access.authenticate import bearer, init_principals
from monext_bridge.web.access.cors import init_cors
from monext_bridge.web.access.endpoint_callers import PRINCIPALS, Principal, check_link, sign_link
from monext_bridge.web.access.rate_limiter import init_rate_limits
from monext_bridge.web.access.rate_limits import RATE_LIMITS, RateLimitTable

__all__ = [
    "PRINCIPALS",
    "RATE_LIMITS",
    "Principal",
    "RateLimitTable",
    "bearer",
    "check_link",
    "init_cors",
    "init_principals",
    "init_rate_limits",
    "sign_link",
]
