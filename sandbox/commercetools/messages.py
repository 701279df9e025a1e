"""Messages about resources, as subscriptions get them in the Platform format.

https://docs.commercetools.com/api/projects/messages and
https://docs.commercetools.com/api/projects/subscriptions#platformformat
"""

from typing import Any

from sandbox.commercetools.state import Project, Request
from sandbox.commercetools.wire import Json, new_id, without_nulls

_IDENTIFIERS = ("key", "orderNumber", "customerNumber", "externalId")


def say(request: Request, message_type: str, **members: Any) -> None:
    """Note that something is to be told once the request's change is stored; null members are left out."""
    request.said.append({"type": message_type, **without_nulls(members)})


def number_messages(request: Request, draft: Json, _names: list[str]) -> None:
    """Count what is said into the resource, in the same change that it is about."""
    if request.said:
        draft["lastMessageSequenceNumber"] += len(request.said)


def publish(request: Request, kind: str, document: Json) -> None:
    """Tell the listener all that was said, in its order, about the stored `document`."""
    first = document["lastMessageSequenceNumber"] - len(request.said) + 1
    for sequence_number, said in enumerate(request.said, start=first):
        request.project.listener(_message(request.project, kind, document, said, sequence_number))
    request.said.clear()


def first_notification(project: Project, subscription: Json) -> Json:
    """What commercetools sends to a new subscription's destination, to see whether it can."""
    return {
        "notificationType": "ResourceCreated",
        **_about(project, "subscription", subscription),
        "version": subscription["version"],
        "modifiedAt": subscription["createdAt"],
    }


def _message(project: Project, kind: str, document: Json, said: Json, sequence_number: int) -> Json:
    now = project.now()
    return {
        "notificationType": "Message",
        **_about(project, kind, document),
        "id": new_id(),
        "version": 1,
        "sequenceNumber": sequence_number,
        "resourceVersion": document["version"],
        "createdAt": now,
        "lastModifiedAt": now,
        **said,
    }


def _about(project: Project, kind: str, document: Json) -> Json:
    return {
        "projectKey": project.settings.project_key,
        "resource": {"typeId": kind, "id": document["id"]},
        "resourceUserProvidedIdentifiers": {
            name: document[name] for name in _IDENTIFIERS if name in document
        },
    }
