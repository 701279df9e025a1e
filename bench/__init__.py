"""Measures what the bridge costs: under load (`python -m bench`), and reconciling (`python -m bench.reconcile`)."""
