"""What who builds a shop of his own against the demo needs: addresses and credentials, as lines and as a file."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.commercetools.settings import BACK_OFFICE, SHOP, ProjectSettings
from sandbox.monext.cards import ACCEPTED_CARD
from sandbox.runner import Sandbox
from sandbox.shop import Access

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
    """The variables of a shop: where everything is, its API client, and that of its back office.

    The bridge's address and the shop's client have two names each: those of the bridge's documents, and those of the
    examples and of commercetools' tools.
    """
    url = sandbox.commercetools_url
    return {
        "PUBLIC_URL": sandbox.bridge_url,
        "BRIDGE_URL": sandbox.bridge_url,
        "SHOP_CLIENT_ID": SHOP.id,
        "SHOP_CLIENT_SECRET": SHOP.secret,
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
def kept_in(path: Path | None, environment: dict[str, str]) -> Iterator[Path | None]:
    """The variables in a file that its owner alone can read, until the end; nothing without a path.

    What an earlier demo left is replaced. Beside a demo that still runs the name gets a number, `demo-2.env`.
    """
    if path is None:
        yield None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    own = next(free for free in _names(path) if not _is_held(free))
    own.unlink(missing_ok=True)
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        fcntl.flock(
            file, fcntl.LOCK_EX
        )  # the mark of a demo that runs; it ends with the process, however that ends
        file.writelines(f"{name}={value}\n" for name, value in environment.items())
        file.flush()
        try:
            yield own
        finally:
            own.unlink(missing_ok=True)


def _names(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_stem(f"{path.stem}-{number}") for number in count(2))


def _is_held(path: Path) -> bool:
    """Whether a demo that runs keeps its variables there."""
    with suppress(FileNotFoundError), path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def told(
    environment: dict[str, str], *, origins: Sequence[str], path: Path | None, access: Access
) -> list[str]:
    """The same in lines to read."""
    first, *others = [origin.removeprefix("http://") for origin in origins]
    places = ", ".join([first, *(place.removeprefix("localhost") for place in others)])
    client, office = "SHOP_CLIENT", "BACK_OFFICE_CLIENT"
    checked = "" if access == "signed" else "        not checked; --access signed checks it"
    return [
        "  Your own shop against this: examples/README.md",
        f"  May run on       {places}",
        f"  commercetools    project {environment['CTP_PROJECT_KEY']}, API client {environment[f'{client}_ID']}, "
        f"secret {environment[f'{client}_SECRET']}",
        f"  Operations API   API client {environment[f'{office}_ID']}, secret {environment[f'{office}_SECRET']}",
        f"  Link secret      {environment['LINK_SECRET']}{checked}",
        *([f"  All in a file    {path}"] if path else []),
        f"  Test card        {ACCEPTED_CARD}, any expiry date in the future, any 3 digits",
    ]
