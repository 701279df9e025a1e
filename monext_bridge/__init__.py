"""Payments of commercetools carts through Monext: checkout, settlement and the acts that follow."""

__version__ = "0.1.0"
