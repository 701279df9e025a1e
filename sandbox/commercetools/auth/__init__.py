"""Who may call: OAuth 2.0 tokens, scopes, and JSON Web Tokens of the Merchant Center."""
