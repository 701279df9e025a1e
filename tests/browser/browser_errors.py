"""What goes wrong in a browser without anybody seeing it: errors of scripts, of the CSP, and of requests."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI}`));
"""
GIVEN_UP = "net::ERR_ABORTED"
"""The browser itself gave a request up, since the page was left."""


class Watch:
    """Everything that all pages of a browser context complain about, unless a test said that it asks for it."""

    def __init__(self, context: BrowserContext) -> None:
        self.troubles: list[str] = []
        self.requests: list[Request] = []
        self._asked: list[re.Pattern[str]] = []
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("weberror", lambda problem: self._note(f"error of a script: {problem.error}"))
        context.on("console", self._said)
        context.on("request", lambda request: self.requests.append(request))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def asks_for(self, trouble: str) -> None:
        """From now on what this regular expression finds is no trouble: the test makes it happen."""
        self._asked.append(re.compile(trouble))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(f"{message.type} on the console: {message.text} ({message.location['url']})")

    def _failed(self, request: Request) -> None:
        if request.failure != GIVEN_UP:
            self._note(f"no answer: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.status}: {response.request.method} {response.url}")

    def _note(self, trouble: str) -> None:
        if not any(asked.search(trouble) for asked in self._asked):
            self.troubles.append(trouble)
