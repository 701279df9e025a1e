"""Reads JSON that somebody sends us, as strictly as it takes to mean one thing.

What a remote answers to our own question is read with tolerance (`json_object`).
"""

from __future__ import annotations

import json
from typing import Any

from monext_bridge.errors import InvalidJson


def read_json(content: bytes | str) -> object:
    """Reads JSON in UTF-8. Raises InvalidJson for anything else, or an object that names a member twice.

    Who looks at such a body before us may have read it otherwise: the first of two members, where we would act on the
    last, or nothing of another encoding (https://www.rfc-editor.org/rfc/rfc8259#section-4, section-8.1).
    """
    try:
        text = content if isinstance(content, str) else content.decode("utf-8")
        return json.loads(text, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise InvalidJson("the body is not JSON") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidJson("an object of the body names a member twice")
    return found
