"""Reconciliation over several machines: one scheduler, any number of workers, a queue on Redis between them.

The same work as without a queue: what a task needs and what becomes of it, `services.finishing` says.
"""
