"""Measures what reconciling many payments costs against the sandbox: seconds, calls and memory.

    python -m bench.reconcile --payments 10000 --needy 1000

makes finished payments with their carts and orders, and among them needy ones, whose buyer paid at Monext and never
came back. Then `flask reconcile` runs twice as its own process: it finishes them, and then finds nothing more to do.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.runner import Sandbox
from sandbox.shop.carts import copy_cart
from tests.bridges import ROOT, Buyer, InProcess, environment
from tests.world import World, call_shapes

KEY = "one-key-for-the-bridge-now-and-later"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of `flask reconcile` took, and how it ended."""

    seconds: float
    cpu_seconds: float
    megabytes: float
    calls: Counter[str]
    exit_code: int
    summary: Json


class ShopHistory:
    """Makes the payments of a shop that has sold for a while."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.world = sandbox, World(sandbox)
        self.bridge = InProcess(sandbox, SECRET_KEY=KEY)
        self._cart = self.world._seed("guest")

    def add_paid_payment(self) -> None:
        """Make a cart, payment and order as they are after a payment that went well."""
        cart = uuid.uuid4()
        total = {"centAmount": 13490, "currencyCode": "EUR"}
        token = f"1{uuid.uuid4().hex}"
        payment = self.world.project.create(
            "payments",
            draft={
                "key": f"{cart}-1-0123456789ab-fr-store",
                "interfaceId": token,
                "amountPlanned": total,
                "paymentMethodInfo": {"paymentInterface": "monext", "method": "CB"},
                "paymentStatus": {
                    "interfaceCode": "00000",
                    "interfaceText": "ACCEPTED: Transaction approved",
                },
                "transactions": [
                    {
                        "type": "Charge",
                        "state": "Success",
                        "amount": total,
                        "interactionId": token,
                        "interfaceId": uuid.uuid4().hex[:14],
                    }
                ],
            },
        )
        copy = copy_cart(self.world.project, self._cart, commercetools_url=self.sandbox.commercetools_url)
        bought = self.world.change(
            copy, action="addPayment", payment={"typeId": "payment", "id": payment["id"]}
        )
        self.world.project.create(
            "orders",
            draft={
                "cart": {"typeId": "cart", "id": copy},
                "version": bought["version"],
                "orderNumber": f"B{uuid.uuid4().hex[:12]}",
                "paymentState": "Paid",
            },
        )

    def add_unfinished_payment(self) -> None:
        """Make a payment that was paid at Monext, and whose buyer never came back."""
        self.world.pay(Buyer(self.bridge).start(self.world.cart()).token, outcome="accepted")


def measure(history: ShopHistory, *arguments: str) -> Cost:
    """Run `flask reconcile` once, and measure it."""
    history.world.forget_calls()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    running = subprocess.Popen(
        [sys.executable, "-m", "flask", "reconcile", "--older-than", "0s", "--json", *arguments],
        cwd=ROOT,
        env={**environment(history.sandbox, SECRET_KEY=KEY, LOG_LEVEL="WARNING"), "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
    )
    with ThreadPoolExecutor(1) as pool:
        peak = pool.submit(_peak, running)
        output, _ = running.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    calls = [call for remote in ("commercetools", "monext") for call in history.world.calls(remote)]
    return Cost(
        seconds=time.monotonic() - began,
        cpu_seconds=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        megabytes=peak.result(),
        calls=Counter(call_shapes(calls)),
        exit_code=running.returncode,
        summary=json.loads(output.splitlines()[-1])["summary"],
    )


def _peak(running: subprocess.Popen[bytes]) -> float:
    """Give the most megabytes that the process itself used.

    `ru_maxrss` would give those of its parent, from before the process began.
    """
    status, peak = Path(f"/proc/{running.pid}/status"), 0.0
    while running.poll() is None:
        with suppress(OSError):
            found = re.search(r"VmHWM:\s+([0-9]+)", status.read_text())
            peak = max(peak, int(found[1]) / 1024 if found else 0.0)
        time.sleep(0.05)
    return peak


def report(name: str, cost: Cost) -> None:
    total = sum(cost.calls.values())
    print(
        f"\n{name}: {cost.seconds:.1f} s ({cost.cpu_seconds:.1f} s of CPU), {total} calls, "
        f"{cost.megabytes:.0f} MB, exit {cost.exit_code}"
    )
    print(f"  seen {cost.summary['seen']}, looked at {cost.summary['lookedAt']}, {cost.summary['endings']}")
    for shape, count in cost.calls.most_common(12):
        print(f"  {count:7} {shape}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--payments", type=int, default=10_000)
    parser.add_argument("--needy", type=int, default=1_000)
    asked = parser.parse_args()
    with Sandbox() as sandbox:
        history = ShopHistory(sandbox)
        with ThreadPoolExecutor(4) as pool:
            for work, count in (
                (history.add_paid_payment, asked.payments - asked.needy),
                (history.add_unfinished_payment, asked.needy),
            ):
                list(pool.map(lambda _, each=work: each(), range(count)))
        report(f"{asked.payments} payments, {asked.needy} of them needy", measure(history))
        report("the same again, nothing to do", measure(history))


if __name__ == "__main__":
    main()
