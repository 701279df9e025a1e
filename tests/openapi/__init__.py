"""Tests the bridge's requests against Monext's OpenAPI description, as another project reads it: Prism.

Run by `make test-openapi`, which needs node 20 or newer, npm, and a copy of the description (`MONEXT_OPENAPI`).
Prism checks path, method, credentials and body of each request, and answers with the description's examples.

The description's pattern for emails is no regular expression under JavaScript's `u` flag. Prism then passes
over the whole body without a word. So it gets a copy in which the same pattern is written such that it is one. A
control shows that the original would let everything through, and others that the copy does not.
"""
