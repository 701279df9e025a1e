"""Finds out who sits at the terminal. Only the log has it: no record does, nor Monext or commercetools."""

from __future__ import annotations

import os
import pwd


def login() -> str:
    """Return the login of the terminal's owner, also under sudo; without a terminal, the user of this process.

    A container may have a user that nobody named: that is `uid` and its number.
    """
    try:
        return os.getlogin()
    except OSError:
        pass
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
