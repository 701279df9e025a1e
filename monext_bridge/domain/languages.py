"""Lists the languages of the texts that a buyer reads.

A new language goes to the end of the list, since payment references point into it.
"""

LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pt")
