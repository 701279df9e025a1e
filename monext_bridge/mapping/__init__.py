"""JSON of others read into our values, and written from them; pure."""
