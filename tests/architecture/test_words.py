"""The records keep their words: every event has a sentence it can be told by, every permission a holder, every obligation a limit."""

import string
from dataclasses import fields
from datetime import date

import pytest

from standfast.foundation.eventlog.happening import KINDS, Happening, Retention
from standfast.foundation.obligations.rules.obligation_limit import TABLE, ObligationKind
from standfast.foundation.people.permissions import Permission
from standfast.foundation.people.roles import PERMISSIONS_OF, Role

EVENTS = sorted((kind for kind in KINDS.items() if kind[0]), key=lambda each: each[0])


@pytest.mark.parametrize(("kind", "event"), EVENTS, ids=[kind for kind, _ in EVENTS])
def test_every_event_has_a_kind_a_sentence_and_a_retention_answer(kind: str, event: type[Happening]) -> None:
    assert kind.count(".") == 2
    assert isinstance(event.retention, Retention)
    told = {name for _, name, _, _ in string.Formatter().parse(event.sentence) if name}
    stored = {field.name for field in fields(event)} - event.personal
    assert event.sentence
    assert told <= stored, f"{told - stored} is told but not stored"


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_is_granted_to_someone(permission: Permission) -> None:
    assert any(permission in granted for granted in PERMISSIONS_OF.values())


@pytest.mark.parametrize("role", Role)
def test_every_role_is_in_the_list(role: Role) -> None:
    assert role in PERMISSIONS_OF


@pytest.mark.parametrize("kind", ObligationKind)
def test_every_kind_of_duty_has_a_limit(kind: ObligationKind) -> None:
    assert any(row.kind == kind for row in TABLE.on(date(2026, 11, 23)).rows)
