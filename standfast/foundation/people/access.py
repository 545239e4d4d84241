"""
May this actor do this, and reach this record?

Three questions in one place: the role gives the permission, the reach of the record's capability gives the record, and the state is
the lifecycle's. A record out of reach looks like one that does not exist.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotAllowed, NotFound
from standfast.foundation.people.permissions import Permission
from standfast.foundation.people.roles import Role, permissions_of

WORKER = Actor(ref="worker", name="Standfast worker", roles=frozenset({Role.WORKER.value}))

Reach = Callable[[Actor], Q | None]
ModelT = TypeVar("ModelT", bound=Model)
_REACH: dict[type[Model], Reach] = {}
EVERYTHING = Q()


def intake_source(code: str) -> Actor:
    """Return the machine actor of a registered intake source."""
    return Actor(ref=f"source:{code}", name=code, roles=frozenset({Role.INTAKE_SOURCE.value}))


def operator(login: str) -> Actor:
    """Return the person at the server's own command line, who may do what an administrator may; `login` is their system account."""
    return Actor(ref=f"operator:{login}", name=f"{login} at the server", roles=frozenset({Role.ADMINISTRATOR.value}))


def reach_of(model: type[Model]) -> Callable[[Reach], Reach]:
    """Register the reach of a kind of record: a function from an actor to a filter, `Q()` for all, None for none."""

    def register(reach: Reach) -> Reach:
        _REACH[model] = reach
        return reach

    return register


def may(by: Actor, permission: Permission) -> bool:
    """Say whether the actor's roles give the permission."""
    return permission in permissions_of(by.roles)


def require(by: Actor, permission: Permission, record: Model | None = None) -> None:
    """
    Let the actor pass, or refuse.

    :raises NotAllowed: if no role of theirs gives the permission
    :raises NotFound: if the record is out of their reach
    """
    if not may(by, permission):
        raise NotAllowed(f"{by.name} may not do this: it needs the permission “{permission.label}”.")
    if record is not None and not is_reachable(by, record):
        raise NotFound("There is no such record.")


def is_reachable(by: Actor, record: Model) -> bool:
    """Say whether the actor may reach the record. A kind of record without a reach is reached by nobody."""
    allowed = _filter(by, type(record))
    if allowed is None:
        return False
    if allowed == EVERYTHING:
        return True
    return type(record)._default_manager.filter(allowed, pk=record.pk).exists()


def reachable(by: Actor, records: QuerySet[ModelT]) -> QuerySet[ModelT]:
    """Return those of the records the actor may reach."""
    allowed = _filter(by, records.model)
    return records.none() if allowed is None else records.filter(allowed)


def kinds_with_reach() -> frozenset[type[Model]]:
    """Return the kinds of record that have a reach."""
    return frozenset(_REACH)


def _filter(by: Actor, model: type[Model]) -> Q | None:
    reach = _REACH.get(model)
    return reach(by) if reach else None
