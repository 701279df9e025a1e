"""Reads what a bridge exposes, in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client.parser import text_string_to_metric_families


def read_exposed(text: str) -> Iterator[tuple[str, Mapping[str, str], float]]:
    """Yield name, labels and value of each sample. Raises ValueError for another text."""
    for family in text_string_to_metric_families(text):
        yield from ((each.name, each.labels, each.value) for each in family.samples)
