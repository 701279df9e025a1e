"""Compares the live payment page with its inventory and with this release (PCI DSS 4.0.1, 6.4.3 and 11.6.1).

What is decided here is which differences there are. Who looks at them is a person.
"""

from monext_bridge.services.page_check.accepting import accepted
from monext_bridge.services.page_check.check import Release, SeenPage, compare_page, see_page
from monext_bridge.services.page_check.differences import Difference, DifferenceKind, Resource, ResourceKind
from monext_bridge.services.page_check.inventory import OWN_INVENTORY, Inventory, read_inventory

__all__ = [
    "OWN_INVENTORY",
    "Difference",
    "DifferenceKind",
    "Inventory",
    "Release",
    "Resource",
    "ResourceKind",
    "SeenPage",
    "accepted",
    "compare_page",
    "read_inventory",
    "see_page",
]
