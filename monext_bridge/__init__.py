"""Takes payments of commercetools carts through Monext: checkout, outcome and the operations that follow."""

__version__ = "0.2.0"
"""The only place of the version number: the packaging, the API description and the status read it here."""
