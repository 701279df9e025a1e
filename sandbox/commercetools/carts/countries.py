"""Which countries a store sells to: https://docs.commercetools.com/api/projects/stores"""

from sandbox.commercetools.refusals import country_not_in_store
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json


def require_country(project: Project, cart: Json) -> None:
    """Raise CountryNotConfiguredInStore; a store without countries sells to all."""
    if "store" not in cart or "country" not in cart:
        return
    store = project.get_by("store", field="key", value=cart["store"]["key"])
    if store is None or not store["countries"]:
        return
    if cart["country"] not in {each["code"] for each in store["countries"]}:
        raise country_not_in_store(cart["country"], store=store)
