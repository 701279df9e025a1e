"""The folder of metrics: several processes count in it, none writes where another does, and its end loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from monext_bridge.metrics_folder import VARIABLE, ended_numbers, take_number
from tests.bridges import ROOT
from tests.scrapes import samples, total

COUNT = """
from monext_bridge import observed
payments = [("begun", "none"), ("accepted", "CB")]
words = {"stores": ["fr"], "hosts": [], "limits": ["start"], "payments": payments, "one_for_all": False}
observed.observe(observed.LabelWords(acts=[("capture", "approved", "client")], findings=[("act", "stuck")], **words))
observed.order_made("fr")
observed.slot_entered("requests")
"""
SHOW = "import sys; sys.stdout.write(observed.exposed_metrics().decode())"
FORKS = f"""{COUNT}
import os
for _ in range(2):
    if not (child := os.fork()):
        observed.order_made("fr")
        observed.slot_entered("requests")
        os._exit(0)
    os.waitpid(child, 0)
observed.forget_ended_processes()
{SHOW}
"""
PREPARE = """
from monext_bridge.metrics_folder import *
from monext_bridge.metrics_folder import VARIABLE
import os
use_metrics_folder()
use_metrics_folder()
print(os.environ[VARIABLE], os.path.isdir(os.environ[VARIABLE]))
remove_metrics_folder()
print(os.path.isdir(os.environ[VARIABLE]))
"""


def run(program: str, folder: Path | None, **variables: str) -> str:
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], **variables}
    if folder is not None:
        environment[VARIABLE] = str(folder)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def orders(text: str) -> float:
    return total("bridge_orders_total", text, store="fr")


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    shown = run(f"import os; os.chdir({str(tmp_path)!r})\n{COUNT}{SHOW}", None)
    assert orders(shown) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_empty_is_no_folder(tmp_path: Path) -> None:
    shown = run(f"import os; os.chdir({str(tmp_path)!r})\n{COUNT}{SHOW}", None, **{VARIABLE: ""})
    assert orders(shown) == 1
    assert list(tmp_path.iterdir()) == []


def test_processes_count_together(tmp_path: Path) -> None:
    shown = run(FORKS, tmp_path)
    assert orders(shown) == 3


def test_a_process_that_has_ended_leaves_its_counts_and_takes_its_slots(tmp_path: Path) -> None:
    shown = run(FORKS, tmp_path)
    assert total("bridge_slots_in_use", shown) == 1


def test_processes_that_follow_each_other_go_on_with_the_same_files(tmp_path: Path) -> None:
    found = []
    for _ in range(3):
        shown = run(COUNT + SHOW, tmp_path)
        found.append((orders(shown), len(list(tmp_path.glob("*.db")))))
    assert [count for count, _ in found] == [1, 2, 3]
    assert len({files for _, files in found}) == 1


def test_slots_of_a_killed_process_are_not_those_of_its_successor(tmp_path: Path) -> None:
    killed = f"{COUNT}\nimport os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    done = subprocess.run(
        [sys.executable, "-c", killed], cwd=ROOT, env={"PYTHONPATH": str(ROOT), VARIABLE: str(tmp_path)}
    )
    assert done.returncode == -signal.SIGKILL
    shown = run(COUNT + SHOW, tmp_path)
    assert (orders(shown), total("bridge_slots_in_use", shown)) == (2, 1)


def test_a_folder_that_is_gone_stops_no_work(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    program = f"""{COUNT}
import os, shutil
shutil.rmtree({str(folder)!r})
if not (child := os.fork()):
    observed.order_made("fr")
    observed.notification_received()
    observed.request_answered("x", method="GET", status=200, seconds=0.1)
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert run(program, folder).strip() == "7"


def test_a_name_that_can_be_no_folder_leaves_counts_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert orders(run(COUNT + SHOW, tmp_path / "file")) == 1


