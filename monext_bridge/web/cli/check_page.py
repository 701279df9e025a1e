"""`flask check-page` compares the live payment page with its inventory and with this release."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask import Response, current_app
from flask.cli import with_appcontext

from monext_bridge.config import origin_of
from monext_bridge.services.page_check import (
    OWN_INVENTORY,
    Difference,
    Release,
    SeenPage,
    accepted,
    compare_page,
    read_inventory,
    see_page,
)
from monext_bridge.web.cli.endings import ExitCode, failures, print_json, printable
from monext_bridge.web.http import allow_pictures, allow_widget, picture_origins, services
from monext_bridge.web.pages import apply_branding

FOUND = 200


@click.command("check-page")
@click.argument("url")
@click.option("--store", "store_key", metavar="KEY", help="Store of the link's cart, if it has one.")
@click.option(
    "--inventory",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Your own copy of the inventory.",
)
@click.option(
    "--accept",
    is_flag=True,
    help="Write the hashes that are seen into your copy, with today's date. Makes the copy if there is none.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@with_appcontext
def check_page_command(
    url: str, store_key: str | None, file: Path | None, accept: bool, as_json: bool
) -> None:
    """Compare the payment page at URL with its inventory and with this release.

    URL is a link to a checkout that shows the page with Monext's widget. Opening it begins or resumes a payment, as
    it does for a buyer: use the link of a cart that you keep for this. Nothing is paid.

    Exit code 0: the same. 1: a difference. 2: the page, or something that it loads, could not be fetched.
    """
    text = _inventory_text(file, accept=accept)
    with failures(as_json=as_json):
        release = _release(store_key)
        inventory = read_inventory(text)
        page = see_page(url)
        if accept and file:
            today = services().machine_clock().date()
            text = accepted(text, page.resources, release=release, today=today)
            file.write_text(text)
            inventory = read_inventory(text)
        differences = compare_page(page, inventory=inventory, release=release)
    if as_json:
        print_json(_as_json(url, page, differences))
    else:
        _print(url, page, differences)
    _end(page, differences)


def _inventory_text(file: Path | None, *, accept: bool) -> str:
    """Return the inventory's text: the copy, or the release's where there is none, or where `accept` makes it."""
    if accept and file is None:
        raise click.UsageError("--accept writes into your own copy: name it with --inventory.")
    if accept and file and file.resolve() == OWN_INVENTORY:
        raise click.UsageError("--accept never writes into the inventory of the release: name a copy.")
    if file is None or (accept and not file.exists()):
        return OWN_INVENTORY.read_text()
    try:
        return file.read_text()
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{file} can't be read: {type(error).__name__}.") from error


def _release(store_key: str | None) -> Release:
    settings = services().settings
    known = settings.by_store.by_key
    if known and (store_key not in known) and not (store_key is None and settings.by_store.every):
        raise click.UsageError(f"Name the store of the link's cart with --store: {', '.join(known)}.")
    store = settings.store(store_key)
    return Release(
        public_url=settings.public_url,
        widget_url=store.widget_url,
        environment=store.environment.value,
        methods=tuple(method.value for method in store.contracts.by_method),
        headers=_headers(store_key),
        content=_content,
    )


def _headers(store_key: str | None) -> dict[str, str]:
    """Return the headers that this release sends with the page of a store, under names in lower case."""
    settings = services().settings
    store = settings.store(store_key)
    with current_app.test_request_context(base_url=settings.public_url):
        apply_branding(store_key)
        allow_pictures(picture_origins(settings))
        extra = settings.payment_page.extra_sources
        allow_widget(store.widget_url, store.environment, contracts=store.contracts, extra=extra)
        page = current_app.process_response(Response(mimetype="text/html"))
    return {name.lower(): value for name, value in page.headers.items()}


def _content(address: str) -> bytes | None:
    """Return what this release serves at an address below PUBLIC_URL."""
    public_url = services().settings.public_url
    if not address.startswith(f"{public_url}/"):
        return None
    origin = origin_of(public_url)
    with current_app.test_client().get(address.removeprefix(origin), base_url=origin) as answer:
        return answer.get_data() if answer.status_code == FOUND else None


def _print(url: str, page: SeenPage, differences: Sequence[Difference]) -> None:
    for line in (
        f"Page {_shown(url)}",
        *(f"{each.kind} {each.address} sha256 {each.sha256}" for each in page.resources),
        *(f"header {name}: {value}" for name, value in page.headers.items()),
        *(f"Differs: {each.text}" for each in differences),
        _verdict(page, differences),
    ):
        click.echo(printable(line))


def _verdict(page: SeenPage, differences: Sequence[Difference]) -> str:
    if differences:
        return f"Differences: {len(differences)}."
    return "Not everything was seen." if page.not_fetched else "The same as inventory and release."


def _as_json(url: str, page: SeenPage, differences: Sequence[Difference]) -> dict[str, object]:
    return {
        "page": _shown(url),
        "same": not (differences or page.not_fetched),
        "resources": [
            {"kind": each.kind.value, "address": each.address, "sha256": each.sha256, "bytes": each.size}
            for each in page.resources
        ],
        "headers": dict(page.headers),
        "differences": [
            {"kind": each.kind.value, "subject": each.subject, "text": each.text} for each in differences
        ],
        "notFetched": list(page.not_fetched),
    }


def _shown(url: str) -> str:
    """Return the address without its query, which may hold a proof."""
    return url.partition("?")[0]


def _end(page: SeenPage, differences: Sequence[Difference]) -> None:
    for failure in page.not_fetched:
        click.echo(f"Error: {printable(failure)}", err=True)
    if differences:
        raise click.exceptions.Exit(ExitCode.DIFFERENT)
    if page.not_fetched:
        raise click.exceptions.Exit(ExitCode.NOT_FETCHED)
