"""Holds what is examined: the settings, and what is known of the machine that the command runs on."""

from __future__ import annotations

import resource
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from monext_bridge.config import Settings, StoreSettings
from monext_bridge.runtime import MachineClock, utc_now

CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where Linux says how much memory a container may have, by its second and its first version of cgroups."""

NO_LIMIT = 1 << 60
"""Bytes from which a limit is none: the first version writes a huge number in its place."""

OWN_MEMORY = "/proc/self/statm"


@dataclass(frozen=True, slots=True)
class Machine:
    """Holds what the machine allows and uses. None where it does not say.

    `files` are those that a process may have open, `memory` and `own_memory` are bytes: the limit of the container,
    and what this process has, which has the whole application loaded.
    """

    files: int | None
    memory: int | None
    own_memory: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Holds a set-up that is examined. Tests hand in another clock, machine or view of the workers."""

    environ: Mapping[str, str] = field(repr=False)
    settings: Settings
    machine: Machine
    machine_clock: MachineClock = utc_now
    worker_is_there: Callable[[SecretStr], bool]


def this_machine() -> Machine:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Machine(
        files=None if hard == resource.RLIM_INFINITY else hard,
        memory=_limit_of_container(),
        own_memory=_own_memory(),
    )


def at_store(name: str, store: StoreSettings) -> str:
    """Return the setting's name as faults of settings have it: with the store, where there are several."""
    return name if store.store_key is None else f'{name}["{store.store_key}"]'


def _limit_of_container() -> int | None:
    for path in CGROUP_LIMITS:
        try:
            text = Path(path).read_text().strip()
        except OSError:
            continue
        return int(text) if text.isdigit() and int(text) < NO_LIMIT else None
    return None


def _own_memory() -> int | None:
    try:
        pages = int(Path(OWN_MEMORY).read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return None
    return pages * resource.getpagesize()
