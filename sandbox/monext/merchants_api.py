"""Monext's Merchant API, as far as a configuration check needs it: points of sale and their contracts."""

from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.monext.api import authenticate, current_merchant
from sandbox.monext.platform import platform
from sandbox.monext.results import ApiError, Result, result
from sandbox.monext.settings import Contract, Merchant, PointOfSale

merchants_api = Blueprint("merchants_api", __name__, url_prefix="/v1/merchants")
merchants_api.before_request(authenticate)

_UNKNOWN = Result("ERROR", "02303", "Unknown merchant, point of sale or payment method")
_FORBIDDEN = Result("ERROR", "02101", "Forbidden")
_NO_API = Result("ERROR", "02101", "Not Found")


@merchants_api.before_request
def be_there() -> None:
    """Not every key is allowed this API. By switch it is forbidden, or not there at all."""
    served = platform().switches.merchant_api
    if served != "served":
        raise ApiError(403, _FORBIDDEN) if served == "forbidden" else ApiError(404, _NO_API)


@merchants_api.get("/<merchant_id>/pointsofsale")
def points_of_sale(merchant_id: str) -> Response:
    merchant = _own(merchant_id)
    listed = [_point_of_sale_json(each) for each in merchant.points_of_sale]
    return _answer(pointsOfSale=listed, recordTotal=len(listed))


@merchants_api.get("/<merchant_id>/pointsofsale/<reference>")
def point_of_sale(merchant_id: str, reference: str) -> Response:
    return _answer(pointOfSale=_point_of_sale_json(_find(merchant_id, reference=reference)))


@merchants_api.get("/<merchant_id>/pointsofsale/<reference>/paymentMethods")
def payment_methods(merchant_id: str, reference: str) -> Response:
    contracts = _find(merchant_id, reference=reference).contracts
    return _answer(paymentMethods=[_contract_json(contract) for contract in contracts])


@merchants_api.get("/<merchant_id>/pointsofsale/<reference>/paymentMethods/<contract_id>")
def payment_method(merchant_id: str, reference: str, contract_id: str) -> Response:
    for contract in _find(merchant_id, reference=reference).contracts:
        if contract.id == contract_id:
            return _answer(paymentMethod=_contract_json(contract))
    raise ApiError(404, _UNKNOWN)


def _own(merchant_id: str) -> Merchant:
    if merchant_id != current_merchant().id:
        raise ApiError(404, _UNKNOWN)
    return current_merchant()


def _find(merchant_id: str, *, reference: str) -> PointOfSale:
    for each in _own(merchant_id).points_of_sale:
        if each.reference == reference:
            return each
    raise ApiError(404, _UNKNOWN)


def _answer(**members: Any) -> Response:
    return jsonify({"result": result("00000").as_json(), **members})


def _point_of_sale_json(each: PointOfSale) -> dict[str, Any]:
    return {"reference": each.reference, "name": each.name}


def _contract_json(contract: Contract) -> dict[str, Any]:
    return {
        "id": contract.id,
        "paymentInstrumentType": {"code": contract.code},
        "name": contract.name,
        "description": contract.name,
    }
