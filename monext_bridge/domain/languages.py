"""Lists the languages of the texts that a buyer reads."""

LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pt")
