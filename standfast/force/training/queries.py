"""Who holds which skills on a day?"""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from standfast.force.training import access  # noqa: F401 - registers the reach
from standfast.force.training.models import SkillHeld
from standfast.force.training.rules.skill import Skill


def skills_of(
    *, people: Iterable[str], on: date, among: frozenset[Skill] = frozenset(Skill)
) -> dict[str, frozenset[Skill]]:
    """Return which skills, among the given, each of these people holds on a London day, by reference; a lapsed one is not there."""
    wanted = set(people)
    if not among:
        return dict.fromkeys(wanted, frozenset())
    held = SkillHeld.objects.filter(skill__in=among)
    rows = held.filter(Q(lapses_on=None) | Q(lapses_on__gt=on), person_ref__in=wanted, held_from__lte=on)
    found: dict[str, set[Skill]] = {person: set() for person in wanted}
    for person, skill in rows.values_list("person_ref", "skill"):
        found[person].add(Skill(skill))
    return {person: frozenset(skills) for person, skills in found.items()}
