"""Who works here, in which team, with which roles, and how did they get their account?"""

from collections.abc import Iterator
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.roles import MACHINE_ROLES, Role

PERSON_ROLES = [(role.value, role.label) for role in Role if role not in MACHINE_ROLES]


class Team(models.Model):
    """A team of the force."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class StaffMember(AbstractBaseUser):
    """A person who signs in: staff of the force, or of a partner agency."""

    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    roles = ArrayField(models.CharField(max_length=40, choices=PERSON_ROLES), default=list)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    partner = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = BaseUserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="people_partner_role_and_agency_go_together",
                condition=models.Q(roles__contains=["partner"], partner__gt="")
                | ~models.Q(roles__contains=["partner"]),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Return what a session is bound to: a change of password, roles, team or agency ends every session at the next request."""
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Return the same under each earlier secret key."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes | None) -> str:
        bound = "|".join([self.password, *sorted(self.roles), str(self.team_id or ""), self.partner])
        return salted_hmac("standfast.session", bound, secret=secret, algorithm="sha256").hexdigest()

    def as_actor(self) -> Actor:
        """Return this person as the one who acts."""
        return Actor(
            ref=f"staff:{self.username}",
            name=self.name,
            roles=frozenset(self.roles),
            team=self.team.code if self.team else "",
            partner=self.partner,
        )


class Invitation(models.Model):
    """A one-time code with which a person sets a password. Only its hash is kept; a new one voids those before it."""

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="people_invitation_one_open_for_each_person", fields=["member"], condition=models.Q(used_at=None)
            ),
            models.CheckConstraint(
                name="people_invitation_ends_after_it_was_made", condition=models.Q(ends_at__gt=models.F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"invitation of {self.member_id}"


class Installation(models.Model):
    """What this database is. One row, written when it is first filled; one-click sign-in works only on a demonstration."""

    id = models.BigAutoField(primary_key=True)
    demo = models.BooleanField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="people_installation_is_one_row", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return "demonstration" if self.demo else "in earnest"
