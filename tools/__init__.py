"""Programs for who works on the bridge; nothing of them is needed to run it."""
