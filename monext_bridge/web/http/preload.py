"""Loads at the start what a process would else load with its first payment, while that buyer and all others wait."""

from __future__ import annotations

from flask import Flask


def preload(app: Flask) -> None:
    """Compile the templates. This runs once, before processes are forked, and calls no remote."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
