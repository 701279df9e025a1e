"""Makes the table of metrics from their declarations, in their order."""

from __future__ import annotations

from monext_bridge.observed import METRICS, Metric

HEAD = "| Metric | Kind | What it says | Labels |\n|---|---|---|---|\n"


def renewed(document: str) -> str:
    """Return the document with the table as the code has it. Raises ValueError where the table is missing."""
    before, found, after = document.partition(HEAD)
    if not found:
        raise ValueError("there is no table of metrics")
    _, _, rest = after.partition("\n\n")
    return f"{before}{HEAD}{''.join(map(_row, METRICS))}\n{rest}"


def _row(metric: Metric) -> str:
    labels = "<br>".join(f"`{name}`: {words}" for name, words in metric.labels.items())
    return f"| `{metric.name}` | {metric.kind.value} | {metric.says} | {labels} |\n"
