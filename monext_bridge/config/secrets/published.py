"""Lists the secrets that everybody can read: those of our documents and of the sandbox.

Each is what is secret of a setting's value: of MONEXT_API_KEY the access key alone, of REDIS_URL the password.
Tests hold that no example of a document and no key of the sandbox is missing.
"""

from __future__ import annotations

DOCUMENTED = frozenset(
    {
        "the-secret-of-the-api-client",
        "at-least-16-characters-of-openssl-rand",
        "the-new-one-that-signs-from-now-on",
        "the-old-one-that-still-verifies",
        "accessKey",
        "the-password",
        "example",
    }
)
"""The secrets of README, docs and `.env.example`."""

OF_THE_SANDBOX = frozenset(
    {
        "bridge-secret",
        "shop-secret",
        "back-office-secret",
        "reader-secret",
        "service-desk-secret",
        "sandbox-key",
        "sandbox-be-key",
        "for-the-sandbox-only",
    }
)
"""The secrets of the sandbox, which serves them to everybody who starts it."""

PLACEHOLDERS = (
    *("changeme", "change-me", "change_me", "replaceme", "replace-me", "replace_me", "placeholder"),
    *("insert-", "insert_", "your-", "your_", "<", "example", "openssl rand", "openssl-rand"),
)
"""What stands, in small letters, in values that say that the right one has to be put there."""
