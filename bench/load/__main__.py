"""Reads orders from its input and writes what it measured: `python -m bench.load`, one line of JSON each.

The first order says which bridge and which flows: {"bridge", "control", "token", "tracks", "prefixes"}. Each of the
others is one window: {"scenario", "at_once", "seconds"}, or of whole flows one after the other with "soak".
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

import aiohttp
import uvloop

from bench.load.flows import PAID_FIRST, SCENARIOS, Bridge, ComeAgain, Flow, Stock, Unexpected

_PATIENCE = aiohttp.ClientTimeout(total=120)


class Window:
    """What happened while one scenario was sent by so many at once."""

    def __init__(self, *, seconds: float) -> None:
        self.begun = time.monotonic()
        self.until = self.begun + seconds
        self.spans: list[tuple[float, float]] = []
        self.again: list[float] = []
        self.errors: Counter[str] = Counter()

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self.until

    async def send(self, name: str, bridge: Bridge, flow: Flow) -> bool:
        """Sends one request of the scenario, and says whether it was answered as wanted.

        Who is told to come again waits as long as the answer says.
        """
        began = time.monotonic()
        try:
            await SCENARIOS[name].send(bridge, flow)
        except (Unexpected, aiohttp.ClientError, TimeoutError) as error:
            self.errors[str(error) if isinstance(error, Unexpected) else type(error).__name__] += 1
            if isinstance(error, ComeAgain):
                self.again.append(1000 * (time.monotonic() - began))
                await asyncio.sleep(error.seconds)
            return False
        self.spans.append((began, time.monotonic()))
        return True

    def told(self) -> dict[str, Any]:
        """Gives what was measured."""
        return {
            "milliseconds": [round(1000 * (ended - began), 2) for began, ended in self.spans],
            "spans": self.spans,
            "again": [round(each, 2) for each in self.again],
            "seconds": time.monotonic() - self.begun,
            "errors": dict(self.errors),
        }


class Load:
    """The flows of one bridge, and whoever sends them."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._stock = Stock(told["tracks"], told["prefixes"])
        self._control = told["control"]
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
        client = aiohttp.ClientSession(
            connector=connector, timeout=_PATIENCE, cookie_jar=aiohttp.DummyCookieJar()
        )
        self._bridge = Bridge(told["bridge"], client, told["token"])

    async def window(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Sends one scenario until the time is over or no flow is left.

        Each sender starts at least as many flows as there are tracks, so that all are busy in each later window.
        """
        name = asked["scenario"]
        if name in PAID_FIRST:
            await self._pay(list(self._stock.waiting.get(name, ())))
        window = Window(seconds=asked["seconds"])
        await asyncio.gather(*(self._sender(name, window) for _ in range(asked["at_once"])))
        return window.told()

    async def soak(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Sends whole flows until the time is over."""
        window = Window(seconds=asked["seconds"])
        await asyncio.gather(*(self._buyer(window) for _ in range(asked["at_once"])))
        return window.told()

    def drop(self) -> None:
        """Forgets all flows that wait: those of the next window begin anew."""
        self._stock.waiting.clear()

    async def close(self) -> None:
        await self._bridge.client.close()

    async def _sender(self, name: str, window: Window) -> None:
        sent, least = 0, len(self._stock.tracks) if name == "start" else 1
        while window.is_open or sent < least:
            flow = self._stock.new() if name == "start" else self._stock.take(name)
            if flow is None:
                return
            sent += 1
            if await window.send(name, self._bridge, flow):
                self._put(name, flow)

    async def _buyer(self, window: Window) -> None:
        while window.is_open:
            flow, name = self._stock.new(), "start"
            while name:
                if name in PAID_FIRST:
                    await self._pay([flow])
                if not await window.send(name, self._bridge, flow):
                    break
                then = SCENARIOS[name].then.get(flow.track, "")
                name = then if then != name else ""

    def _put(self, name: str, flow: Flow) -> None:
        then = SCENARIOS[name].then.get(flow.track)
        if then:
            self._stock.put(then, flow)

    async def _pay(self, flows: list[Flow]) -> None:
        numbers = {"numbers": [flow.number for flow in flows]}
        async with self._bridge.client.post(f"{self._control}/event", json=numbers) as answer:
            answer.raise_for_status()


async def _main() -> None:
    loop, load = asyncio.get_running_loop(), None
    told: dict[str, Any]
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        if load is None:
            load, told = Load(asked), {}
        elif asked.get("drop"):
            load.drop()
            told = {}
        elif asked.get("soak"):
            told = await load.soak(asked)
        else:
            told = await load.window(asked)
        print(json.dumps(told), flush=True)
    if load is not None:
        await load.close()


if __name__ == "__main__":
    uvloop.run(_main())
