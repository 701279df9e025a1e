"""The access keys of merchants, as Monext's back office lets one make and withdraw them: `/_control/keys`."""

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import BadRequest

from sandbox.monext.control_input import read_json
from sandbox.monext.platform import platform

key_controls = Blueprint("key_controls", __name__, url_prefix="/_control/keys")


@key_controls.get("")
def keys() -> Response:
    """The keys that are taken now, by merchant. Any other is answered 401."""
    known = platform().access_keys
    return jsonify({"merchants": [{"id": each, "accessKeys": known[each]} for each in known]})


@key_controls.post("")
def make_key() -> Response:
    """{"merchant", "accessKey"}: one more key, which is taken from now on, beside the others."""
    keys_of_merchant, key = _named()
    if key not in keys_of_merchant:
        keys_of_merchant.append(key)
    return keys()


@key_controls.delete("")
def withdraw_key() -> Response:
    """{"merchant", "accessKey"}: the key is answered 401 from now on."""
    keys_of_merchant, key = _named()
    if key not in keys_of_merchant:
        raise BadRequest("accessKey: none of that merchant")
    keys_of_merchant.remove(key)
    return keys()


def _named() -> tuple[list[str], str]:
    body = read_json()
    merchant, key = body.get("merchant"), body.get("accessKey")
    if not isinstance(merchant, str) or merchant not in platform().access_keys:
        raise BadRequest("merchant: no such merchant")
    if not isinstance(key, str) or not key.strip():
        raise BadRequest("accessKey: a text")
    return platform().access_keys[merchant], key.strip()
