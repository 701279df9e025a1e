"""What a sandbox project is called and who may talk to it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ApiClient:
    """An API client of the project; `scopes` without the project key, as in `manage_payments`."""

    id: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...]


@dataclass(slots=True)
class BaseUrl:
    """Where the project is served; known only once the server has its port, so it is filled in late."""

    value: str = ""


# Beside the bridge's own client: the shop's, one that may look and not touch, one of the service desk that
# may touch locked carts, and one that may only order captures, cancels and refunds.
SHOP = ApiClient(
    id="shop",
    secret="shop-secret",
    scopes=("manage_orders", "manage_payments", "manage_sessions", "view_customers", "view_products"),
)
BACK_OFFICE = ApiClient(
    id="back-office", secret="back-office-secret", scopes=("manage_checkout_payment_intents",)
)
OTHER_CLIENTS = (
    SHOP,
    ApiClient(id="reader", secret="reader-secret", scopes=("view_orders", "view_payments")),
    ApiClient(
        id="service-desk", secret="service-desk-secret", scopes=("manage_orders", "manage_locked_carts")
    ),
    BACK_OFFICE,
)


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """The project, its first API client (which holds `manage_project`) and the life of a token in seconds."""

    project_key: str = "sandbox"
    client_id: str = "bridge"
    client_secret: str = field(default="bridge-secret", repr=False)
    token_lifetime_seconds: int = 172_800
    base_url: BaseUrl = field(default_factory=BaseUrl)

    def clients(self) -> tuple[ApiClient, ...]:
        """The API clients that exist from the start."""
        own = ApiClient(id=self.client_id, secret=self.client_secret, scopes=("manage_project",))
        return (own, *OTHER_CLIENTS)
