"""What the shop is told from outside. Secrets stay in this process: no page and no address ever holds one."""

import os
import secrets

_NEEDED = (
    "BRIDGE_URL",
    "LINK_SECRET",
    "CTP_PROJECT_KEY",
    "CTP_CLIENT_ID",
    "CTP_CLIENT_SECRET",
    "CTP_AUTH_URL",
    "CTP_API_URL",
    "CTP_SESSION_URL",
    "STORE_KEY",
)

if missing := [name for name in _NEEDED if not os.environ.get(name)]:
    raise SystemExit(f"These variables are missing: {', '.join(missing)}")

SETTINGS = {name: os.environ[name] for name in _NEEDED}
SHOP_URL = os.environ.get("SHOP_URL", "http://localhost:5000")

# Signs the cookie with the cart. A new one at every start forgets all carts; several processes need the same one.
COOKIE_SECRET = os.environ.get("COOKIE_SECRET") or secrets.token_hex(32)
