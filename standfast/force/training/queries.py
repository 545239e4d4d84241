"""Who holds which skills on a day?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from standfast.force.training import access  # noqa: F401 - registers the reach
from standfast.force.training.rules.skill import Skill
from standfast.foundation.kernel.rows import values_of

# Hundreds of people at once, each time a unit is sent: a list of them takes the driver ten times as long as one text.
_HELD = r"""
SELECT person_ref, skill FROM training_skillheld
WHERE skill = ANY(%s) AND person_ref = ANY(string_to_array(%s, E'\n')) AND held_from <= %s AND (lapses_on IS NULL OR lapses_on > %s)
"""


def skills_of(
    *, people: Iterable[str], on: date, among: frozenset[Skill] = frozenset(Skill)
) -> Mapping[str, frozenset[Skill]]:
    """
    Return which skills, among the given, each of these people holds on a London day, by reference; a lapsed one is not there.

    Who holds none need not be there to be looked up.
    """
    found: defaultdict[str, frozenset[Skill]] = defaultdict(frozenset)
    names = "\n".join(people)
    if not among or not names:
        return found
    for person, skill in values_of(_HELD, [[skill.value for skill in among], names, on, on]):
        found[person] |= {Skill(skill)}
    return found
