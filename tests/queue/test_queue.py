"""Reconciliation over a queue: the same ends as without one, whatever dies or is away in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, current_thread
from typing import cast

import pytest
from dramatiq.brokers.redis import RedisBroker
from dramatiq.worker import WorkerThread
from pydantic import SecretStr

from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.gateways.redis import PREFIX
from monext_bridge.queue.broker import QUEUE, queue_on
from monext_bridge.queue.messages import read_findings, read_task, written_findings, written_task
from monext_bridge.queue.presence import PRESENCE_KEY as PRESENT
from monext_bridge.queue.presence import Presence
from monext_bridge.queue.scheduler import LOCK, QueueRunner
from monext_bridge.queue.worker import running_worker
from monext_bridge.runtime import utc_now
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Scope, Summary, Task
from monext_bridge.services.reconciliation.threads import Work
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.log_lines import LogLines
from tests.manual_clock import ManualClock
from tests.queue.workers import WorkerProcess
from tests.redis_server import RedisServer
from tests.world import World, wait_for

BeginWorkers = Callable[[int], list[WorkerProcess]]

KEY = "one-key-for-the-bridge-now-and-later"


class Shift:
    """A scheduler an hour ahead of the buyers, on a queue; what its passes find of its own carts."""

    def __init__(self, sandbox: Sandbox, world: World, redis: RedisServer) -> None:
        self.world, self.redis, self.began = world, redis, utc_now()
        self.day = InProcess(sandbox, SECRET_KEY=KEY)
        self.bridge = InProcess(sandbox, SECRET_KEY=KEY, clock=lambda: utc_now() + timedelta(hours=1))
        self.carts: list[str] = []

    def forgotten(self, count: int) -> list[str]:
        """Carts that were paid, and to which nobody came back."""
        for _ in range(count):
            self.carts.append(self.world.cart())
            self.world.pay(Buyer(self.day).start(self.carts[-1]).token, outcome="accepted")
        return self.carts

    @property
    def work(self) -> Work:
        return self.bridge.services.reconcile.reconciler.finish

    def broker(self) -> RedisBroker:
        return queue_on(SecretStr(self.redis.url))

    def seem_to_have_a_worker(self) -> None:
        """One that has said so, and takes nothing."""
        self.broker().client.set(PRESENT, b"1", ex=600)

    def run_until_workers_go(self, *, waiting: int) -> Summary:
        """A pass that has put so many tasks into the queue when its workers turn out to be gone."""
        self.seem_to_have_a_worker()
        with ThreadPoolExecutor(1) as pool:
            passing = pool.submit(self.run)
            wait_for(lambda: self.waiting() == waiting)
            self.broker().client.delete(PRESENT)
            return passing.result()[1]

    def waiting(self) -> int:
        """Tasks in the queue."""
        return int(self.broker().client.llen(f"{PREFIX}queue:{QUEUE}"))

    def run(self, *, runner: QueueRunner | None = None) -> tuple[list[Finding], Summary]:
        findings: list[Finding] = []
        reconcile = replace(self.bridge.services.reconcile, runner=runner or QueueRunner(self.broker()))
        since = utc_now() - self.began + timedelta(hours=1, milliseconds=2)
        return findings, reconcile.run(Scope(since=since), tell=findings.append)

    def assert_finished(self) -> None:
        for cart in self.carts:
            assert self.world.transactions(cart) == [("Charge", "Success", 13490)]
            assert len(self.world.orders(cart)) == 1


@pytest.fixture
def shift(sandbox: Sandbox, world: World, empty_redis: RedisServer) -> Shift:
    return Shift(sandbox, world, empty_redis)


@pytest.fixture
def begin_workers(sandbox: Sandbox, shift: Shift, tmp_path: Path) -> Iterator[BeginWorkers]:
    """Begin so many, whose clock is the true one: what they find has to be old enough for them as well."""
    made: list[WorkerProcess] = []

    def begin(count: int) -> list[WorkerProcess]:
        for number in range(count):
            log = tmp_path / f"{number}.log"
            made.append(WorkerProcess(sandbox, shift.redis, log=log, SECRET_KEY=KEY))
            made[-1].begin()
        for worker in made:
            worker.wait_until_ready()
        return made

    yield begin
    for worker in made:
        worker.kill()


def test_workers_finish_what_the_scheduler_finds(shift: Shift, begin_workers: BeginWorkers) -> None:
    workers = begin_workers(2)
    shift.forgotten(12)
    findings, summary = shift.run()
    assert [(f.need, f.ending) for f in findings] == [(FollowUp.NOT_FINISHED, FindingStatus.FINISHED)] * 12
    assert {f.store_key for f in findings} == {"fr-store"}
    assert summary.complete
    shift.assert_finished()
    assert [worker.stop() for worker in workers] == [0, 0]
    assert sum(worker.log.read_text().count("task_done") for worker in workers) == 12


def test_a_worker_that_is_told_to_stop_finishes_what_is_under_way_and_hands_on_the_rest(shift: Shift) -> None:
    done: list[str] = []
    begun = Event()

    def first(task: Task) -> tuple[Finding, ...]:
        """It begins, and ends once its worker has been told to stop."""
        begun.set()
        wait_for(lambda: not cast(WorkerThread, current_thread()).running)
        done.append("first")
        return shift.work(task)

    def second(task: Task) -> tuple[Finding, ...]:
        done.append("second")
        return shift.work(task)

    shift.forgotten(3)
    shift.seem_to_have_a_worker()
    with ThreadPoolExecutor(1) as pool:
        passing = pool.submit(shift.run)
        with running_worker(shift.broker(), first, threads=1):
            assert begun.wait(60)
        shift.seem_to_have_a_worker()
        with running_worker(shift.broker(), second, threads=1):
            _, summary = passing.result()
    assert done == ["first", "second", "second"]
    assert summary.complete
    shift.assert_finished()


def test_a_task_whose_worker_is_killed_is_done_by_another(shift: Shift, begin_workers: BeginWorkers) -> None:
    """Killed in the middle of writing; what it held is given away once it has not been heard of."""
    (victim,) = begin_workers(1)
    shift.forgotten(8)
    shift.world.fault("commercetools", action="kill_after", method="POST", path="/payments/", pid=victim.pid)
    with ThreadPoolExecutor(1) as pool:
        passing = pool.submit(shift.run)
        victim.wait()
        broker = shift.broker()
        broker.heartbeat_timeout, broker.maintenance_chance = 1_000, 1_000_000
        with running_worker(broker, shift.work, threads=2):
            _, summary = passing.result()
    assert summary.complete
    shift.assert_finished()


def test_a_task_that_is_delivered_twice_is_done_once(shift: Shift) -> None:
    shift.forgotten(1)
    task = Task(PaymentId(shift.world.payment(shift.carts[0])["id"]), frozenset({FollowUp.NOT_FINISHED}))
    first, second = shift.work(task), shift.work(task)
    assert [f.ending for f in first] == [FindingStatus.FINISHED]
    assert second == ()
    shift.assert_finished()


def test_without_a_worker_the_pass_does_the_work_itself_and_says_so(shift: Shift, lines: LogLines) -> None:
    shift.forgotten(2)
    findings, summary = shift.run()
    assert [f.ending for f in findings] == [FindingStatus.FINISHED] * 2
    assert summary.complete
    shift.assert_finished()
    assert [line["then"] for line in lines.of("no_worker")] == ["this process does the work itself"]
    assert shift.waiting() == 0


def test_a_pass_that_has_nothing_to_do_says_nothing_of_workers(shift: Shift, lines: LogLines) -> None:
    _, summary = shift.run()
    assert summary.complete
    assert lines.of("no_worker") == []


def test_tasks_of_workers_that_have_gone_are_done_by_the_pass_and_by_whoever_comes_later(
    shift: Shift,
) -> None:
    shift.forgotten(2)
    assert shift.run_until_workers_go(waiting=2).complete
    shift.assert_finished()
    assert shift.waiting() == 2
    with running_worker(shift.broker(), shift.work, threads=2):
        wait_for(lambda: shift.waiting() == 0)
    shift.assert_finished()


def test_tasks_of_workers_that_are_there_and_silent_are_done_by_the_pass(shift: Shift) -> None:
    shift.forgotten(2)
    shift.seem_to_have_a_worker()
    clock = ManualClock()

    def forty_seconds_later() -> float:
        clock.advance(40)
        return clock()

    runner = QueueRunner(shift.broker(), clock=forty_seconds_later, silence=100)
    _, summary = shift.run(runner=runner)
    assert summary.complete
    shift.assert_finished()


def test_a_worker_says_that_it_is_there_as_long_as_it_is(shift: Shift) -> None:
    presence = Presence(shift.broker().client)
    assert not presence.anybody()
    with running_worker(shift.broker(), shift.work, threads=1):
        wait_for(presence.anybody)


def test_a_second_scheduler_leaves_it_to_the_first(shift: Shift) -> None:
    shift.forgotten(1)
    shift.broker().client.set(LOCK, "another", px=600_000)
    _, summary = shift.run()
    assert summary.broken_off == "another scheduler is at work"


def test_a_scheduler_leaves_its_place_when_it_is_done(shift: Shift) -> None:
    with running_worker(shift.broker(), shift.work, threads=1):
        for _ in range(2):
            _, summary = shift.run()
            assert summary.complete


def test_without_redis_the_pass_does_the_work_itself_and_says_so(
    shift: Shift, redis_process: RedisServer, lines: LogLines
) -> None:
    shift.forgotten(1)
    redis_process.stop()
    try:
        _, summary = shift.run()
    finally:
        redis_process.start()
    assert summary.complete
    shift.assert_finished()
    assert [line["level"] for line in lines.of("queue_away")] == ["WARNING"]


def test_a_redis_that_goes_in_the_middle_of_a_pass_leaves_nothing_undone(
    shift: Shift, redis_process: RedisServer
) -> None:
    shift.forgotten(3)
    shift.seem_to_have_a_worker()
    with ThreadPoolExecutor(1) as pool:
        passing = pool.submit(shift.run)
        wait_for(lambda: shift.waiting() == 3)
        redis_process.stop()
        try:
            _, summary = passing.result()
        finally:
            redis_process.start()
    assert summary.complete
    shift.assert_finished()


def test_a_worker_waits_for_a_redis_that_goes_and_comes_back(
    shift: Shift, redis_process: RedisServer
) -> None:
    shift.forgotten(1)
    with running_worker(shift.broker(), shift.work, threads=1):
        redis_process.stop()
        redis_process.start()
        _, summary = shift.run()
    assert summary.complete
    shift.assert_finished()


def test_nothing_about_the_buyer_is_in_the_queue(shift: Shift) -> None:
    shift.forgotten(1)
    shift.run_until_workers_go(waiting=1)
    client = shift.broker().client
    hashes = [client.hgetall(key) for key in client.keys("*msgs*")]
    (message,) = [value for found in hashes for value in found.values()]
    assert isinstance(message, bytes)
    stored = message.decode()
    cart = shift.world.project.get(f"carts/{shift.carts[0]}")
    for personal in (cart["billingAddress"]["lastName"], cart["billingAddress"]["email"]):
        assert personal not in stored
    assert shift.world.payment(shift.carts[0])["interfaceId"] not in stored


@pytest.mark.parametrize("need", FollowUp)
def test_tasks_come_back_as_they_were_sent(need: FollowUp) -> None:
    number = OrderNumber("SHOP-1")
    task = Task(PaymentId("p"), frozenset({need, FollowUp.LEDGER}), "de-store", CartId("c"), number)
    assert read_task(written_task(task)) == task


@pytest.mark.parametrize("need", FollowUp)
def test_findings_come_back_as_they_were_sent(need: FollowUp) -> None:
    number = OrderNumber("SHOP-1")
    findings = tuple(Finding(PaymentId("p"), need, end, "why", None, number) for end in FindingStatus)
    assert read_findings(written_findings(list(findings))) == findings


def test_messages_of_an_older_version_are_read_without_cart_and_order() -> None:
    older = Task(PaymentId("p"), frozenset({FollowUp.OPERATION}), "de-store")
    assert read_task({"payment": "p", "needs": ["act"], "store": "de-store"}) == older
    body = {"payment": "p", "store": None, "need": "act", "ending": "stuck", "detail": "why"}
    assert read_findings([body]) == (Finding(PaymentId("p"), FollowUp.OPERATION, FindingStatus.STUCK, "why"),)


def test_an_older_version_reads_what_is_written_now() -> None:
    """It looks at these members alone."""
    task = written_task(Task(PaymentId("p"), frozenset({FollowUp.OPERATION}), "de-store", CartId("c"), None))
    assert (task["payment"], task["needs"], task["store"]) == ("p", ["act"], "de-store")
    (body,) = written_findings(
        [Finding(PaymentId("p"), FollowUp.OPERATION, FindingStatus.STUCK, "why", "de-store")]
    )
    assert {"payment", "store", "need", "ending", "detail"} <= body.keys()


def test_words_of_a_newer_version_do_not_stop_an_older_one() -> None:
    assert read_task({"payment": "p", "needs": ["newer", "act"]}).needs == {FollowUp.OPERATION}
    (finding,) = read_findings([{"payment": "p", "need": "newer", "ending": "newer", "detail": "x"}])
    assert finding.ending is FindingStatus.STUCK
