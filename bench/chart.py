"""Draws what was found as SVG, in plain shapes and text: no library is needed, and the file can be read in a diff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from bench.crowds import Crowds
from bench.figures import percentile
from bench.results import Results

_COLORS = ("#9aa5b1", "#1f6feb")
_PANEL, _BAR, _LABEL, _GAP = 420, 12, 90, 40
_SHOWN = {"per_second": "requests a second", "p95": "p95, ms", "cpu_ms": "CPU of the bridge, ms a request"}
_OF_CROWDS = (
    ("p50 of a start, ms", "answered", 50),
    ("p95 of a start, ms", "answered", 95),
    ("p95 of /health, ms", "health", 95),
)

Series = Mapping[str, Sequence[float]]


def draw_comparison(results: Results) -> str:
    """Gives bars of rate, p95 and CPU of each scenario: a column of panels for each number of senders."""
    senders = sorted({at_once for each in results.bridges for at_once, _ in each.rows})
    panels, height = [], 0
    for line, (measure, title) in enumerate(_SHOWN.items()):
        for column, at_once in enumerate(senders):
            groups = {
                scenario: [
                    each.rows[at_once, scenario].figures[measure].value or 0 for each in results.bridges
                ]
                for number, scenario in results.bridges[0].rows
                if number == at_once
            }
            height = 30 + len(groups) * (_BAR * len(results.bridges) + 8)
            panel = _bars(f"{title}, {at_once} at once", groups)
            panels.append(_at(20 + column * (_PANEL + _GAP), 50 + line * (height + _GAP), panel))
    legend = _legend([each.name for each in results.bridges])
    width, total = 20 + len(senders) * (_PANEL + _GAP), 50 + len(_SHOWN) * (height + _GAP)
    return _svg(width, total, [legend, *panels])


def draw_soak(series: Series, *, every_seconds: float) -> str:
    """Gives a line for each bridge: PSS of all its processes in MB over time."""
    width, height = 760, 260
    most = max((max(values) for values in series.values() if values), default=1.0) * 1.1
    longest = max((len(values) for values in series.values()), default=1)
    parts = [_legend(list(series)), _text(60, 45, f"PSS of all processes, MB (top: {most:.0f})")]
    for color, values in zip(_COLORS, series.values(), strict=False):
        points = " ".join(
            f"{60 + place * (width - 80) / max(1, longest - 1):.1f},{height - 30 - value / most * (height - 90):.1f}"
            for place, value in enumerate(values)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
    parts.append(f'<line x1="60" y1="{height - 30}" x2="{width - 20}" y2="{height - 30}" stroke="#57606a"/>')
    parts.append(_text(60, height - 10, f"0 to {longest * every_seconds / 60:.1f} minutes"))
    return _svg(width, height, parts)


def draw_crowds(found: Sequence[Crowds]) -> str:
    """Gives bars of the median start, of 95 % of the starts and of /health, by the size of the crowd."""
    panels = []
    for column, (title, member, percent) in enumerate(_OF_CROWDS):
        groups: dict[str, list[float]] = {}
        for each in found:
            for place, crowd in enumerate(each.crowds):
                value = percentile(getattr(crowd, member), percent) or 0
                groups.setdefault(f"{place + 1}. {crowd.at_once} at once", []).append(value)
        height = 30 + len(groups) * (_BAR * len(found) + 8)
        panels.append(_at(20, 50 + column * (height + _GAP), _bars(title, groups)))
    total = 50 + len(_OF_CROWDS) * (height + _GAP)
    return _svg(40 + _PANEL, total, [_legend([each.name for each in found]), *panels])


def _bars(title: str, groups: Mapping[str, Sequence[float]]) -> str:
    most = max((max(values) for values in groups.values()), default=0) or 1
    parts, top = [_text(0, 0, title, weight="bold")], 12
    for name, values in groups.items():
        parts.append(_text(0, top + _BAR, name))
        for color, value in zip(_COLORS, values, strict=False):
            length = value / most * (_PANEL - _LABEL - 60)
            parts.append(
                f'<rect x="{_LABEL}" y="{top}" width="{length:.1f}" height="{_BAR - 2}" fill="{color}"/>'
                + _text(_LABEL + length + 4, top + _BAR - 3, f"{value:.1f}")
            )
            top += _BAR
        top += 8
    return "".join(parts)


def _legend(names: Sequence[str]) -> str:
    return "".join(
        f'<rect x="{20 + 260 * place}" y="10" width="12" height="12" fill="{color}"/>'
        + _text(38 + 260 * place, 20, name)
        for place, (color, name) in enumerate(zip(_COLORS, names, strict=False))
    )


def _at(x: float, y: float, content: str) -> str:
    return f'<g transform="translate({x} {y})">{content}</g>'


def _text(x: float, y: float, text: str, *, weight: str = "normal") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-weight="{weight}">{escape(text)}</text>'


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}"'
    )
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
    body = "\n".join([ground, *parts])
    return f'{head} font-family="sans-serif" font-size="11" fill="#24292f">\n{body}\n</svg>\n'
