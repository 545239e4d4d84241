"""What can happen to a skill?"""

from dataclasses import dataclass

from standfast.foundation.eventlog.happening import Happening, Retention


@dataclass(frozen=True, kw_only=True)
class SkillRecorded(Happening):
    """A person was recorded as holding a skill."""

    kind = "training.skill.recorded"
    sentence = "Skill {skill} recorded from {held_from}, lapsing {lapses_on}"
    retention = Retention.SIX_YEARS

    about: str
    skill: str
    held_from: str
    lapses_on: str
