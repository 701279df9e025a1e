"""Prints the settings into the documents: the table of `README.md`, and `.env.example`.

A setting is declared in the code alone. `python -m tools.settings README.md` prints that document with what stands
between its markers made anew, and `make settings` writes both.
"""
