"""The error bodies of the HTTP API: https://docs.commercetools.com/api/errors

`ApiError` carries one error object and answers with `{"statusCode", "message", "errors": [...]}`;
authentication errors add `error` and `error_description`. Each function below makes one documented error.
"""

import json
from typing import Any

from sandbox.commercetools.wire import Json


class ApiError(Exception):
    """Refuses the request with a documented error body; nothing of the request has been done."""

    def __init__(self, status: int, *, code: str, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error: Json = {"code": code, "message": message, **fields}

    def body(self) -> Json:
        """The answer's JSON body."""
        return {"statusCode": self.status, "message": self.error["message"], "errors": [self.error]}


class AuthError(ApiError):
    """An authentication or authorisation error, in both vocabularies (commercetools and OAuth 2.0)."""

    def body(self) -> Json:
        """The answer's JSON body, with the OAuth 2.0 members."""
        oauth = {"error": self.error["code"], "error_description": self.error["message"]}
        return {**super().body(), **oauth}


def invalid_json(detail: str) -> ApiError:
    """InvalidJsonInput: not JSON, or not of the expected shape."""
    message = "Request body does not contain valid JSON."
    return ApiError(400, code="InvalidJsonInput", message=message, detailedErrorMessage=detail)


def invalid_input(message: str) -> ApiError:
    """InvalidInput: a value breaks a documented constraint."""
    return ApiError(400, code="InvalidInput", message=message)


def invalid_operation(message: str) -> ApiError:
    """InvalidOperation: the resource's state forbids it."""
    return ApiError(400, code="InvalidOperation", message=message)


def duplicate_field(field: str, value: str, *, type_id: str, conflicting: str | None) -> ApiError:
    """DuplicateField: the value is taken by another resource, which `conflictingResource` names."""
    fields: Json = {"field": field, "duplicateValue": value}
    if conflicting is not None:
        fields["conflictingResource"] = {"typeId": type_id, "id": conflicting}
    message = f"A duplicate value '{json.dumps(value)}' exists for field '{field}'."
    return ApiError(400, code="DuplicateField", message=message, **fields)


def not_found(identifier: str, *, by: str = "ID") -> ApiError:
    """ResourceNotFound."""
    return ApiError(
        404, code="ResourceNotFound", message=f"The Resource with {by} '{identifier}' was not found."
    )


def uri_not_found(path: str) -> ApiError:
    """The path names no endpoint."""
    return ApiError(404, code="ResourceNotFound", message=f"URI not found: {path}")


def reference_not_found(type_id: str, **identifier: str) -> ApiError:
    """ReferencedResourceNotFound: an id or key in the body leads nowhere."""
    value = next(iter(identifier.values()))
    message = (
        f"The referenced object of type '{type_id}' with identifier '{value}' was not found. It either "
        "doesn't exist, or it can't be accessed from this endpoint (e.g., if the endpoint filters by store "
        "or customer account)."
    )
    return ApiError(400, code="ReferencedResourceNotFound", message=message, typeId=type_id, **identifier)


def concurrent_modification(resource_id: str, *, expected: int, actual: int) -> ApiError:
    """ConcurrentModification: the caller decided on another version than the present one."""
    versions = f"Expected: {expected} - Actual: {actual}."
    message = f"Object {resource_id} has a different version than expected. {versions}"
    return ApiError(409, code="ConcurrentModification", message=message, currentVersion=actual)


def invalid_token() -> AuthError:
    """No bearer token, or one that is unknown, expired or revoked."""
    return AuthError(401, code="invalid_token", message="invalid_token")


def invalid_client() -> AuthError:
    """Client id and secret are missing or wrong."""
    message = "Please provide valid client credentials using HTTP Basic Authentication."
    return AuthError(401, code="invalid_client", message=message)


def insufficient_scope(*scopes: str) -> AuthError:
    """The token lacks every one of the scopes that would do."""
    missing = ", ".join(scopes)
    message = f"Insufficient scope. One of the following scopes is missing: {missing}."
    return AuthError(403, code="insufficient_scope", message=message)
