"""Reads what Prometheus would: the samples of a scrape, of this process or of an answer's text."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families

from monext_bridge.observed import exposed_metrics

Labels = dict[str, str]


def samples(text: str) -> Iterator[tuple[str, Labels, float]]:
    """Yield name, labels and value of each sample."""
    for family in text_string_to_metric_families(text):
        yield from ((each.name, each.labels, each.value) for each in family.samples)


def scraped(name: str, text: str | None = None, **labels: str) -> list[tuple[Labels, float]]:
    """List the samples of this name that have these labels; without a text, those of this process."""
    found = samples(exposed_metrics().decode() if text is None else text)
    return [(has, value) for each, has, value in found if each == name and labels.items() <= has.items()]


def total(name: str, text: str | None = None, **labels: str) -> float:
    """Add up the samples of this name that have these labels."""
    return sum(value for _, value in scraped(name, text, **labels))
