"""Answers the requests of any number of flows from the recordings of one each."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.remotes.recording import (
    NUMBER_DIGITS,
    Exchange,
    Own,
    Pointer,
    Recording,
    at,
    is_read,
    kind_of_body,
    own_strings,
)
from bench.remotes.templates import Flow, Template, make_template, now

_MOST_FLOWS = 20_000
_SEGMENT = re.compile(r"[^/?&=]+")


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it goes out."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """One recorded answer of a track: what to take from the request, and what to say."""

    epochs: tuple[int, int]
    status: int
    headers: dict[str, str]
    template: Template
    captures: tuple[tuple[str, Pointer], ...]


class Track:
    """The lines of one recording, by what is asked."""

    def __init__(self, recording: Recording, *, others: str) -> None:
        self.recorded = recording
        self.own = own_strings(recording, others=others)
        self.names = {value: f"v{place}" for place, value in enumerate(self.own.captured)}
        begun = datetime.fromtimestamp(recording.begun, UTC)
        paths = "\n".join(each.path for each in recording.exchanges)
        self.in_paths = tuple(name for value, name in self.names.items() if value in paths)
        self.issued = re.compile(
            "(?:" + "|".join(re.escape(each[:-NUMBER_DIGITS]) for each in self.own.issued) + r")(\d{6})"
        )
        self.lines: dict[str, list[Line]] = {}
        self.flowless: list[Exchange] = []
        recorded = {name: value for value, name in self.names.items()}
        for place, each in enumerate(recording.exchanges):
            if not _names(self.own, each):
                self.flowless.append(each)
                continue
            shape = _shape_of(each, own=self.own, values=[recorded[name] for name in self.in_paths])
            line = Line(
                epochs=each.epochs,
                status=each.status,
                headers=each.headers,
                template=make_template(each.answer, own=self.own, names=self.names, begun=begun),
                captures=tuple(
                    (self.names[value], pointer)
                    for value, (where, pointer) in self.own.captured.items()
                    if where == place
                ),
            )
            self.lines.setdefault(shape, []).append(line)


class Lessons:
    """All tracks, and how far each flow has come in its own. A flow's number, modulo their count, names its track."""

    def __init__(self, recordings: Sequence[Recording], *, others: Sequence[Recording] = ()) -> None:
        """Learns from `recordings`, one a track; `others` only show what all flows have in common."""
        every = [*recordings, *others]
        self.tracks = [
            Track(each, others="\n".join(other.text() for other in every if other is not each))
            for each in recordings
        ]
        self.track_names = [each.track for each in recordings]
        self.flows: dict[int, Flow] = {}
        self._by_value: dict[str, Flow] = {}
        self._any_issued = re.compile("|".join(track.issued.pattern for track in self.tracks))
        self.oddities: Counter[str] = Counter()

    def happens(self, number: int) -> None:
        """Something happened in a flow that is none of the bridge's requests: its buyer paid."""
        self._flow(number).epoch += 1

    def flow_of(self, path: str, body: bytes) -> Flow | None:
        """Finds whose request that is, by an issued id in it or by a value that the bridge gave its flow."""
        found = self._any_issued.search(path) or (body and self._any_issued.search(body.decode()))
        if found:
            return self._flow(int(next(group for group in found.groups() if group)))
        for segment in _SEGMENT.findall(path):
            if segment in self._by_value:
                return self._by_value[segment]
        return None

    def answer(
        self, flow: Flow, *, remote: str, method: str, path: str, body: bytes
    ) -> tuple[str, Given | None]:
        """Gives the shape of the request and the answer to it; None where nothing like it was taught."""
        track = self.tracks[flow.number % len(self.tracks)]
        shape = _shape(remote, method, _starred(path, flow=flow, track=track), body)
        lines = track.lines.get(shape)
        if not lines:
            self.oddities[f"untaught {shape}"] += 1
            return shape, None
        line = (
            self._write(flow, shape, lines) if not is_read(method, path) else self._read(flow, shape, lines)
        )
        if line.captures:
            self._capture(flow, line=line, body=body, track=track)
        return shape, Given(line.status, line.headers, line.template.render(flow))

    def _flow(self, number: int) -> Flow:
        flow = self.flows.get(number)
        if flow is None:
            if len(self.flows) >= _MOST_FLOWS:
                self._forget_oldest()
            name = self.track_names[number % len(self.tracks)]
            flow = self.flows[number] = Flow(number, name, now(), 0, {}, {})
        return flow

    def _forget_oldest(self) -> None:
        oldest = self.flows.pop(next(iter(self.flows)))
        for value in oldest.values.values():
            self._by_value.pop(value, None)

    def _write(self, flow: Flow, shape: str, lines: Sequence[Line]) -> Line:
        count = flow.counts.get(shape, 0)
        flow.counts[shape] = count + 1
        flow.epoch += 1
        if count >= len(lines):
            self.oddities[f"more often than taught {shape}"] += 1
        return lines[min(count, len(lines) - 1)]

    def _read(self, flow: Flow, shape: str, lines: Sequence[Line]) -> Line:
        """Gives the answer that stood between the same writes. Beside a write, an only answer may be a step off."""
        best = lines[0]
        for line in lines:
            first, last = line.epochs
            if first <= flow.epoch <= last:
                return line
            if last <= flow.epoch:
                best = line
        if len(lines) > 1 or not best.epochs[0] - 1 <= flow.epoch <= best.epochs[1] + 1:
            self.oddities[f"between other writes than taught {shape}"] += 1
        return best

    def _capture(self, flow: Flow, *, line: Line, body: bytes, track: Track) -> None:
        content = json.loads(body)
        for name, pointer in line.captures:
            try:
                value = at(content, pointer)
            except (KeyError, IndexError, TypeError):
                self.oddities["value not where it was"] += 1
                continue
            flow.values[name] = value
            if name in track.in_paths:
                self._by_value[value] = flow


def _names(own: Own, exchange: Exchange) -> bool:
    return any(value in exchange.asked for value in (*own.issued, *own.captured))


def _shape_of(exchange: Exchange, *, own: Own, values: Sequence[str]) -> str:
    path = exchange.path
    for value in sorted([*values, *own.issued], key=len, reverse=True):
        path = path.replace(value, "*")
    return _shape(exchange.remote, exchange.method, path, exchange.body)


def _starred(path: str, *, flow: Flow, track: Track) -> str:
    for name in track.in_paths:
        value = flow.values.get(name)
        if value:
            path = path.replace(value, "*")
    return track.issued.sub("*", path)


def _shape(remote: str, method: str, path: str, body: bytes) -> str:
    kind = kind_of_body(body) if body else ""
    return f"{remote} {method} {path}" + (f" {kind}" if kind else "")


def prefixes(tracks: Sequence[Track], wanted: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Gives, for each track, the issued ids by which the load names its flows, without their numbers.

    KeyError where one of those wanted was not issued.
    """
    found = []
    for track, names in zip(tracks, wanted, strict=True):
        for each in names.values():
            if each not in track.own.issued:
                raise KeyError(each)
        found.append({name: each[:-NUMBER_DIGITS] for name, each in names.items()})
    return found
