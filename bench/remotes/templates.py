"""Makes an answer of the sandbox into one that can be given to any flow."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.remotes.recording import NUMBER_DIGITS, Own

_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?(?:Z|\+00:00)"
_NEAR = timedelta(days=2)


@dataclass(slots=True)
class Flow:
    """How far one flow has come. `begun` is the time of its first request."""

    number: int
    track: str
    begun: datetime
    epoch: int
    values: dict[str, str]
    counts: dict[str, int]

    @property
    def digits(self) -> str:
        return f"{self.number:0{NUMBER_DIGITS}d}"


Piece = str | Callable[[Flow], str]


@dataclass(frozen=True, slots=True)
class Template:
    """The parts of a body: those that all flows share, and those that are made for each."""

    pieces: tuple[Piece, ...]

    def render(self, flow: Flow) -> bytes:
        return "".join([piece if isinstance(piece, str) else piece(flow) for piece in self.pieces]).encode()


def make_template(answer: str, *, own: Own, names: Mapping[str, str], begun: datetime) -> Template:
    """Cuts an answer at each string of its flow's own. `names` are those by which a flow keeps captured values."""
    makers: dict[str, Piece] = {_quoted(value): _captured(name, value) for value, name in names.items()}
    makers |= {issued: _issued(issued[:-NUMBER_DIGITS]) for issued in own.issued}
    known = sorted(makers, key=len, reverse=True)
    cuts = re.compile("(" + "|".join([*map(re.escape, known), _TIME]) + ")")
    pieces = [_piece(part, makers=makers, begun=begun) for part in cuts.split(answer)]
    return Template(tuple(piece for piece in pieces if piece != ""))


def _piece(part: str, *, makers: Mapping[str, Piece], begun: datetime) -> Piece:
    if part in makers:
        return makers[part]
    if re.fullmatch(_TIME, part) and abs(datetime.fromisoformat(part) - begun) < _NEAR:
        return _time(part, begun=begun)
    return part


def _issued(prefix: str) -> Piece:
    return lambda flow: prefix + flow.digits


def _captured(name: str, value: str) -> Piece:
    return lambda flow: _quoted(flow.values.get(name, value))


def _quoted(value: str) -> str:
    return json.dumps(value)[1:-1]


def _time(recorded: str, *, begun: datetime) -> Piece:
    offset, zone = datetime.fromisoformat(recorded) - begun, "Z" if recorded.endswith("Z") else "+00:00"
    spec = "milliseconds" if "." in recorded else "seconds"

    def render(flow: Flow) -> str:
        return (flow.begun + offset).replace(tzinfo=None).isoformat(timespec=spec) + zone

    return render


def now() -> datetime:
    return datetime.now(UTC)
