"""`flask states`: the document of all states, as the code has them. `make states` writes it to docs/states.md."""

from __future__ import annotations

import click

from monext_bridge.web.states_document import states_document


@click.command()
def states() -> None:
    """Print every state of a payment and of an act, what moves it and what follows, as Markdown."""
    click.echo(states_document(), nl=False)
