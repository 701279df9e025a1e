"""Sends requests to the project and gives its answers, of which each is JSON but that to a HEAD."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class JsonAnswer(TestResponse):
    """Reading the JSON of an answer that has none fails the test."""

    @property
    def json(self) -> Any:
        body = super().json
        assert body is not None, f"{self.status}, and no JSON"
        return body


class JsonClient(FlaskClient):
    """A client of which the answers are `JsonAnswer`; make it with `json_client`."""

    def get(self, *args: Any, **options: Any) -> JsonAnswer:
        return _as_json(super().get(*args, **options))

    def post(self, *args: Any, **options: Any) -> JsonAnswer:
        return _as_json(super().post(*args, **options))

    def delete(self, *args: Any, **options: Any) -> JsonAnswer:
        return _as_json(super().delete(*args, **options))


def json_client(app: Flask) -> JsonClient:
    return JsonClient(app, JsonAnswer)


def _as_json(answer: TestResponse) -> JsonAnswer:
    assert isinstance(answer, JsonAnswer)
    return answer
