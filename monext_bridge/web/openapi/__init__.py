"""Describes the JSON endpoints in OpenAPI, from their routes and models, and shows the description as a page."""
