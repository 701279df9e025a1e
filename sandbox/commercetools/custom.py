"""Setting custom fields, the same on every resource and part of one."""

from typing import Any

from sandbox.commercetools.errors import invalid_operation
from sandbox.commercetools.references import custom_fields, require_defined
from sandbox.commercetools.schema import CustomFieldsDraft, IdentifierDraft, Strict
from sandbox.commercetools.state import Project, Request
from sandbox.commercetools.updates import ActionTable
from sandbox.commercetools.wire import Json


class SetCustomType(Strict):
    """`type` absent removes all custom fields."""

    type: IdentifierDraft | None = None
    fields: dict[str, Any] | None = None


class SetCustomField(Strict):
    """`value` absent or null removes the field."""

    name: str
    value: Any = None


def set_type(project: Project, holder: Json, action: SetCustomType) -> None:
    """Give the holder custom fields of a type, or take them away."""
    if action.type is None:
        holder.pop("custom", None)
        return
    holder["custom"] = custom_fields(project, CustomFieldsDraft(type=action.type, fields=action.fields))


def set_field(project: Project, holder: Json, action: SetCustomField) -> None:
    """Set or remove one field.

    Raises InvalidOperation without a type, or where the field to remove is not there.
    """
    custom = holder.get("custom")
    if custom is None:
        raise invalid_operation("Custom fields cannot be set: the resource has no custom type.")
    definition = project.get("type", custom["type"]["id"])
    require_defined(definition or {"key": "", "fieldDefinitions": []}, action.name)
    if action.value is not None:
        custom["fields"][action.name] = action.value
    elif custom["fields"].pop(action.name, None) is None:
        raise invalid_operation(f"The custom field '{action.name}' does not exist.")


def register(table: ActionTable) -> None:
    """Add `setCustomType` and `setCustomField` of the resource itself."""

    @table.handles("setCustomType", SetCustomType)
    def _type(request: Request, draft: Json, action: SetCustomType) -> None:
        set_type(request.project, draft, action)

    @table.handles("setCustomField", SetCustomField)
    def _field(request: Request, draft: Json, action: SetCustomField) -> None:
        set_field(request.project, draft, action)
