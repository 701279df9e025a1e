"""Reads JSON that somebody sends us, as strictly as it takes to mean one thing.

What a remote answers to our own question is read with tolerance (`json_object`).
"""

from __future__ import annotations

import json
from typing import Any

from monext_bridge.errors import InvalidJson


def read_json(content: bytes | str) -> object:
    """Reads JSON. Raises InvalidJson for what is not JSON, or has an object that names a member twice.

    Who looks at such a body before us may have read the first one, and we would act on the last
    (https://www.rfc-editor.org/rfc/rfc8259#section-4).
    """
    try:
        return json.loads(content, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise InvalidJson("the body is not JSON") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidJson("an object of the body names a member twice")
    return found
