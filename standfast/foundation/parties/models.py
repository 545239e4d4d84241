"""Which persons, numbers and places does the force know, and what has happened to them? No decisions here."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from standfast.foundation.kernel.choices import Answer, Choice
from standfast.foundation.parties.rules.match_keys import LONGEST_KEY

REFERENCE_LENGTH = 20
# Keys and numbers are looked up by their beginning: only the collation "C" lets an ordinary index serve that on every server.
BYTE_ORDER = "C"


class Sex(Choice):
    """Sex as recorded; not recorded is null."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"


class HistoryKind(Choice):
    """What kind of thing happened."""

    CONTACT = "contact", "Contact"
    REFERRAL = "referral", "Referral"
    INCIDENT = "incident", "Incident"
    CRIME = "crime", "Crime"
    OUTCOME = "outcome", "Outcome"


class MarkerKind(Choice):
    """What a warning marker warns of."""

    VIOLENT = "violent", "Violent"
    WEAPONS = "weapons", "Weapons"
    FIREARMS = "firearms", "Firearms"
    DANGEROUS_DOG = "dangerous_dog", "Dangerous dog"
    SELF_HARM = "self_harm", "Self-harm"
    MENTAL_HEALTH = "mental_health", "Mental health"
    DOMESTIC_ABUSE = "domestic_abuse", "Domestic abuse at the address"
    PROTECTED_ADDRESS = "protected_address", "Address to be kept from somebody"
    SAFE_WORD = "safe_word", "Safe word agreed"
    COMMUNICATION = "communication", "Needs help to communicate"


class Person(models.Model):
    """
    One person on record.

    `merged_into` points at the record kept when two were found to be one person; nothing else moves. `given_key` and `family_key` are
    the names folded to plain letters: PostgreSQL keeps how common each is.
    """

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=REFERENCE_LENGTH, unique=True)
    given_names = models.CharField(max_length=120, blank=True)
    family_name = models.CharField(max_length=120, blank=True)
    known_as = models.CharField(max_length=120, blank=True)
    given_key = models.CharField(max_length=120, blank=True)
    family_key = models.CharField(max_length=120, blank=True)
    born_on = models.DateField(null=True)
    sex = models.CharField(max_length=10, choices=Sex.pairs(), null=True)  # noqa: DJ001 - not recorded is not a sex
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(given_names="", family_name="", known_as=""),
                name="parties_a_person_has_some_name",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                name="parties_nobody_is_merged_into_themselves",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def full_name(self) -> str:
        """The name as it is read out."""
        return f"{self.given_names} {self.family_name}".strip() or self.known_as


class PersonKey(models.Model):
    """One key under which a person is found (rules/match_keys.py says what keys there are)."""

    pk = models.CompositePrimaryKey("key", "person_id")
    key = models.CharField(max_length=LONGEST_KEY, db_collation=BYTE_ORDER)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.key} {self.person_id}"


class Phone(models.Model):
    """A number somebody is reached under. Two persons may share one. Not knowing whether it is safe to call is not yes."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="phones")
    number = models.CharField(max_length=16, db_collation=BYTE_ORDER)
    safe_to_call = models.CharField(max_length=10, choices=Answer.pairs(), default=Answer.NOT_KNOWN)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number", "person"],
                name="parties_a_number_stands_once_for_a_person",
            ),
            models.CheckConstraint(
                condition=Q(number__startswith="+"),
                name="parties_a_number_names_its_country",
            ),
        ]

    def __str__(self) -> str:
        return f"phone {self.pk}"


class Address(models.Model):
    """One dwelling or other place. `key` is the same for every way to write it that the rule knows."""

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=REFERENCE_LENGTH, unique=True)
    lines = models.CharField(max_length=300)
    postcode = models.CharField(max_length=8, blank=True)
    key = models.CharField(max_length=120, unique=True, db_collation=BYTE_ORDER)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    area_code = models.CharField(max_length=40, blank=True)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
                name="parties_a_point_has_both_coordinates",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Residence(models.Model):
    """Somebody lives, or lived, at an address. Those who live there now are its household."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="residences")
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="residences")
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "address"],
                condition=Q(to_on=None),
                name="parties_a_person_lives_once_at_an_address",
            ),
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(to_on=None) | Q(from_on__lte=F("to_on")),
                name="parties_a_residence_begins_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"residence {self.pk}"


class HistoryEntry(models.Model):
    """
    One dated thing that happened to a person, at a place, or from a number: what an earlier stage must know of a later one.

    Codes and references only, no words of anybody's. Written once for each event, however often the event is told.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    address = models.ForeignKey(Address, null=True, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=16, blank=True, db_collation=BYTE_ORDER)
    happened_at = models.DateTimeField()
    on = models.DateField()
    kind = models.CharField(max_length=40, choices=HistoryKind.pairs())
    summary = models.CharField(max_length=80, blank=True)
    last_risk = models.CharField(max_length=20, blank=True)
    contact_ref = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    incident_ref = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    crime_ref = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    source_event = models.CharField(max_length=120)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_event", "person", "address", "number"],
                nulls_distinct=False,
                name="parties_an_event_is_noted_once",
            ),
            models.CheckConstraint(
                condition=~Q(person=None, address=None, number=""),
                name="parties_history_is_about_something",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-happened_at"], name="parties_history_of_person"),
            models.Index(fields=["address", "-happened_at"], name="parties_history_of_address"),
            models.Index(
                fields=["number", "-happened_at"],
                condition=~Q(number=""),
                name="parties_history_of_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Marker(models.Model):
    """A warning about one person or one address, with an owner and a day by which it is reviewed."""

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=REFERENCE_LENGTH, unique=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    address = models.ForeignKey(Address, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30, choices=MarkerKind.pairs())
    text = models.CharField(max_length=300)
    owner = models.CharField(max_length=120)
    review_on = models.DateField()
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=120)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=120, blank=True)
    lifted_because = models.CharField(max_length=200, blank=True)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, address__isnull=False) | Q(person__isnull=False, address=None),
                name="parties_a_marker_is_on_a_person_or_an_address",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by="", lifted_because="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_by="") & ~Q(lifted_because="")),
                name="parties_a_lifted_marker_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Correction(models.Model):
    """What stood of a person before somebody put it right, and why. Only ever added to."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_names = models.CharField(max_length=120, blank=True)
    family_name = models.CharField(max_length=120, blank=True)
    known_as = models.CharField(max_length=120, blank=True)
    born_on = models.DateField(null=True)
    sex = models.CharField(max_length=10, choices=Sex.pairs(), null=True)  # noqa: DJ001 - not recorded is not a sex
    reason = models.CharField(max_length=200)
    corrected_at = models.DateTimeField()
    corrected_by = models.CharField(max_length=120)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="parties_a_correction_says_why")]

    def __str__(self) -> str:
        return f"correction {self.pk}"


class Merge(models.Model):
    """
    Somebody decided that two records are one person.

    A merge moves nothing: it makes one record point at the other. So no address and no marker is carried over, and undoing it leaves
    both records as they were, to the byte.
    """

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=REFERENCE_LENGTH, unique=True)
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=120)
    version_before = models.PositiveIntegerField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)
    undone_because = models.CharField(max_length=200, blank=True)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged"],
                condition=Q(undone_at=None),
                name="parties_a_person_is_merged_once",
            ),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="parties_a_merge_has_two_sides"),
            models.CheckConstraint(condition=~Q(reason=""), name="parties_a_merge_says_why"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by="", undone_because="")
                | (Q(undone_at__isnull=False) & ~Q(undone_by="") & ~Q(undone_because="")),
                name="parties_an_undone_merge_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
