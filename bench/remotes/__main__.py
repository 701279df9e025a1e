"""Serves both remotes and what steers them: `python -m bench.remotes COMMERCETOOLS_URL MONEXT_URL`.

Prints one line of JSON with its three addresses. The third is for the bench: it begins and ends lessons, tells that a
buyer has paid, sets the delay of answers in milliseconds, and gives and forgets the counts.
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
from aiohttp import web
from yarl import URL

from bench.remotes.lessons import Given, Lessons, prefixes
from bench.remotes.proof import differences
from bench.remotes.recording import Exchange, Recording, Untaught, is_read, plain

_OWN_HEADERS = {"content-length", "connection", "date", "server", "transfer-encoding", "content-encoding"}
_UNTAUGHT = Given(501, {"Content-Type": "application/json"}, b'{"message": "untaught"}')


class Remotes:
    """Either lets the sandbox answer, and learns, or answers itself."""

    def __init__(self, upstream: dict[str, str]) -> None:
        self._upstream = upstream
        self._recordings: list[Recording] = []
        self._recording: Recording | None = None
        self._witnesses: list[Recording] = []
        self._replayed: dict[int, list[Exchange]] = {}
        self._lessons: Lessons | None = None
        self._flowless: dict[tuple[str, str, str, bytes], Given] = {}
        self._delay = 0.0
        self._calls: Counter[str] = Counter()
        self._spans: list[tuple[float, float]] | None = None
        self._client: aiohttp.ClientSession | None = None

    def serve(self, remote: str) -> web.Server[web.BaseRequest]:
        """Gives the server of one remote."""

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            began, body = time.monotonic(), await request.read()
            path = plain(request.path_qs)
            if self._lessons is None:
                given = await self._learn(remote, request, body=body)
            else:
                given = await self._replay(remote, request, path=path, body=body, began=began)
            return web.Response(status=given.status, headers=given.headers, body=given.body)

        return web.Server(handle)

    async def _replay(
        self, remote: str, request: web.BaseRequest, *, path: str, body: bytes, began: float
    ) -> Given:
        lessons = self._lessons
        assert lessons is not None
        flow = lessons.flow_of(path, body)
        if flow is None:
            given: Given | None = self._flowless.get((remote, request.method, path, body))
            shape = f"{remote} {request.method} {path.partition('?')[0]}"
            if given is None:
                lessons.oddities["asked the sandbox"] += 1
                given = await self._ask_sandbox(remote, request, body=body)
        else:
            shape, given = lessons.answer(flow, remote=remote, method=request.method, path=path, body=body)
        if flow is not None and given is not None and flow.number in self._replayed:
            asked = (remote, request.method, path, body)
            self._replayed[flow.number].append(_exchange(asked, given, epochs=(flow.epoch, flow.epoch)))
        self._calls[shape] += 1
        if self._delay:
            await asyncio.sleep(max(0.0, self._delay - (time.monotonic() - began)))
        if self._spans is not None:
            self._spans.append((began, time.monotonic()))
        return given or _UNTAUGHT

    async def _learn(self, remote: str, request: web.BaseRequest, *, body: bytes) -> Given:
        recording, path = self._recording, plain(request.path_qs)
        if recording is None:
            return await self._ask_sandbox(remote, request, body=body)
        writes = not is_read(request.method, path)
        first = recording.epoch - recording.under_way
        recording.epoch += writes
        recording.under_way += writes
        given = await self._ask_sandbox(remote, request, body=body)
        recording.under_way -= writes
        asked = (remote, request.method, path, body)
        recording.exchanges.append(_exchange(asked, given, epochs=(first, recording.epoch)))
        return given

    async def _ask_sandbox(self, remote: str, request: web.BaseRequest, *, body: bytes) -> Given:
        """Lets the sandbox answer. What is asked of no flow is answered the same from then on, if it is a read."""
        if self._client is None:
            self._client = aiohttp.ClientSession(auto_decompress=True)
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in ("host", "accept-encoding")
        }
        async with self._client.request(
            request.method,
            URL(self._upstream[remote] + request.raw_path, encoded=True),
            data=body or None,
            headers=headers,
        ) as answer:
            kept = {n: v for n, v in answer.headers.items() if n.lower() not in _OWN_HEADERS}
            given = Given(answer.status, kept, await answer.read())
        if is_read(request.method, request.path) and given.status == 200:
            self._flowless[(remote, request.method, plain(request.path_qs), body)] = given
        return given

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    # what the bench asks

    async def control(self, request: web.BaseRequest) -> web.StreamResponse:
        """Carries out one order of the bench, named by the path; its body and its answer are JSON."""
        content = json.loads(await request.read() or b"{}")
        order = getattr(self, "do_" + request.path.strip("/"), None)
        if order is None:
            return web.json_response({"message": "no such order"}, status=404)
        try:
            return web.json_response(order(content))
        except (Untaught, KeyError) as error:
            return web.json_response({"message": str(error)}, status=409)

    def do_record(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Begins the recording of one flow: {"track", "cart", "witness"}. A witness teaches nothing."""
        self._lessons = None
        self._recording = Recording(asked["track"], asked["cart"], time.time())
        (self._witnesses if asked["witness"] else self._recordings).append(self._recording)
        return {}

    def do_forget(self, _: dict[str, Any]) -> dict[str, Any]:
        """Drops all recordings and lessons."""
        self._recordings, self._witnesses, self._recording, self._lessons = [], [], None, None
        return {}

    def do_event(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Tells that buyers have paid: of the recorded flow, or of those in {"numbers"}."""
        if self._lessons is None and self._recording is not None:
            self._recording.epoch += 1
        for number in asked.get("numbers", ()):
            assert self._lessons is not None
            self._lessons.happens(number)
        return {}

    def do_replay(self, asked: dict[str, Any]) -> dict[str, Any]:
        """From now on answers itself. {"ids": by track, issued ids that are wanted} → {"prefixes"}."""
        recordings, self._recording = self._recordings, None
        lessons = Lessons(recordings, others=self._witnesses)
        found = prefixes(lessons.tracks, asked["ids"])
        self._lessons, self._replayed = lessons, {number: [] for number in range(len(recordings))}
        return {"prefixes": found}

    def do_prove(self, _: dict[str, Any]) -> dict[str, Any]:
        """Compares the first flow of each track with its witness. Gives {"exchanges", "differences"}."""
        assert self._lessons is not None
        replayed, self._replayed = self._replayed, {}
        found = [
            difference
            for number, (track, witness) in enumerate(zip(self._lessons.tracks, self._witnesses, strict=True))
            for difference in differences(track, replayed=replayed[number], witness=witness)
        ]
        return {"exchanges": sum(map(len, replayed.values())), "differences": found}

    def do_delay(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._delay = asked["ms"] / 1000
        return {}

    def do_trace(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Keeps when each call began and ended, or no longer: {"on"}."""
        self._spans = [] if asked["on"] else None
        return {}

    def do_counts(self, _: dict[str, Any]) -> dict[str, Any]:
        """Gives what was called since it was asked last, and forgets it."""
        oddities = self._lessons.oddities if self._lessons else Counter[str]()
        told = {"calls": dict(self._calls), "oddities": dict(oddities), "spans": self._spans or []}
        self._calls.clear()
        oddities.clear()
        if self._spans:
            self._spans = []
        return told


def _exchange(asked: tuple[str, str, str, bytes], given: Given, *, epochs: tuple[int, int]) -> Exchange:
    remote, method, path, body = asked
    return Exchange(remote, method, path, body, given.status, given.headers, given.body.decode(), epochs)


async def _main(commercetools: str, monext: str) -> None:
    remotes = Remotes({"commercetools": commercetools, "monext": monext})
    servers = {name: remotes.serve(name) for name in ("commercetools", "monext")}
    servers["control"] = web.Server(remotes.control)
    addresses = {}
    for name, server in servers.items():
        runner = web.ServerRunner(server, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=2048)
        await site.start()
        addresses[name] = f"http://127.0.0.1:{runner.addresses[0][1]}"
    print(json.dumps(addresses), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await remotes.close()


if __name__ == "__main__":
    uvloop.run(_main(*sys.argv[1:3]))
