"""Gives the commands that only tell: `flask payment find`, `flask payment show` and `flask export`.

They write nothing at either remote. Answers go to stdout, and what could not be read is named on stderr.
"""

from monext_bridge.web.cli.enquiry.export import export
from monext_bridge.web.cli.enquiry.find import find
from monext_bridge.web.cli.enquiry.options import (
    json_option,
    known_store,
    only_payment,
    quoted_argument,
    verbose_option,
)
from monext_bridge.web.cli.enquiry.show import show

__all__ = [
    "export",
    "find",
    "json_option",
    "known_store",
    "only_payment",
    "quoted_argument",
    "show",
    "verbose_option",
]
