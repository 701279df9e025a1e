"""Two bridges behind nginx, as docs/deployment.md sets them up, are restarted in turn, and no request fails."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
import requests

from sandbox.runner import Sandbox
from tests.bridges import ROOT, Answer, Gunicorn, free_port
from tests.e2e.rotating_bridges import LoadBalancer, Shop
from tests.world import wait_for

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
REFERENCES = "references-4b26a1f97c3e5d80b642"
LINKS, EVENTS = "links-91c5e84b26a1f97c3e5d80b6", "events-0b6427d0f3a91c5e84b26a1f9"

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx)")

MAIN = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""


def site(*, port: int, upstreams: list[int], folder: Path) -> str:
    """The site of deploy/nginx, on other ports, without TLS and the server that leads to it."""
    text = (ROOT / "deploy/nginx/monext-bridge.conf").read_text()
    text = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    text = re.sub(r"    (ssl_|listen \[::\]).*\n", "", text).replace("443 ssl http2", f"127.0.0.1:{port}")
    for old, new in zip(("8000", "8001"), upstreams, strict=True):
        text = text.replace(f"127.0.0.1:{old}", f"127.0.0.1:{new}")
    return text.replace("/var/log/nginx/monext-bridge", f"{folder}/site")


class Nginx:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def call(self, method: str, path: str, **options: Any) -> Answer:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, self.url + path, allow_redirects=False, timeout=60, **options)
            return Answer(answer.status_code, dict(answer.headers), answer.text)


@contextmanager
def nginx(upstreams: list[int], *, folder: Path) -> Iterator[Nginx]:
    port, configuration = free_port(), folder / "nginx.conf"
    configuration.write_text(
        MAIN.format(folder=folder, site=site(port=port, upstreams=upstreams, folder=folder))
    )
    assert NGINX is not None
    process = subprocess.Popen([NGINX, "-c", str(configuration), "-p", str(folder)], start_new_session=True)
    try:
        before = Nginx(port)
        wait_for(lambda: process.poll() is None and is_there(before), seconds=20)
        yield before
    finally:
        process.terminate()
        process.wait(20)


def is_there(before: Nginx) -> bool:
    try:
        return before.call("GET", "/health").status == 200
    except requests.ConnectionError:
        return False


def test_a_restart_of_one_after_the_other_fails_no_request(tmp_path: Path) -> None:
    settings = {
        "CHECKOUT_ACCESS": "signed",
        "SECRET_KEY": REFERENCES,
        "LINK_SECRET": LINKS,
        "EVENTS_SECRET": EVENTS,
    }
    with Sandbox() as sandbox:
        bridges = [
            Gunicorn(sandbox, log=tmp_path / f"{number}.jsonl", workers=1, **settings) for number in range(2)
        ]
        try:
            with ThreadPoolExecutor() as starting:
                list(starting.map(Gunicorn.start, bridges))
            with nginx([each.port for each in bridges], folder=tmp_path) as before:
                shop = Shop(sandbox, cast(LoadBalancer, before), LINKS, EVENTS)
                with shop.open():
                    restart_in_turn(bridges, shop)
        finally:
            for each in bridges:
                each.kill()
    statuses = [line.split('" ')[1].split()[0] for line in (tmp_path / "site.log").read_text().splitlines()]
    failed = [status for status in statuses if status.startswith("5")]
    print(f"{len(statuses)} requests, {len(shop.ended)} orders")
    assert failed == []


def restart_in_turn(bridges: list[Gunicorn], shop: Shop) -> None:
    for _ in range(2):
        for bridge in bridges:
            wait_for(partial(has_sold, shop, len(shop.ended) + 3), seconds=120)
            began = time.monotonic()
            assert bridge.stop() == 0
            bridge.start()
            print(f"restarted in {time.monotonic() - began:.1f} s")
    wait_for(partial(has_sold, shop, len(shop.ended) + 3), seconds=120)


def has_sold(shop: Shop, orders: int) -> bool:
    return shop.is_closed or len(shop.ended) >= orders