def test_a_server_makes_a_folder_of_its_own_and_removes_it(tmp_path: Path) -> None:
    first, second = run(PREPARE, None, TMPDIR=str(tmp_path)).splitlines()
    folder, is_there = first.split()
    assert Path(folder).parent == tmp_path
    assert (is_there, second) == ("True", "False")


def test_a_server_leaves_a_folder_that_is_named(tmp_path: Path) -> None:
    first, second = run(PREPARE, tmp_path / "named").splitlines()
    assert (first, second) == (f"{tmp_path / 'named'} True", "True")


def test_a_server_does_not_use_what_another_one_made_for_itself(tmp_path: Path) -> None:
    other = tmp_path / "monext-bridge-metrics-1-abc"
    other.mkdir()
    first, _ = run(PREPARE, other, TMPDIR=str(tmp_path)).splitlines()
    assert Path(first.split()[0]) != other
    assert other.is_dir()


def test_a_server_that_can_make_no_folder_says_so_and_starts(tmp_path: Path) -> None:
    program = """
import os, tempfile
from monext_bridge import logs
from monext_bridge.metrics_folder import VARIABLE, use_metrics_folder
logs.configure("INFO")
use_metrics_folder()
print(VARIABLE in os.environ)
"""
    (tmp_path / "file").write_text("")
    assert run(program, tmp_path / "file").strip() == "False"


def test_a_server_wipes_what_ended_processes_left_and_nothing_else(tmp_path: Path) -> None:
    run(COUNT, tmp_path)
    number, lock = take_number(tmp_path)
    assert number == 0
    run(COUNT, tmp_path)
    (tmp_path / "mine.txt").write_text("")
    run(PREPARE, tmp_path)
    lock.close()
    left = {path.name for path in tmp_path.iterdir()}
    assert "counter_0.db" in left
    assert "counter_1.db" not in left
    assert "mine.txt" in left


def test_numbers_are_taken_once_and_given_back(tmp_path: Path) -> None:
    hold = (
        "import sys, time\nfrom pathlib import Path\nfrom monext_bridge.metrics_folder import take_number\n"
        f"number, lock = take_number(Path({str(tmp_path)!r}))\nprint(number, flush=True)\nsys.stdin.read()"
    )
    holders = [
        subprocess.Popen(
            [sys.executable, "-c", hold], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    try:
        numbers = sorted(int(each.stdout.readline()) for each in holders if each.stdout)
        assert numbers == [0, 1]
        assert list(ended_numbers(tmp_path, own=None)) == []
    finally:
        for each in holders:
            each.communicate("")
    assert sorted(ended_numbers(tmp_path, own=None)) == [0, 1]
    assert list(ended_numbers(tmp_path, own=0)) == [1]


@pytest.mark.parametrize("kind", ["counter", "histogram", "gauge_livesum"])
def test_space_is_taken_before_anything_is_counted(kind: str, tmp_path: Path) -> None:
    run(COUNT, tmp_path)
    path = tmp_path / f"{kind}_0.db"
    assert path.stat().st_blocks * 512 >= path.stat().st_size


def stores_of_orders(tmp_path: Path, *, one_for_all: bool) -> set[str]:
    program = COUNT.replace('"one_for_all": False', f'"one_for_all": {one_for_all}')
    orders = "observed.order_made('jane.doe@example.com')\nobserved.order_made(None)"
    shown = samples(run(f"{program}\n{orders}\n{SHOW}", tmp_path))
    return {labels["store"] for name, labels, value in shown if name == "bridge_orders_total" and value}


def test_a_store_that_no_setting_names_is_other(tmp_path: Path) -> None:
    assert stores_of_orders(tmp_path, one_for_all=False) == {"fr", "none", "other"}


def test_a_store_for_which_settings_hold_as_for_all_is_default(tmp_path: Path) -> None:
    assert stores_of_orders(tmp_path, one_for_all=True) == {"fr", "none", "default"}
