"""Reading request bodies: strict types, unknown members refused, null read as absent.

Everything that does not fit is InvalidJsonInput with the path and reason in `detailedErrorMessage`:
https://docs.commercetools.com/api/errors#invalidjsoninput
"""

import json
import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from sandbox.commercetools.errors import invalid_input, invalid_json
from sandbox.commercetools.money import cents, fraction_digits, precise
from sandbox.commercetools.wire import Json, instant, read_instant, without_nulls

_KEY = re.compile(r"[A-Za-z0-9_-]{2,256}")


class Strict(BaseModel):
    """A body, or a part of one, with exactly the documented members."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    def wire(self) -> Json:
        """The members that are there, ready to be stored."""
        return without_nulls(self.model_dump(exclude_none=True))


Body = TypeVar("Body", bound=Strict)


def parse(model: type[Body], value: object, *, at: str = "") -> Body:
    """The body as its model; raises InvalidJsonInput. `at` names the part of the body that is read."""
    try:
        return model.model_validate(value)
    except ValidationError as fault:
        raise invalid_json(_explained(fault, at=at)) from fault


def _explained(fault: ValidationError, *, at: str) -> str:
    first = fault.errors(include_url=False)[0]
    names = [at, *(part for part in first["loc"] if isinstance(part, str))]
    path = " -> ".join(name for name in names if name) or "body"
    if first["type"] == "missing":
        return f"{path}: Missing required value"
    if first["type"] == "extra_forbidden":
        return f"{path}: Unknown field"
    return f"{path}: {first['msg']}: {json.dumps(first['input'], default=str)[:200]}"


def _moment(text: str) -> str:
    moment = read_instant(text)
    if moment is None:
        raise ValueError("Invalid date-time")
    return instant(moment)


Moment = Annotated[str, AfterValidator(_moment)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
# A language tag: language, then script and region where it has them, as in `zh-Hant-TW`.
_LANGUAGE = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$"
Locale = Annotated[str, StringConstraints(pattern=_LANGUAGE)]
LocalizedString = dict[Locale, str]
Quantity = Annotated[int, Field(ge=0, le=1_000_000_000)]


def check_key(key: str | None) -> str | None:
    """The key, where it is 2 to 256 of the allowed characters; raises InvalidInput."""
    if key is not None and not _KEY.fullmatch(key):
        raise invalid_input(
            f"Invalid key '{key}'. Keys may only contain alphanumeric characters, underscores and hyphens "
            "and must have a minimum length of 2 and a maximum length of 256 characters."
        )
    return key


class MoneyDraft(Strict):
    """Money, or a CentPrecisionMoneyDraft: what carts' totals and payments are in."""

    centAmount: Annotated[int, Field(ge=-(2**53), le=2**53)]
    currencyCode: Currency
    type: Literal["centPrecision"] | None = None
    fractionDigits: int | None = None

    def wire(self) -> Json:
        """The money in full."""
        return cents(self.centAmount, self.currencyCode)


class PreciseMoneyDraft(Strict):
    """A HighPrecisionMoneyDraft, for the prices of pieces."""

    type: Literal["highPrecision"]
    preciseAmount: Annotated[int, Field(ge=-(2**53), le=2**53)]
    fractionDigits: Annotated[int, Field(le=20)]
    currencyCode: Currency
    centAmount: int | None = None


def precise_money_of(draft: PreciseMoneyDraft) -> Json:
    """The draft's money.

    Raises InvalidInput for no more digits than the currency has, or a `centAmount` that is not next to it.
    """
    finer = draft.fractionDigits - fraction_digits(draft.currencyCode)
    if finer < 1:
        raise invalid_input(
            f"The fraction digits {draft.fractionDigits} must be more than those of '{draft.currencyCode}'."
        )
    money = precise(draft.preciseAmount, draft.currencyCode, finer=finer)
    if draft.centAmount is None:
        return money
    if abs(draft.centAmount * 10**finer - draft.preciseAmount) >= 10**finer:
        raise invalid_input("The centAmount must be the preciseAmount, rounded correctly.")
    return {**money, "centAmount": draft.centAmount}


def money_of(draft: MoneyDraft | PreciseMoneyDraft) -> Json:
    """The draft's money; raises InvalidInput where it claims digits that its currency has not."""
    if isinstance(draft, PreciseMoneyDraft):
        return precise_money_of(draft)
    if draft.fractionDigits not in (None, fraction_digits(draft.currencyCode)):
        raise invalid_input(
            f"The fraction digits {draft.fractionDigits} do not fit the currency '{draft.currencyCode}'."
        )
    return draft.wire()


class IdentifierDraft(Strict):
    """A ResourceIdentifier; `sandbox.commercetools.references` finds what it names."""

    typeId: str | None = None
    id: str | None = None
    key: str | None = None


class CustomFieldsDraft(Strict):
    """Type and values of custom fields."""

    type: IdentifierDraft
    fields: dict[str, Any] | None = None


class AddressDraft(Strict):
    """An address: https://docs.commercetools.com/api/types#baseaddress"""

    country: Country
    id: str | None = None
    key: str | None = None
    title: str | None = None
    salutation: str | None = None
    firstName: str | None = None
    lastName: str | None = None
    streetName: str | None = None
    streetNumber: str | None = None
    additionalStreetInfo: str | None = None
    postalCode: str | None = None
    city: str | None = None
    region: str | None = None
    state: str | None = None
    company: str | None = None
    department: str | None = None
    building: str | None = None
    apartment: str | None = None
    pOBox: str | None = None
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None
    fax: str | None = None
    additionalAddressInfo: str | None = None
    externalId: str | None = None


class UpdateBody(Strict):
    """Version and actions of an update."""

    version: int
    actions: list[dict[str, Any]]


def read_json(raw: bytes) -> object:
    """The request's JSON; raises InvalidJsonInput."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as fault:
        raise invalid_json(f"Malformed JSON: {fault}") from fault
