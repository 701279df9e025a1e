"""What who builds a shop of his own against the demo needs: addresses and credentials, as lines and as a file."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.commercetools.settings import BACK_OFFICE, SHOP, ProjectSettings
from sandbox.monext.cards import ACCEPTED_CARD
from sandbox.runner import Sandbox

# Where the development servers of the usual frameworks listen.
PORTS = (3000, 3001, 4200, 5000, 5173, 8080)
ORIGINS = tuple(f"http://localhost:{port}" for port in PORTS)


def welcome_environment(shop_url: str, *, origins: Sequence[str]) -> dict[str, str]:
    """The bridge's settings that let shops of these origins use it from a browser, and be landed on."""
    welcome = (shop_url, *origins)
    return {
        "SHOP_ORIGINS": ",".join(welcome),
        "ALLOWED_URL_HOSTS": ",".join(urlsplit(origin).netloc for origin in welcome),
    }


def shop_environment(sandbox: Sandbox, *, link_secret: str) -> dict[str, str]:
    """The variables of a shop: where everything is, its API client, and that of its back office."""
    url = sandbox.commercetools_url
    return {
        "BRIDGE_URL": sandbox.bridge_url,
        "LINK_SECRET": link_secret,
        "CTP_PROJECT_KEY": ProjectSettings().project_key,
        "CTP_CLIENT_ID": SHOP.id,
        "CTP_CLIENT_SECRET": SHOP.secret,
        "CTP_AUTH_URL": url,
        "CTP_API_URL": url,
        "CTP_SESSION_URL": url,
        "STORE_KEY": "fr-store",
        "BACK_OFFICE_CLIENT_ID": BACK_OFFICE.id,
        "BACK_OFFICE_CLIENT_SECRET": BACK_OFFICE.secret,
    }


@contextmanager
def kept_in(path: Path | None, environment: dict[str, str]) -> Iterator[None]:
    """The variables in a file that its owner alone can read, until the end; nothing without a path."""
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in environment.items())
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def told(environment: dict[str, str], *, origins: Sequence[str], path: Path | None) -> list[str]:
    """The same in lines to read."""
    first, *others = [origin.removeprefix("http://") for origin in origins]
    places = ", ".join([first, *(place.removeprefix("localhost") for place in others)])
    client, office = "CTP_CLIENT", "BACK_OFFICE_CLIENT"
    return [
        "  Your own shop against this: examples/README.md",
        f"  May run on       {places}",
        f"  commercetools    project {environment['CTP_PROJECT_KEY']}, API client {environment[f'{client}_ID']}, "
        f"secret {environment[f'{client}_SECRET']}",
        f"  Operations API   API client {environment[f'{office}_ID']}, secret {environment[f'{office}_SECRET']}",
        f"  Link secret      {environment['LINK_SECRET']}",
        *([f"  All in a file    {path}"] if path else []),
        f"  Test card        {ACCEPTED_CARD}, any expiry date in the future, any 3 digits",
    ]
