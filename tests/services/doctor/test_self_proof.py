"""Only a bridge with the same SECRET_KEY answers the doctor's question, and only to whoever has the key too."""

from __future__ import annotations

from pydantic import SecretStr

from monext_bridge import __version__
from monext_bridge.services.doctor.self_proof import (
    ANSWER_HEADER,
    QUESTION_HEADER,
    SeenRequest,
    answer_headers,
    read_answer,
    signed_question,
)

KEY, OLD, OTHER = (SecretStr(each * 16) for each in ("ab", "cd", "ef"))
FORWARDED = {"X-Forwarded-For": "203.0.113.7, 10.0.0.1", "X-Forwarded-Proto": "https,http"}


def answer(asked: str, *keys: SecretStr) -> str:
    headers = {QUESTION_HEADER: asked, **FORWARDED}
    return answer_headers(headers, keys, host="pay.example.com").get(ANSWER_HEADER, "")


def test_the_bridge_tells_what_the_proxies_added() -> None:
    asked = signed_question([KEY])
    assert read_answer(answer(asked, KEY), asked, [KEY]) == SeenRequest(
        __version__, 2, ("https", "http"), "pay.example.com"
    )


def test_a_key_that_is_being_rotated_proves_as_well() -> None:
    asked = signed_question([KEY, OLD])
    assert read_answer(answer(asked, OLD, KEY), asked, [KEY, OLD]) is not None


def test_a_bridge_with_another_key_is_not_this_one() -> None:
    asked = signed_question([KEY])
    assert answer(asked, OTHER) == ""
    assert read_answer(answer(signed_question([OTHER]), OTHER), asked, [KEY]) is None


def test_an_answer_to_another_question_proves_nothing() -> None:
    assert read_answer(answer(signed_question([KEY]), KEY), signed_question([KEY]), [KEY]) is None


def test_nobody_without_the_key_is_told_anything() -> None:
    nonce, _, signature = signed_question([KEY]).partition(".")
    for asked in ("", "x", f"{nonce}.{'0' * 64}", f"{signature}.{nonce}", "é" * 97):
        assert answer(asked, KEY) == ""


def test_the_answer_holds_no_address_of_anybody() -> None:
    assert "203.0.113.7" not in answer(signed_question([KEY]), KEY)
