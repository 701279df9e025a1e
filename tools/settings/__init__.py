"""Prints the settings into the documents: the tables of `docs/configuration.md`, and `.env.example`.

A setting is declared in the code alone. `python -m tools.settings docs/configuration.md` prints that document with
what stands between its markers made anew, and `make settings` writes both.
"""
