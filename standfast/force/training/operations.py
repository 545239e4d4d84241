"""How is it recorded that somebody holds a skill?"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from standfast.force.training import access  # noqa: F401 - registers the reach
from standfast.force.training.events import SkillRecorded
from standfast.force.training.models import SkillHeld
from standfast.force.training.rules.skill import Skill
from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission


class LapsesTooSoon(Refusal):
    """A skill that would lapse before it begins."""


@dataclass(frozen=True, kw_only=True)
class NewSkill:
    """A skill of a person; `lapses_on` is the first day without it."""

    person_ref: str
    skill: Skill
    held_from: date
    lapses_on: date | None = None


@transaction.atomic
def record_skill(*, new: NewSkill, by: Actor, now: datetime) -> SkillHeld:
    """
    Record that a person holds a skill; recorded again from the same day, its lapse is set anew.

    :raises LapsesTooSoon: if it would lapse before it begins
    """
    require(by, Permission.SKILL_RECORD)
    if new.lapses_on is not None and new.lapses_on <= new.held_from:
        raise LapsesTooSoon(f"{new.skill.label} lapses on {new.lapses_on}, but begins on {new.held_from}.")
    held, _ = SkillHeld.objects.update_or_create(
        person_ref=new.person_ref,
        skill=new.skill,
        held_from=new.held_from,
        defaults={"lapses_on": new.lapses_on, "recorded_by": by.ref, "recorded_at": now},
    )
    recorded = SkillRecorded(
        about=new.person_ref,
        skill=new.skill,
        held_from=new.held_from.isoformat(),
        lapses_on=new.lapses_on.isoformat() if new.lapses_on else "never",
    )
    record(recorded, by=by, at=now)
    return held
