"""Checks what is here: secrets, files, memory, versions, Redis, and who reconciles."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from monext_bridge import __version__
from monext_bridge.config import Settings, weak_secrets_in
from monext_bridge.runtime import SLOTS_PER_REMOTE
from monext_bridge.services.doctor.examination import Examination
from monext_bridge.services.doctor.findings import Diagnosis, fault, ok, skipped, warning
from monext_bridge.services.doctor.patient import Machine, Patient

FILES_NEEDED = 1000 + 4 * SLOTS_PER_REMOTE + 100
"""Files that a worker may have open at most: clients, calls to remotes, and others. `server` asks for as many."""

MIB = 1 << 20
WORKER_MEMORY = 64 * MIB
"""Bytes that a worker has for itself, beside what all share with the process that forked them."""

REDIS_SECONDS = 2.0
"""Seconds for an answer. A request waits less, so a Redis that is slow is seen to be there."""

LEAST_REDIS = (6, 2)
"""The oldest version that is still mended where its makers mend old ones."""


def own_checks(patient: Patient) -> Iterator[Examination]:
    settings = patient.settings
    yield Examination("secrets", lambda: secrets(patient))
    yield Examination("files", lambda: files(patient.machine))
    yield Examination("memory", lambda: memory(settings, patient.machine), setting="WEB_CONCURRENCY")
    yield Examination("versions", versions)
    yield Examination("Redis", lambda: shared_redis(settings), setting="REDIS_URL")
    yield Examination("reconciliation", lambda: reconciliation(patient), setting="RECONCILE_IN_WEB")


def secrets(patient: Patient) -> Iterator[Diagnosis]:
    """Look at every secret as production does, whatever MONEXT_ENVIRONMENT is."""
    weak = weak_secrets_in(patient.environ)
    for each in weak:
        setting, _, what = each.partition(": ")
        yield warning(
            "secret_weak",
            f"{setting} {what}",
            setting=setting,
            advice="Change it (docs/security.md has the steps); production refuses it.",
        )
    if not weak:
        yield ok("secrets", "No secret can be guessed, is published, or is the same as another")


def files(machine: Machine) -> Iterator[Diagnosis]:
    if machine.files is None or machine.files >= FILES_NEEDED:
        limit = "any number of" if machine.files is None else str(machine.files)
        yield ok("files", f"A process may have {limit} files open")
    else:
        yield warning(
            "files_few",
            f"A process may have {machine.files} files open, and a worker needs {FILES_NEEDED}",
            advice="Raise the host's `ulimit -n`; else a crowd is refused connections, and calls fail.",
        )


def memory(settings: Settings, machine: Machine) -> Iterator[Diagnosis]:
    """Compare the container's limit with what all processes need: this one's memory, and some for each worker."""
    if machine.memory is None or machine.own_memory is None:
        yield skipped(
            "memory_unknown", "No limit of a container is to be seen here", setting="WEB_CONCURRENCY"
        )
        return
    own = machine.own_memory
    needed = own + settings.web_concurrency * WORKER_MEMORY + (own if settings.reconcile_in_web else 0)
    limit, wanted = machine.memory // MIB, needed // MIB
    if machine.memory < needed:
        yield warning(
            "memory_little",
            f"The container has {limit} MiB, and {settings.web_concurrency} workers need about {wanted} MiB",
            setting="WEB_CONCURRENCY",
            advice="Give it more memory, or set fewer workers; RECONCILE_IN_WEB=off moves one process elsewhere.",
        )
    else:
        yield ok(
            "memory",
            f"The container has {limit} MiB, and about {wanted} MiB are needed",
            setting="WEB_CONCURRENCY",
        )


def versions() -> Iterator[Diagnosis]:
    try:
        server = version("gunicorn")
    except PackageNotFoundError:
        yield warning("server_missing", "gunicorn is not installed", advice="pip install -r requirements.txt")
        return
    yield ok("versions", f"Bridge {__version__}, Python {platform.python_version()}, gunicorn {server}")


def shared_redis(settings: Settings) -> Iterator[Diagnosis]:
    if settings.redis_url is None:
        yield skipped("redis_not_used", "No Redis: each process has its own limits", setting="REDIS_URL")
        return
    from redis import RedisError  # where there is no Redis, it is never loaded

    from monext_bridge.gateways.redis import connect_redis

    try:
        with connect_redis(settings.redis_url, timeout=REDIS_SECONDS) as client:
            info = client.info("server")
    except RedisError as error:
        yield fault(
            "redis_not_reached",
            f"Redis does not answer ({type(error).__name__})",
            setting="REDIS_URL",
            advice="See whether it runs, and whether address and password are right. Payments go on without it.",
            outside=True,
        )
        return
    yield from _redis_version(str(info.get("redis_version", "")))
    yield from _redis_tls(settings)


def _redis_version(found: str) -> Iterator[Diagnosis]:
    numbers = tuple(int(part) for part in found.split(".")[:2] if part.isdigit())
    if numbers and numbers < LEAST_REDIS:
        least = ".".join(map(str, LEAST_REDIS))
        yield warning(
            "redis_old", f"Redis is version {found}", setting="REDIS_URL", advice=f"Use {least} or later."
        )
    else:
        yield ok("redis", f"Redis {found} answers", setting="REDIS_URL")


def _redis_tls(settings: Settings) -> Iterator[Diagnosis]:
    url = settings.redis_url
    if settings.redis_in_clear():
        yield warning(
            "redis_in_clear",
            "What goes to Redis crosses a network without TLS",
            setting="REDIS_URL",
            advice="Use rediss:// or a tunnel.",
        )
    elif url and urlsplit(url.get_secret_value()).scheme == "rediss":
        yield ok("redis_tls", "Redis is spoken to by TLS", setting="REDIS_URL")


def reconciliation(patient: Patient) -> Iterator[Diagnosis]:
    """Say who reconciles, as far as that can be seen from here."""
    settings = patient.settings
    if settings.reconcile_in_web:
        yield ok("reconciliation", "The web keeps a process that reconciles", setting="RECONCILE_IN_WEB")
    else:
        yield skipped(
            "reconciliation_not_seen",
            "Nobody sees from here whether `flask reconcile --every 60s` runs",
            setting="RECONCILE_IN_WEB",
            advice="Look for `reconciled` in its log, or set RECONCILE_IN_WEB=on.",
        )
    if settings.redis_url is None:
        return
    from redis import RedisError

    try:
        there = patient.worker_is_there(settings.redis_url)
    except RedisError:
        yield skipped("worker_not_seen", "Redis does not say whether a worker is there", setting="REDIS_URL")
        return
    if there:
        yield ok("worker", "A worker says that it is there", setting="REDIS_URL")
    else:
        yield warning(
            "worker_missing",
            "No worker has said within 30 s that it is there",
            setting="REDIS_URL",
            advice="Start `flask work`; until then the scheduler does the work alone.",
        )
