"""The only HTTP that goes out, and Redis."""
