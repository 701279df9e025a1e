"""A stand-in for Monext: Checkout REST API, hosted payment page, widget and notifications."""

from sandbox.monext.app import create_app
from sandbox.monext.settings import MonextSettings

__all__ = ["MonextSettings", "create_app"]
