"""The addresses that a buyer's browser opens, and the one that Monext notifies.

Each asks the services first, then shows a page or sends the browser on.
"""
