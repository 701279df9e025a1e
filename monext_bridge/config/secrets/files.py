"""Reads a secret from a file, as hosts mount them. A fault shows neither the content nor the path.

The path is not shown because it may be the secret itself, pasted into the wrong variable.
"""

from __future__ import annotations

from pathlib import Path

from monext_bridge.config.parsing import Fault

LARGEST_SECRET = 64 * 1024
"""Bytes. Whatever is larger is another file than the one that was meant."""


def read_secret_file(path: str) -> str:
    """Returns what the file holds, without the white space around it, such as the newline at its end.

    Raises Fault for a file that can't be read, is empty, or is no regular file.
    """
    try:
        content = _content(Path(path))
    except OSError as error:
        raise Fault(f"names a file that can't be read ({error.strerror})") from None
    except UnicodeError:
        raise Fault("names a file that is not UTF-8 text") from None
    except Fault:
        raise
    except ValueError:
        raise Fault("is no path of a file") from None
    if not content.strip():
        raise Fault("names a file that is empty")
    return content.strip()


def _content(path: Path) -> str:
    if path.is_dir():
        raise Fault("names a directory, not a file")
    if path.exists() and not path.is_file():
        raise Fault("names what is no regular file")
    with path.open("rb") as file:
        content = file.read(LARGEST_SECRET + 1)
    if len(content) > LARGEST_SECRET:
        raise Fault(f"names a file of more than {LARGEST_SECRET} bytes")
    return content.decode()
