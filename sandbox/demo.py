"""`python -m sandbox.demo`: the sandbox and a bridge that works with it, to be played with in a browser."""

import argparse
import secrets
import shlex
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import get_args

from sandbox.bridge_process import BridgeProcess
from sandbox.bridge_settings import bridge_environment, looks_environment
from sandbox.log_lines import readable
from sandbox.own_shop import ORIGINS, kept_in, shop_environment, told, welcome_environment
from sandbox.runner import Ports, Sandbox
from sandbox.shop import Access

# The one name under which http addresses are taken for a development machine's everywhere.
HOST = "localhost"

NOT_SETTINGS = frozenset({"PATH", "PYTHONUNBUFFERED"})
"""What the process needs, and a shell has its own."""

_START_SECONDS = 60
_PORTS_TRIED = 100


def main(arguments: list[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM, then 0; 1 where no port is free or the bridge fails."""
    options = _options(arguments)
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    link_secret = secrets.token_urlsafe(48)
    try:
        *others, bridge_port = free_ports(
            [*range(options.port_base, options.port_base + 4), options.bridge_port]
        )
        sandbox = Sandbox(
            ports=Ports(*others),
            bridge_url=f"http://{HOST}:{bridge_port}",
            host=HOST,
            access=options.access,
            link_secret=link_secret,
            bank_tls=options.bank_tls,
        )
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    with sandbox:
        if options.no_bridge:
            _say(_addresses(sandbox, []))
            stopped.wait()
            return 0
        return _beside(sandbox, options=options, port=bridge_port, stopped=stopped, link_secret=link_secret)


def free_ports(wanted: list[int]) -> list[int]:
    """Each port itself where it is free, else the next one that is. Raises OSError where there is none."""
    found: list[int] = []
    for first in wanted:
        candidates = (port for port in range(first, first + _PORTS_TRIED) if port not in found)
        port = next((port for port in candidates if _is_free(port)), None)
        if port is None:
            raise OSError(f"No port from {first} to {first + _PORTS_TRIED - 1} is free: try --port-base.")
        found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            # On all interfaces, as the bridge binds it: that also finds whoever has it on one of them.
            probe.bind(("", port))
        except (OSError, OverflowError):
            return False
    return True


def _beside(
    sandbox: Sandbox, *, options: argparse.Namespace, port: int, stopped: Event, link_secret: str
) -> int:
    """A bridge beside the sandbox that is told of its messages, and that shops of `--origin` may use."""
    environment = {
        **bridge_environment(sandbox, port=port, access=options.access, link_secret=link_secret),
        **looks_environment(sandbox),
        **welcome_environment(sandbox.shop_url, origins=options.origin),
        "METRICS_TOKEN": secrets.token_urlsafe(24),
    }
    events = f"{sandbox.bridge_url}/events/commercetools"
    sandbox.push_messages_to(events, secret=environment["EVENTS_SECRET"])
    own = shop_environment(sandbox, link_secret=link_secret)
    with TemporaryDirectory(prefix="demo-") as folder, kept_in(options.env_file, own) as file:
        lines = [
            *_terminal(write_settings(Path(folder) / "bridge.env", environment)),
            *told(own, origins=options.origin, path=file, access=options.access),
        ]
        return _with_bridge(sandbox, environment=environment, lines=lines, stopped=stopped)


def write_settings(path: Path, environment: Mapping[str, str]) -> Path:
    """Write the bridge's settings for a shell, so that `flask` commands and `curl` can be tried beside the demo."""
    own = {name: value for name, value in environment.items() if name not in NOT_SETTINGS}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in own.items()]
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")
    return path


def _with_bridge(sandbox: Sandbox, *, environment: dict[str, str], lines: list[str], stopped: Event) -> int:
    bridge = BridgeProcess(environment, tell=lambda line: _say(readable(line)))
    health = f"{sandbox.bridge_url}/health"
    started = bridge.wait_until_healthy(health, seconds=_START_SECONDS, given_up=stopped.is_set)
    if started:
        _say(_addresses(sandbox, lines))
        while bridge.running() and not stopped.wait(0.5):
            pass
    code = bridge.stop()
    if stopped.is_set():
        return 0
    reason = "ended by itself" if started else "did not start"
    print(f"The bridge {reason} (exit code {code}); its own words are above.", file=sys.stderr)
    return 1


def _terminal(settings: Path) -> list[str]:
    return [f"  Terminal         . {settings}        then flask commands, $PUBLIC_URL, $METRICS_TOKEN", ""]


def _addresses(sandbox: Sandbox, more: list[str]) -> str:
    lines = [
        "",
        f"  Shop             {sandbox.shop_url}        <- start here",
        f"  Faults           {sandbox.shop_url}/faults        what can go wrong, to try it",
        f"  Bridge           {sandbox.bridge_url}/docs        its JSON API; buyers come by a link of the shop",
        f"  Monext           {sandbox.monext_url}        payment page, back office, pending payments",
        f"  commercetools    {sandbox.commercetools_url}",
        f"  Bank             {sandbox.bank_url}        3-D Secure",
        "",
        *([*more, ""] if more else []),
        "  No real money. Ctrl-C stops everything.",
        "",
    ]
    return "\n".join(lines)


def _say(text: str) -> None:
    print(text, flush=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--port-base", type=int, default=9000, help="first port of the sandbox (9000)")
    parser.add_argument("--bridge-port", type=int, default=8000, help="port of the bridge (8000)")
    parser.add_argument("--no-bridge", action="store_true", help="the sandbox alone")
    parser.add_argument(
        "--bank-tls", action="store_true", help="the bank over TLS, with a certificate that browsers warn of"
    )
    parser.add_argument(
        "--access", choices=get_args(Access), default="open", help="what a checkout link must prove (open)"
    )
    parser.add_argument(
        "--origin",
        action="append",
        default=[*ORIGINS],
        help="one more origin that your own shop runs on, as http://localhost:4321",
    )
    parser.add_argument(
        "--env-file",
        type=Path,
        help="a file for what your own shop needs; it is taken away at the end (beside another demo: its own)",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
