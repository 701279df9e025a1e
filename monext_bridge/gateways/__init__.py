"""Talks to the outside: all outgoing HTTP, and Redis."""
