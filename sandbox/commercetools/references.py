"""From a ResourceIdentifier in a request to the resource it names."""

from sandbox.commercetools.errors import invalid_json, reference_not_found
from sandbox.commercetools.schema import CustomFieldsDraft, IdentifierDraft
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json, is_uuid


def resolve(project: Project, identifier: IdentifierDraft, *, kind: str) -> Json:
    """The document that id or key names.

    Raises InvalidJsonInput for an identifier of another type, with both or neither of id and key, or a
    malformed id; ReferencedResourceNotFound where nothing is there.
    """
    if identifier.typeId not in (None, kind):
        raise invalid_json(f"{kind} -> typeId: expected '{kind}' but got '{identifier.typeId}'")
    if (identifier.id is None) == (identifier.key is None):
        raise invalid_json(f"{kind}: exactly one of 'id' and 'key' is required")
    if identifier.id is not None:
        return _by_id(project, identifier.id, kind=kind)
    key = str(identifier.key)
    document = project.get_by(kind, field="key", value=key)
    if document is None:
        raise reference_not_found(kind, key=key)
    return document


def _by_id(project: Project, resource_id: str, *, kind: str) -> Json:
    if not is_uuid(resource_id):
        raise invalid_json(f"{kind} -> id: Invalid UUID: '{resource_id}'")
    document = project.get(kind, resource_id)
    if document is None:
        raise reference_not_found(kind, id=resource_id)
    return document


def reference(project: Project, identifier: IdentifierDraft, *, kind: str) -> Json:
    """A Reference to what the identifier names; raises as `resolve`."""
    return {"typeId": kind, "id": resolve(project, identifier, kind=kind)["id"]}


def custom_fields(project: Project, draft: CustomFieldsDraft) -> Json:
    """Custom fields as they are stored; raises InvalidJsonInput for a name that the type does not define."""
    definition = resolve(project, draft.type, kind="type")
    fields = draft.fields or {}
    for name in fields:
        require_defined(definition, name)
    return {"type": {"typeId": "type", "id": definition["id"]}, "fields": fields}


def require_defined(definition: Json, name: str) -> None:
    """Raise InvalidJsonInput unless the type defines a field of that name."""
    if name not in {field["name"] for field in definition["fieldDefinitions"]}:
        raise invalid_json(
            f"custom -> fields: The field '{name}' is not defined on type '{definition['key']}'."
        )
