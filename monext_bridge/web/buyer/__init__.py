"""Serves the addresses that a buyer's browser opens, and the one that Monext notifies.

Each calls the services first. Then those for buyers show a page or redirect the browser.
"""
