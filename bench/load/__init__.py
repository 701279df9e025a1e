"""Loads a bridge as many buyers would, from a process of its own.

No tool of the kind (wrk, oha, k6, locust) does this well: each request needs a fresh cart, a later one needs the
reference and token that an earlier page showed, and a payment between two of them. So this is a small one, over
aiohttp's client. Each flow comes from an address of its own, as buyers do: rate limits never bite.
"""
