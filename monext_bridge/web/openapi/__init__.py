"""The OpenAPI description of the JSON endpoints, made of their routes and models, and a page to read it."""
