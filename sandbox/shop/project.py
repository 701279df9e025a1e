"""The shop's client of the commercetools API: what any shop does, with its own credentials."""

from typing import Any

from sandbox.shop.calls import Bearer, Json, answered
from sandbox.shop.settings import ShopSettings


class Project:
    """One commercetools project. Every method raises Refused or Unreachable."""

    def __init__(self, settings: ShopSettings) -> None:
        self._base = f"{settings.commercetools_url}/{settings.project_key}"
        self._bearer = Bearer(settings.client, commercetools_url=settings.commercetools_url)

    def get(self, path: str, **params: Any) -> Json:
        """One resource, or a page of a query; `path` begins after the project key."""
        return self._call("GET", path, params=params)

    def create(self, path: str, *, draft: Json) -> Json:
        """A new resource from its draft."""
        return self._call("POST", path, json=draft)

    def update(self, path: str, *, version: int, action: Json) -> Json:
        """One update action on one version of a resource; 409 where it has moved on."""
        return self._call("POST", path, json={"version": version, "actions": [action]})

    def _call(self, method: str, path: str, **options: Any) -> Json:
        return answered(self._bearer.call(method, f"{self._base}/{path}", **options))
