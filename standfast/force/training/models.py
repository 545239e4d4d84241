"""Which skill does a person hold, since when, and when does it lapse?"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from standfast.force.training.rules.skill import Skill


class SkillHeld(models.Model):
    """One skill of one person; renewed, it is another row. `lapses_on` is the first day without it, none if it does not lapse."""

    id = models.BigAutoField(primary_key=True)
    person_ref = models.CharField(max_length=120)
    skill = models.CharField(max_length=40, choices=Skill.pairs())
    held_from = models.DateField()
    lapses_on = models.DateField(null=True)
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lapses_on=None) | Q(held_from__lt=F("lapses_on")),
                name="training_a_skill_lapses_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["person_ref", "skill", "held_from"], name="training_a_skill_of_a_person_begins_once_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} of {self.person_ref}"
