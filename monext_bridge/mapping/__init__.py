"""Reads the JSON of others into our values and writes it from them; everything here is pure."""
