"""Makes a web payment session of a request that keeps the published limits (SessionRequest)."""

from datetime import datetime, timedelta
from typing import Any

from sandbox.monext.platform import Platform
from sandbox.monext.results import ApiError, InvalidParam, result
from sandbox.monext.sessions import Session, new_token
from sandbox.monext.settings import Contract, Merchant, PointOfSale

_LATEST_CAPTURE = timedelta(days=7)


def create_session(platform: Platform, *, merchant: Merchant, body: dict[str, Any]) -> Session:
    """Book a session. Raises ApiError for a point of sale, contract or amount that will not do."""
    request = without_nulls(body)
    point_of_sale = _point_of_sale(merchant, reference=request["pointOfSaleReference"])
    _check_amounts(request)
    _check_addresses(request, longest=platform.switches.longest_url)
    _check_capture_date(request, now=platform.now)
    minutes = platform.switches.session_minutes or point_of_sale.session_minutes
    now = platform.now
    session = Session(
        token=new_token(now),
        merchant_id=merchant.id,
        point_of_sale=point_of_sale,
        contracts=_contracts(point_of_sale, ids=request.get("paymentMethod", {}).get("paymentMethodIDs", [])),
        request=request,
        created=now,
        expires=now + timedelta(minutes=minutes),
        max_attempts=platform.switches.max_attempts,
    )
    platform.sessions[session.token] = session
    return session


def without_nulls(value: Any) -> Any:
    """The same JSON with members that are null left out, at any depth."""
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return [without_nulls(member) for member in value] if isinstance(value, list) else value


def _point_of_sale(merchant: Merchant, *, reference: str) -> PointOfSale:
    found = (each for each in merchant.points_of_sale if each.reference == reference)
    point_of_sale = next(found, None)
    if point_of_sale is None:
        raise ApiError(400, result("02303"), invalid=[InvalidParam("pointOfSaleReference", "unknown")])
    return point_of_sale


def _contracts(point_of_sale: PointOfSale, *, ids: list[str]) -> tuple[Contract, ...]:
    by_id = {contract.id: contract for contract in point_of_sale.contracts}
    unknown = [contract_id for contract_id in ids if contract_id not in by_id]
    if unknown:
        invalid = [InvalidParam("paymentMethod.paymentMethodIDs", "unknown contract", (unknown[0],))]
        raise ApiError(400, result("02303"), invalid=invalid)
    return tuple(by_id[contract_id] for contract_id in dict.fromkeys(ids)) or point_of_sale.contracts


def _check_amounts(request: dict[str, Any]) -> None:
    """Zero is for an account verification, and for nothing else."""
    payment = request.get("payment", {})
    amount = payment.get("amount", request["order"]["amount"])
    if (amount == 0) != (payment.get("paymentType") == "ACCOUNT_VERIFICATION"):
        raise ApiError(400, result("02110"))


def _check_addresses(request: dict[str, Any], *, longest: int) -> None:
    """By switch the limit of the older service holds, which the description does not state."""
    for name in ("returnURL", "notificationURL"):
        if longest and len(request.get(name) or "") > longest:
            fault = InvalidParam(name, f"size must be between 0 and {longest}", (str(longest),))
            raise ApiError(400, result("02305"), invalid=[fault])


def _check_capture_date(request: dict[str, Any], *, now: datetime) -> None:
    wanted = request.get("payment", {}).get("deferredCaptureDate")
    if wanted and datetime.fromisoformat(wanted) >= now + _LATEST_CAPTURE:
        fault = InvalidParam("payment.deferredCaptureDate", "must be earlier than today + 7 days")
        raise ApiError(400, result("02305"), invalid=[fault])
