"""`flask setup` creates the commercetools subscription for capture on shipment, or brings it up to date."""

from __future__ import annotations

import os

import click
from flask.cli import with_appcontext
from pydantic import SecretStr

from monext_bridge.config import Settings
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.mapping.commercetools import (
    SUBSCRIPTION_KEY,
    Destination,
    EventGrid,
    PubSub,
    Sns,
    described,
)
from monext_bridge.services.setup import Step, SubscriptionPlan, Subscriptions
from monext_bridge.web.cli.endings import failures, print_json, printable
from monext_bridge.web.cli.enquiry import verbose_option
from monext_bridge.web.http import services

DONE = {
    Step.CREATE: "created",
    Step.UPDATE: "updated",
    Step.NOTHING: "is as it should be",
}
PLANNED = {
    Step.CREATE: "would be created",
    Step.UPDATE: "would be updated",
    Step.NOTHING: "is as it should be",
}
ONE_DESTINATION = "Name one destination: a Google project and topic, an SNS topic, or an Event Grid topic."


@click.command()
@click.option("--google-project", metavar="ID", help="Google Cloud project of the Pub/Sub topic.")
@click.option("--google-topic", metavar="NAME", help="Pub/Sub topic, without its project.")
@click.option("--sns-topic-arn", metavar="ARN", help="AWS SNS topic.")
@click.option("--event-grid-uri", metavar="URI", help="Topic endpoint of Azure Event Grid.")
@click.option(
    "--event-grid-access-key-env",
    metavar="NAME",
    help="Environment variable that holds the access key of the Event Grid topic.",
)
@click.option("--renew-key", is_flag=True, help="Send the destination again, as after a change of its key.")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@verbose_option
@with_appcontext
def setup(
    google_project: str | None,
    google_topic: str | None,
    sns_topic_arn: str | None,
    event_grid_uri: str | None,
    event_grid_access_key_env: str | None,
    renew_key: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Subscribe to the shipments of orders, so that what was authorised is captured when they are sent.

    May be run any number of times: what is as it should be is left alone.
    """
    destination = _destination(
        _pub_sub(google_project, google_topic),
        Sns(sns_topic_arn) if sns_topic_arn else None,
        _event_grid(event_grid_uri, event_grid_access_key_env),
    )
    settings = services().settings
    subscriptions = Subscriptions(CommercetoolsGateway(settings.commercetools))
    with failures(as_json=as_json):
        operation = subscriptions.plan if dry_run else subscriptions.set_up
        plan = operation(destination, renew_key=renew_key)
    if as_json:
        print_json(_as_json(plan, destination, dry_run=dry_run))
    else:
        _print(plan, destination, dry_run=dry_run)
    for warning in _warnings(settings):
        click.echo(f"Warning: {warning}", err=True)


def _destination(*named: Destination | None) -> Destination:
    found = [destination for destination in named if destination]
    if len(found) != 1:
        raise click.UsageError(ONE_DESTINATION)
    return found[0]


def _pub_sub(project: str | None, topic: str | None) -> PubSub | None:
    if bool(project) != bool(topic):
        raise click.UsageError("--google-project and --google-topic go together.")
    return PubSub(project, topic) if project and topic else None


def _event_grid(uri: str | None, variable: str | None) -> EventGrid | None:
    """Read the key from the environment: an option's value would be seen in the list of processes."""
    if bool(uri) != bool(variable):
        raise click.UsageError("--event-grid-uri and --event-grid-access-key-env go together.")
    if not uri or not variable:
        return None
    key = os.environ.get(variable)
    if not key:
        raise click.UsageError(f"The environment variable {variable} holds no access key.")
    return EventGrid(uri, SecretStr(key))


def _print(plan: SubscriptionPlan, destination: Destination, *, dry_run: bool) -> None:
    words = PLANNED if dry_run else DONE
    actions = f" ({', '.join(plan.actions)})" if plan.actions else ""
    click.echo(f"Subscription {SUBSCRIPTION_KEY} {words[plan.step]}{actions}.")
    click.echo(f"Messages of shipped orders go to {described(destination)}.")
    if plan.status:
        click.echo(f"Status at commercetools before: {printable(plan.status)}.")
    click.echo(f"Let it push to {_push_url()}")


def _as_json(plan: SubscriptionPlan, destination: Destination, *, dry_run: bool) -> dict[str, object]:
    return {
        "key": SUBSCRIPTION_KEY,
        "step": plan.step.value,
        "done": not dry_run and plan.step is not Step.NOTHING,
        "actions": list(plan.actions),
        "destination": described(destination),
        "status": plan.status,
        "pushTo": _push_url(),
    }


def _push_url() -> str:
    """Return the address with a placeholder: the secret itself is never printed."""
    return f"{services().settings.public_url}/events/commercetools?secret=EVENTS_SECRET"


def _warnings(settings: Settings) -> list[str]:
    checks = (
        (
            not (settings.events_secrets or settings.events_oidc_emails or settings.events_topics),
            "EVENTS_SECRET is not set, so the bridge takes no message.",
        ),
        (
            not settings.capture_on_shipment,
            "CAPTURE_ON_SHIPMENT is off, so no shipment captures anything.",
        ),
        (
            settings.public_url.startswith("http:"),
            "PUBLIC_URL is not https, which no cloud pushes to.",
        ),
    )
    return [warning for holds, warning in checks if holds]
