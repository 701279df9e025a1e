"""Update actions: a table by name, and the one way in which every resource is updated."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from sandbox.commercetools.errors import invalid_json
from sandbox.commercetools.schema import Strict, UpdateBody, parse
from sandbox.commercetools.state import Request, require_version
from sandbox.commercetools.wire import Json, copied

Action = TypeVar("Action", bound=Strict)
Handler = Callable[[Request, Json, Action], None]
Step = Callable[[Request, Json], None]
Around = Callable[[Request, Json, list[str]], None]
"""What happens before or after all actions; it learns their names."""


class ActionTable:
    """The update actions of one kind of resource."""

    def __init__(self) -> None:
        self._handlers: dict[str, tuple[type[Strict], Callable[[Request, Json, Any], None]]] = {}

    def names(self) -> frozenset[str]:
        """Every action that is understood."""
        return frozenset(self._handlers)

    def only(self, *names: str) -> "ActionTable":
        """A table of just these actions, for whoever may not do all of them."""
        part = ActionTable()
        part._handlers = {name: self._handlers[name] for name in names}
        return part

    def handles(self, name: str, model: type[Action]) -> Callable[[Handler[Action]], Handler[Action]]:
        """Register the decorated function for the action `name` with members as in `model`."""

        def register(handler: Handler[Action]) -> Handler[Action]:
            self._handlers[name] = (model, handler)
            return handler

        return register

    def read(self, action: Json) -> Step:
        """The action, checked and ready to run; raises InvalidJsonInput for unknown names and members."""
        name = action.get("action")
        if not isinstance(name, str) or name not in self._handlers:
            raise invalid_json(f"actions: Invalid type value '{name}' in '{json.dumps(action)[:200]}'")
        model, handler = self._handlers[name]
        members = parse(model, {key: value for key, value in action.items() if key != "action"}, at="actions")
        return lambda request, draft: handler(request, draft, members)


def update(
    request: Request,
    kind: str,
    document: Json,
    *,
    body: object,
    table: ActionTable,
    guard: Around | None = None,
    finish: Around | None = None,
) -> Json:
    """Run all actions of the body, or none, and store the result.

    `guard` may forbid actions by the state of the document; `finish` derives what follows from them.
    An update that changes nothing stores nothing and keeps the version. Raises InvalidJsonInput before it
    compares versions, then ConcurrentModification, then what the actions raise.
    """
    wanted = parse(UpdateBody, body)
    steps = [table.read(action) for action in wanted.actions]
    require_version(document, wanted.version)
    names = [str(action["action"]) for action in wanted.actions]
    if guard is not None:
        guard(request, document, names)
    draft = copied(document)
    for step in steps:
        step(request, draft)
    if finish is not None:
        finish(request, draft, names)
    if draft == document:
        return document
    return request.project.replace(kind, draft, caller=request.caller, changes=len(steps))
