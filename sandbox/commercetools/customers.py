"""Customers: https://docs.commercetools.com/api/projects/customers"""

from typing import Annotated, Literal

from pydantic import Field

from sandbox.commercetools.payments.actions import assign
from sandbox.commercetools.schema import AddressDraft, Locale, Strict, check_key, parse
from sandbox.commercetools.state import Request
from sandbox.commercetools.updates import ActionTable, update
from sandbox.commercetools.wire import Json, without_nulls

CUSTOMER_ACTIONS = ActionTable()


class CustomerDraft(Strict):
    """A customer without a password: the sandbox's buyers do not log in to commercetools."""

    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    key: str | None = None
    customerNumber: str | None = None
    externalId: str | None = None
    firstName: str | None = None
    lastName: str | None = None
    middleName: str | None = None
    title: str | None = None
    salutation: str | None = None
    dateOfBirth: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    companyName: str | None = None
    vatId: str | None = None
    locale: Locale | None = None
    addresses: list[AddressDraft] | None = None
    isEmailVerified: bool | None = None
    authenticationMode: Literal["ExternalAuth"] = "ExternalAuth"


def create_customer(request: Request, body: object) -> Json:
    """A CustomerSignInResult; raises InvalidJsonInput, and DuplicateField for a taken email or key."""
    return {"customer": store_customer(request, body)}


def store_customer(request: Request, body: object, *, customer_id: str | None = None) -> Json:
    """Store a customer; `customer_id` is for the seed. Raises as `create_customer`."""
    draft = parse(CustomerDraft, body)
    addresses = [
        {"id": f"address-{number}", **address.wire()}
        for number, address in enumerate(draft.addresses or [], start=1)
    ]
    content = {
        **draft.wire(),
        "key": check_key(draft.key),
        "addresses": addresses,
        "shippingAddressIds": [],
        "billingAddressIds": [],
        "isEmailVerified": bool(draft.isEmailVerified),
        "customerGroupAssignments": [],
        "stores": [],
    }
    return request.project.insert(
        "customer", without_nulls(content), caller=request.caller, resource_id=customer_id
    )


def update_customer(request: Request, customer: Json, body: object) -> Json:
    """Update a customer; raises as `updates.update`."""
    return update(request, "customer", customer, body=body, table=CUSTOMER_ACTIONS)


class ChangeEmail(Strict):
    """`changeEmail`"""

    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]


@CUSTOMER_ACTIONS.handles("changeEmail", ChangeEmail)
def _change_email(_request: Request, draft: Json, action: ChangeEmail) -> None:
    draft["email"] = action.email


class SetLastName(Strict):
    """`setLastName`"""

    lastName: str | None = None


@CUSTOMER_ACTIONS.handles("setLastName", SetLastName)
def _set_last_name(_request: Request, draft: Json, action: SetLastName) -> None:
    assign(draft, "lastName", action.lastName)
