"""Names the origins that pictures of products may come from: those of IMAGE_HOSTS."""

from __future__ import annotations

from urllib.parse import urlsplit

from monext_bridge.config import MonextEnvironment, Settings, is_this_machine


def picture_origins(settings: Settings) -> tuple[str, ...]:
    """Return the origins as a policy takes them, in the same order each time: https for every host.

    This machine is called by http as well, unless a store is in production.
    """
    hosts = sorted(settings.payment_page.image_hosts)
    if not hosts:
        return ()
    local = () if _is_production(settings) else (host for host in hosts if _is_local(host))
    return (*(f"https://{host}" for host in hosts), *(f"http://{host}" for host in local))


def _is_local(host: str) -> bool:
    return is_this_machine(urlsplit(f"//{host}").hostname or "")


def _is_production(settings: Settings) -> bool:
    return any(store.environment is MonextEnvironment.PRODUCTION for store in settings.stores())
