"""The shop's parts, put together once for each application."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from sandbox.shop.carts import Copies
from sandbox.shop.intents import Intents
from sandbox.shop.project import Project
from sandbox.shop.settings import ShopSettings


@dataclass(frozen=True, slots=True)
class Shop:
    """Where everything is, the clients of commercetools and the bridge, and the carts that were copied."""

    settings: ShopSettings
    project: Project
    intents: Intents
    copies: Copies

    @classmethod
    def of(cls, settings: ShopSettings) -> "Shop":
        """A shop that has copied nothing yet."""
        return cls(settings=settings, project=Project(settings), intents=Intents(settings), copies=Copies())


def shop() -> Shop:
    """The shop of the present request."""
    return cast(Shop, current_app.extensions["shop"])
