"""Who holds which skills on a day?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q

from standfast.force.training import access  # noqa: F401 - registers the reach
from standfast.force.training.models import SkillHeld
from standfast.force.training.rules.skill import Skill


def skills_of(
    *, people: Iterable[str], on: date, among: frozenset[Skill] = frozenset(Skill)
) -> Mapping[str, frozenset[Skill]]:
    """
    Return which skills, among the given, each of these people holds on a London day, by reference; a lapsed one is not there.

    `people` may be a question to the database that is not asked yet: it is then a part of this one. Who holds none need not be there to be
    looked up.
    """
    found: defaultdict[str, frozenset[Skill]] = defaultdict(frozenset)
    if not among:
        return found
    held = SkillHeld.objects.filter(skill__in=among)
    rows = held.filter(Q(lapses_on=None) | Q(lapses_on__gt=on), person_ref__in=people, held_from__lte=on)
    for person, skill in rows.values_list("person_ref", "skill"):
        found[person] |= {Skill(skill)}
    return found
