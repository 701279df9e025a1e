"""The languages of whatever a buyer reads."""

LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pt")
