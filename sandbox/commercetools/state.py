"""The project's documents, in memory: versions, uniqueness and who holds which payment.

Stored documents are never changed in place: `replace` swaps them. Callers hold `Project.lock` while they
read, decide and write, which makes every request of the API atomic.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import RLock

from sandbox.clock import Clock
from sandbox.commercetools.conditions import Conditions
from sandbox.commercetools.errors import concurrent_modification, duplicate_field
from sandbox.commercetools.settings import ProjectSettings
from sandbox.commercetools.uniqueness import UniqueKey, unique_keys
from sandbox.commercetools.wire import Json, instant, new_id


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the API client, the scopes of its token, and whom it says to act for."""

    client_id: str
    scopes: frozenset[str] = frozenset()
    external_user: str | None = None

    def logged(self) -> Json:
        """As it appears in `createdBy` and `lastModifiedBy`."""
        logged: Json = {"clientId": self.client_id, "isPlatformClient": False}
        if self.external_user is not None:
            logged["externalUserId"] = self.external_user
        if self.buyer is not None:
            logged |= self.buyer.logged()
        return logged

    @property
    def buyer(self) -> "Buyer | None":
        """The buyer whose own token it is."""
        for scope in self.scopes:
            kind, _, value = scope.partition(":")
            if kind in _BUYERS:
                return Buyer(field=_BUYERS[kind], value=value)
        return None


_BUYERS = {"customer_id": "customerId", "anonymous_id": "anonymousId"}


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer, or a guest by the id of an anonymous session: a member of a cart, and its value."""

    field: str
    value: str

    def logged(self) -> Json:
        """As it appears in `createdBy` and `lastModifiedBy`."""
        if self.field == "customerId":
            return {"customer": {"typeId": "customer", "id": self.value}}
        return {self.field: self.value}

    def owns(self, document: Json) -> bool:
        """Whether a cart or order is the buyer's."""
        return bool(document.get(self.field) == self.value)


def _nobody_listens(_notification: Json) -> None:
    return


@dataclass(slots=True)
class Project:
    """All resources of one commercetools project, by kind (`cart`, `payment` …) and id.

    `listener` is told every message, with the lock held, after the change that it is about.
    """

    settings: ProjectSettings
    clock: Clock
    lock: RLock = field(default_factory=RLock)
    listener: Callable[[Json], None] = _nobody_listens
    documents: dict[str, dict[str, Json]] = field(default_factory=dict)
    sessions: dict[str, Json] = field(default_factory=dict)
    conditions: Conditions = field(default_factory=Conditions)
    _taken: dict[UniqueKey, str] = field(default_factory=dict)
    _holders: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def now(self) -> str:
        """The present moment, on the wire."""
        return instant(self.clock())

    def clear(self) -> None:
        """Forget every document."""
        for index in (self.documents, self.sessions, self._taken, self._holders):
            index.clear()
        self.conditions = Conditions()

    def get(self, kind: str, resource_id: str) -> Json | None:
        """The document of that id."""
        return self.documents.get(kind, {}).get(resource_id)

    def get_by(self, kind: str, *, field: str, value: str) -> Json | None:
        """The document with that unique value (`key`, `orderNumber`)."""
        resource_id = self._taken.get(UniqueKey(kind=kind, field=field, value=value))
        return self.get(kind, resource_id) if resource_id else None

    def all(self, kind: str) -> Iterator[Json]:
        """Every document of a kind, oldest first."""
        yield from self.documents.get(kind, {}).values()

    def holders(self, payment_id: str) -> Iterator[tuple[str, Json]]:
        """Kind and document of every cart and order that names the payment."""
        for kind, resource_id in self._holders.get(payment_id, ()):
            document = self.get(kind, resource_id)
            if document is not None:
                yield kind, document

    def insert(self, kind: str, content: Json, *, caller: Caller, resource_id: str | None = None) -> Json:
        """Store a new document at version 1.

        Raises DuplicateField where a unique value is taken; nothing is stored then.
        """
        now = self.now()
        document = {
            "id": resource_id or new_id(),
            "version": 1,
            "createdAt": now,
            "lastModifiedAt": now,
            "createdBy": caller.logged(),
            "lastModifiedBy": caller.logged(),
            **content,
        }
        self._put(kind, document)
        return document

    def replace(self, kind: str, document: Json, *, caller: Caller, changes: int = 1) -> Json:
        """Store a changed document; its version rises by the number of changes. DuplicateField as above."""
        changed = {
            **document,
            "version": document["version"] + changes,
            "lastModifiedAt": self.now(),
            "lastModifiedBy": caller.logged(),
        }
        self._put(kind, changed)
        return changed

    def delete(self, kind: str, document: Json) -> None:
        """Remove the document and free its unique values."""
        del self.documents[kind][document["id"]]
        self._unindex(kind, document)

    def _put(self, kind: str, document: Json) -> None:
        self._require_free(kind, document)
        shelf = self.documents.setdefault(kind, {})
        before = shelf.get(document["id"])
        if before is not None:
            self._unindex(kind, before)
        shelf[document["id"]] = document
        for key in self._unique(kind, document):
            self._taken[key] = document["id"]
        for payment_id in held_payments(document):
            self._holders.setdefault(payment_id, set()).add((kind, document["id"]))

    def _require_free(self, kind: str, document: Json) -> None:
        own: set[UniqueKey] = set()
        for key in self._unique(kind, document):
            holder = self._taken.get(key, document["id"])
            if holder != document["id"] or key in own:
                raise duplicate_field(key.field, key.value, type_id=kind, conflicting=holder)
            own.add(key)

    def _unique(self, kind: str, document: Json) -> Iterator[UniqueKey]:
        every = self.conditions.differences.unique_transaction_ids
        keys = unique_keys(kind, document)
        return keys if every else (each for each in keys if each.field != "transactions.interfaceId")

    def _unindex(self, kind: str, document: Json) -> None:
        for key in self._unique(kind, document):
            self._taken.pop(key, None)
        for payment_id in held_payments(document):
            self._holders.get(payment_id, set()).discard((kind, document["id"]))


def held_payments(document: Json) -> list[str]:
    """The payments that a cart or order names."""
    return [reference["id"] for reference in document.get("paymentInfo", {}).get("payments", [])]


def require_version(document: Json, expected: int) -> None:
    """Raise ConcurrentModification unless the caller decided on the present version."""
    if document["version"] != expected:
        raise concurrent_modification(document["id"], expected=expected, actual=document["version"])


@dataclass(frozen=True, slots=True)
class Request:
    """What an endpoint or update action works with, and what is to be told of it (`messages.say`)."""

    project: Project
    caller: Caller
    said: list[Json] = field(default_factory=list)
