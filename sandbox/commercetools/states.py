"""Workflow states: https://docs.commercetools.com/api/projects/states"""

from sandbox.commercetools.errors import invalid_operation
from sandbox.commercetools.references import resolve
from sandbox.commercetools.schema import IdentifierDraft
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json


def move(project: Project, holder: Json, wanted: IdentifierDraft, *, kind: str, force: bool) -> None:
    """Move the holder's `state`.

    Raises InvalidOperation for a state of another type, or a transition that the present state forbids.
    """
    state = resolve(project, wanted, kind="state")
    if state["type"] != kind:
        raise invalid_operation(f"The state '{state['key']}' is of type '{state['type']}', not '{kind}'.")
    if not force and not _allowed(project, holder, state):
        raise invalid_operation(f"The transition to the state '{state['key']}' is not allowed.")
    holder["state"] = {"typeId": "state", "id": state["id"]}


def _allowed(project: Project, holder: Json, state: Json) -> bool:
    if "state" not in holder:
        return bool(state["initial"])
    current = project.get("state", holder["state"]["id"]) or {}
    transitions = current.get("transitions")
    return transitions is None or state["id"] in {reference["id"] for reference in transitions}
