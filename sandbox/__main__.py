"""`python -m sandbox`: the sandbox alone, for a bridge that is started by hand."""

import argparse
import signal
import sys
from threading import Event

from sandbox.runner import Ports, Sandbox


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; the exit code. 1 where a port is taken."""
    options = _options(arguments)
    base = options.port_base
    try:
        sandbox = Sandbox(
            ports=Ports(base, base + 1, base + 2, base + 3),
            bridge_url=options.bridge_url,
            host="localhost",
            bank_tls=options.bank_tls,
        )
    except OSError as error:
        print(f"The ports {base} to {base + 3} are not all free ({error.strerror}): try --port-base.")
        return 1
    if options.events_secret:
        sandbox.push_messages_to(f"{options.bridge_url}/events/commercetools", secret=options.events_secret)
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with sandbox:
        print(f"shop           {sandbox.shop_url}")
        print(f"commercetools  {sandbox.commercetools_url}")
        print(f"Monext         {sandbox.monext_url}")
        print(f"bank           {sandbox.bank_url}")
        print(f"bridge         {sandbox.bridge_url} (expected there)", flush=True)
        stopped.wait()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port-base", type=int, default=9000, help="first of four ports (default 9000)")
    parser.add_argument("--bridge-url", default="http://localhost:8000", help="where the bridge is")
    parser.add_argument(
        "--bank-tls", action="store_true", help="the bank over TLS, with a certificate that browsers warn of"
    )
    parser.add_argument(
        "--events-secret", help="the bridge's EVENTS_SECRET; without it no message goes to the bridge"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
