"""Payments of commercetools carts through Monext: checkout, settlement and the acts that follow."""

__version__ = "0.1.0"
"""The only place of the number: the packaging, the API description and the status read it here."""
