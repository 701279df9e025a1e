"""All checks are made at once, each has an end, and what goes wrong with one is a finding of that one."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Event

from monext_bridge.services.doctor.examination import Examination, examine_all
from monext_bridge.services.doctor.findings import Diagnosis, Level, fault, for_release, ok


def test_checks_are_made_at_the_same_time_and_told_in_their_order() -> None:
    meet = Barrier(3)

    def check(name: str) -> Examination:
        def examine() -> Iterator[Diagnosis]:
            meet.wait(60)
            yield ok(name, name)

        return Examination(name, examine)

    assert [each.code for each in examine_all([check("a"), check("b"), check("c")])] == ["a", "b", "c"]


def test_a_check_that_does_not_end_is_a_finding_and_holds_up_nothing() -> None:
    never = Event()

    def hang() -> Iterator[Diagnosis]:
        never.wait(600)
        yield ok("never", "never")

    found = examine_all(
        [
            Examination("a remote", hang, setting="CTP_API_URL", seconds=0.05),
            Examination("b", lambda: [ok("b", "b")]),
        ]
    )
    assert [(each.code, each.level, each.setting) for each in found] == [
        ("check_not_ended", Level.FAULT, "CTP_API_URL"),
        ("b", Level.OK, None),
    ]
    never.set()


def test_all_end_together_however_long_each_might_take() -> None:
    never = Event()
    checks = [Examination(str(n), lambda: [ok("late", str(never.wait(600)))], seconds=600) for n in range(20)]
    assert {each.code for each in examine_all(checks, seconds=0.05)} == {"check_not_ended"}
    never.set()


def test_a_check_that_breaks_names_the_kind_of_error_and_never_its_text() -> None:
    def break_down() -> Iterator[Diagnosis]:
        raise ValueError("the-secret")
        yield

    (found,) = examine_all([Examination("it", break_down)])
    assert (found.code, found.level) == ("check_failed", Level.FAULT)
    assert "the-secret" not in repr(found)


def test_a_release_bears_only_what_is_not_there_outside() -> None:
    away = fault("away", "away", setting=None, advice="wait", outside=True)
    refused = fault("refused", "refused", setting=None, advice="mend")
    assert [each.level for each in for_release([away, refused, ok("a", "a")])] == [
        Level.WARNING,
        Level.FAULT,
        Level.OK,
    ]
