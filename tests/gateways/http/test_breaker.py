"""A remote that fails in a row is left alone for some seconds, then one call tries."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from monext_bridge.errors import RemoteTimeout, RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.http.breaker import FAILURES, OPEN_FOR, TROUBLE, Admission, Breaker, Verdict
from monext_bridge.gateways.http.client import Timeouts
from monext_bridge.runtime.deadlines import seconds_left, within
from tests.gateways.remotes import AMPLE_TIMEOUTS, FOREVER, SHORT_TIMEOUTS, SOON, Remote, client, free_port
from tests.log_lines import LogLines
from tests.manual_clock import ManualClock


@dataclass
class Watched:
    """A breaker whose time the test moves."""

    clock: ManualClock = field(default_factory=ManualClock)

    def __post_init__(self) -> None:
        self.breaker = Breaker(remote="monext", host="api.example.com", clock=self.clock)

    def calls(self, *verdicts: Verdict, seconds: float = TROUBLE) -> None:
        """One call after the other, each of which takes so long."""
        for verdict in verdicts:
            admission = self.admitted()
            self.clock.advance(seconds)
            self.breaker.tell(admission, verdict)

    def admitted(self) -> Admission:
        admission = self.breaker.admit()
        assert admission is not None, "the breaker is open"
        return admission

    @property
    def is_open(self) -> bool:
        return self.breaker.admit() is None

    def opened(self) -> Watched:
        self.calls(*[Verdict.FAILED] * FAILURES)
        assert self.is_open
        return self


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_failures_in_a_row_open_it(watched: Watched) -> None:
    watched.calls(*[Verdict.FAILED] * (FAILURES - 1))
    assert not watched.is_open
    watched.calls(Verdict.FAILED)
    assert watched.is_open


def test_an_answer_between_them_begins_the_count_anew(watched: Watched) -> None:
    few = [Verdict.FAILED] * (FAILURES - 1)
    watched.calls(*few, Verdict.ALIVE, *few)
    assert not watched.is_open


def test_a_burst_within_an_instant_does_not_open_it(watched: Watched) -> None:
    watched.calls(*[Verdict.FAILED] * 50, seconds=0.01)
    assert not watched.is_open
    watched.clock.advance(TROUBLE)
    watched.calls(Verdict.FAILED)
    assert watched.is_open


def test_calls_that_were_cut_short_tell_nothing(watched: Watched) -> None:
    watched.calls(*[Verdict.NOTHING] * 50)
    assert not watched.is_open


def test_after_its_time_one_call_tries_and_the_others_still_wait(watched: Watched) -> None:
    watched.opened().clock.advance(OPEN_FOR)
    assert watched.admitted().is_probe
    assert watched.is_open


def test_a_probe_that_is_answered_closes_it(watched: Watched) -> None:
    watched.opened().clock.advance(OPEN_FOR)
    watched.calls(Verdict.ALIVE)
    assert not watched.admitted().is_probe
    assert not watched.admitted().is_probe


def test_a_probe_that_fails_opens_it_for_as_long_again(watched: Watched) -> None:
    watched.opened().clock.advance(OPEN_FOR)
    watched.calls(Verdict.FAILED)
    watched.clock.advance(OPEN_FOR - 0.1)
    assert watched.is_open
    watched.clock.advance(0.1)
    assert watched.admitted().is_probe


def test_a_probe_that_tells_nothing_leaves_it_to_the_next_call(watched: Watched) -> None:
    watched.opened().clock.advance(OPEN_FOR)
    watched.calls(Verdict.NOTHING)
    assert watched.admitted().is_probe


def test_calls_begun_before_the_outage_ended_do_not_open_it_again(watched: Watched) -> None:
    before = [watched.admitted() for _ in range(FAILURES)]
    watched.opened().clock.advance(OPEN_FOR)
    watched.calls(Verdict.ALIVE)
    for admission in before:
        watched.breaker.tell(admission, Verdict.FAILED)
    assert not watched.is_open


def test_a_late_answer_of_an_old_call_does_not_close_it(watched: Watched) -> None:
    before = watched.admitted()
    watched.opened()
    watched.breaker.tell(before, Verdict.ALIVE)
    assert watched.is_open


def test_an_outage_is_two_lines_in_the_log_however_long_it_lasts(watched: Watched, lines: LogLines) -> None:
    watched.opened()
    for verdict in (Verdict.FAILED, Verdict.FAILED, Verdict.ALIVE):
        watched.clock.advance(OPEN_FOR)
        watched.calls(verdict, seconds=0)
    (opened,), (closed,) = lines.of("breaker_opened"), lines.of("breaker_closed")
    assert (opened["remote"], opened["host"], opened["level"]) == ("monext", "api.example.com", "ERROR")
    assert closed["seconds"] == 3 * OPEN_FOR


class TestCalls:
    """What counts, over real connections."""

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_answers_of_5xx_open_it(self, status: int, remote: Remote, watched: Watched) -> None:
        remote.add_fault("status", code=status, times=0)
        self._posts(remote.url, watched, times=FAILURES)
        assert watched.is_open

    @pytest.mark.parametrize("status", [400, 401, 404, 409, 429])
    def test_refusals_and_429_do_not(self, status: int, remote: Remote, watched: Watched) -> None:
        remote.add_fault("status", code=status, times=0)
        self._posts(remote.url, watched, times=3 * FAILURES)
        assert not watched.is_open

    @pytest.mark.parametrize("action", ["drop_before", "hang"])
    def test_broken_connections_and_silence_open_it(
        self, action: str, remote: Remote, watched: Watched
    ) -> None:
        remote.add_fault(action, times=0, seconds=FOREVER)
        self._posts(remote.url, watched, times=FAILURES, timeouts=SHORT_TIMEOUTS)
        assert watched.is_open

    def test_a_port_where_nobody_listens_opens_it(self, watched: Watched) -> None:
        self._posts(f"http://127.0.0.1:{free_port()}", watched, times=FAILURES)
        assert watched.is_open

    @pytest.mark.parametrize(("seconds", "opens"), [(0.6, False), (3, False), (6, True)])
    def test_silence_cut_short_by_the_deadline_does_not_before_a_remote_could_be_called_late(
        self, seconds: float, opens: bool, remote: Remote, watched: Watched
    ) -> None:
        """By the call's own clock, on which so much time goes by until the deadline."""
        remote.add_fault("hang", times=0, seconds=FOREVER)
        sender = client(remote.url, breaker=watched.breaker, clock=lambda: 0.0 if seconds_left() else seconds)
        watched.calls(*[Verdict.FAILED] * (FAILURES - 1))
        with within(SOON), pytest.raises(RemoteTimeout):
            sender.send("POST", "/a", route="/a")
        assert watched.is_open is opens

    def test_while_it_is_open_nothing_is_sent_and_that_is_certain(
        self, remote: Remote, watched: Watched, lines: LogLines
    ) -> None:
        with pytest.raises(RemoteUnreachable) as raised:
            client(remote.url, breaker=watched.opened().breaker).send("GET", "/a", route="/a")
        assert remote.calls() == ()
        assert raised.value.retry_after == OPEN_FOR
        assert [line["failure"] for line in lines.of("remote_call")] == ["given_up"]

    def test_whoever_goes_on_trying_makes_one_call_each_time_it_may(
        self, remote: Remote, watched: Watched
    ) -> None:
        """Background work has many threads and no deadline: a remote that is down is not flooded."""
        remote.add_fault("status", code=503, times=0)
        sender, seconds = client(remote.url, breaker=watched.opened().breaker), 30
        for _ in range(seconds):
            watched.clock.advance(1)
            for _ in range(16):
                with suppress(RemoteUnavailable):
                    sender.send("POST", "/a", route="/a")
        assert len(remote.calls()) == seconds / OPEN_FOR

    def test_another_host_goes_on(self, remote: Remote, watched: Watched) -> None:
        watched.opened()
        assert client(remote.url).send("GET", "/a", route="/a").status == 200

    @staticmethod
    def _posts(url: str, watched: Watched, *, times: int, timeouts: Timeouts = AMPLE_TIMEOUTS) -> None:
        sender = client(url, breaker=watched.breaker, timeouts=timeouts)
        for _ in range(times):
            watched.clock.advance(TROUBLE)
            try:
                sender.send("POST", "/a", route="/a")
            except RemoteUnavailable:
                continue
