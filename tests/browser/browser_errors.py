"""Collects the errors that a browser shows nobody: of scripts, of the Content Security Policy, and of requests."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI}`));
"""
GIVEN_UP = "net::ERR_ABORTED"
"""The failure of a request that the browser itself broke off, because the page was left."""


class BrowserErrors:
    """Collects the errors of all pages of a browser context, except those that a test expects."""

    def __init__(self, context: BrowserContext) -> None:
        self.errors: list[str] = []
        self.requests: list[Request] = []
        self._expected: list[re.Pattern[str]] = []
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("weberror", lambda problem: self._note(f"error of a script: {problem.error}"))
        context.on("console", self._said)
        context.on("request", lambda request: self.requests.append(request))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def expect(self, pattern: str) -> None:
        """Ignore from now on the errors in which this regular expression is found: the test causes them."""
        self._expected.append(re.compile(pattern))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(f"{message.type} on the console: {message.text} ({message.location['url']})")

    def _failed(self, request: Request) -> None:
        if request.failure != GIVEN_UP:
            self._note(f"no answer: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.status}: {response.request.method} {response.url}")

    def _note(self, error: str) -> None:
        if not any(expected.search(error) for expected in self._expected):
            self.errors.append(error)
