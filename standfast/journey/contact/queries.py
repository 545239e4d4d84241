"""Which contacts wait, who has them, and how fast were calls answered?"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db import connection
from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Value, When

from standfast.foundation.kernel import refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.kernel.rows import find_row, one_of
from standfast.foundation.people.access import reachable, require
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact import access  # noqa: F401 - registers the reach
from standfast.journey.contact.models import Call, Contact, Note
from standfast.journey.contact.rules.answer_band import AnswerBand, answer_band
from standfast.journey.contact.rules.risk import Risk, risk_rank
from standfast.journey.contact.states import OPEN, ContactState

# What these queries return, for those who may not import records but must name what they are given.
ContactRecord: TypeAlias = Contact
UNFINISHED_AFTER = timedelta(seconds=60)
_BY_DANGER = Case(
    *[When(risk=risk, then=Value(risk_rank(risk))) for risk in Risk],
    output_field=IntegerField(),
)
# For every contact that is filed, so not put together anew each time.
_COUNT_FROM_PHONE = """
SELECT asked.days, count(c.first_contact_at)
FROM unnest(%(days)s::int[]) AS asked(days)
LEFT JOIN (
    SELECT first_contact_at FROM contact_contact
    WHERE caller_phone = %(phone)s AND first_contact_at < %(before)s::timestamptz
      AND first_contact_at >= %(before)s::timestamptz - make_interval(hours => 24 * %(most)s)
) AS c ON c.first_contact_at >= %(before)s::timestamptz - make_interval(hours => 24 * asked.days)
GROUP BY asked.days
"""
_BEING_RECORDED: ContextVar[Contact | None] = ContextVar("the contact this transaction is recording", default=None)
_HELD: ContextVar[Contact | None] = ContextVar("the contact this transaction has locked already", default=None)


@dataclass(frozen=True, kw_only=True)
class DeskFilter:
    """Which part of the desk is asked for: a queue (all, mine, nobody, partner), a channel, a risk, and only some references."""

    queue: str = "all"
    channel: str = ""
    risk: str = ""
    only: Collection[str] | None = None


def get_contact(*, reference: str, by: Actor) -> Contact:
    """
    Return a contact by its reference, however it was written.

    :raises NotFound: if there is none, or none this person may reach
    """
    require(by, Permission.CONTACT_READ)
    found = reachable(by, Contact.objects.select_related("owner", "person", "address"))
    contact = one_of(found.filter(reference=refs.normalise(reference)))
    if contact is None:
        raise NotFound("There is no such contact.")
    return contact


def find_contact(*, reference: str) -> Contact | None:
    """Return a contact by its exact reference, or None: for operations of later stages, which ask for permission themselves."""
    return find_row(Contact, reference=reference)


@contextmanager
def held(contact: Contact) -> Iterator[None]:
    """Let whoever locks this contact inside the block have this very one, which its caller has locked and goes on with."""
    token = _HELD.set(contact)
    try:
        yield
    finally:
        _HELD.reset(token)


@contextmanager
def being_recorded(contact: Contact) -> Iterator[None]:
    """Hold this contact inside the block, and say that it is new: before its transaction ends nobody else can see it."""
    token = _BEING_RECORDED.set(contact)
    try:
        with held(contact):
            yield
    finally:
        _BEING_RECORDED.reset(token)


def is_being_recorded(reference: str) -> bool:
    """Say whether this transaction is recording the contact, so that nothing else about it can exist yet."""
    new = _BEING_RECORDED.get()
    return new is not None and new.reference == reference


def lock_contact(reference: str) -> Contact:
    """
    Return a contact, locked until the transaction ends.

    :raises NotFound: if there is none
    """
    mine = _HELD.get()
    if mine is not None and mine.reference == reference:
        return mine
    contact = find_row(Contact, reference=reference, lock=True)
    if contact is None:
        raise NotFound("There is no such contact.")
    return contact


def desk(*, by: Actor, where: DeskFilter | None = None) -> QuerySet[Contact]:
    """Return open contacts in the order of the ranking rule `queue_rank`: most danger first, then the longest wait."""
    require(by, Permission.CONTACT_READ)
    where = where or DeskFilter()
    rows = reachable(by, Contact.objects.filter(state__in=OPEN)).select_related("owner")
    rows = rows.filter(_queue(where.queue, by))
    if where.channel:
        rows = rows.filter(channel=where.channel)
    if where.risk:
        rows = rows.filter(risk=where.risk)
    if where.only is not None:
        rows = rows.filter(reference__in=list(where.only))
    return rows.alias(danger=_BY_DANGER).order_by("danger", "first_contact_at", "reference")


def desk_counts(*, by: Actor) -> Counter[str]:
    """Return how many contacts stand in each queue of the desk, and of its queue `all` in each channel (`channel:999`) and risk."""
    require(by, Permission.CONTACT_READ)
    counts: Counter[str] = Counter()
    mine = _username(by)
    rows = reachable(by, Contact.objects.filter(state__in=OPEN))
    for state, channel, risk, owner in rows.values_list("state", "channel", "risk", "owner__username"):
        ours = state != ContactState.WITH_PARTNER
        counts["all"] += ours
        counts["nobody"] += state == ContactState.WAITING
        counts["mine"] += owner == mine and owner is not None
        counts["partner"] += not ours
        counts[f"channel:{channel}"] += ours
        counts[f"risk:{risk}"] += ours
    return counts


def count_waiting(*, by: Actor) -> int:
    """Return how many contacts wait for somebody to take them."""
    require(by, Permission.CONTACT_READ)
    return reachable(by, Contact.objects.filter(state=ContactState.WAITING)).count()


@dataclass(frozen=True, kw_only=True)
class WaitingContact:
    """A waiting contact as the wall counts it: nothing of the person."""

    reference: str
    risk: Risk
    first_contact_at: datetime


@dataclass(frozen=True, kw_only=True)
class Load:
    """A person who has contacts in hand: how many, and since when the one they have had longest."""

    name: str
    team: str
    in_hand: int
    longest_since: datetime


def list_waiting(*, by: Actor) -> Sequence[WaitingContact]:
    """Return the contacts that wait for somebody to take them, longest first: for who may see the wall, though perhaps no contact."""
    require(by, Permission.WALL_READ)
    rows = Contact.objects.filter(state=ContactState.WAITING).order_by("first_contact_at", "reference")
    return [
        WaitingContact(reference=reference, risk=Risk(risk), first_contact_at=since)
        for reference, risk, since in rows.values_list("reference", "risk", "first_contact_at")
    ]


def list_loads(*, by: Actor) -> Sequence[Load]:
    """Return who has contacts in hand, most first: for who may see the wall, whose page leaves the names out."""
    require(by, Permission.WALL_READ)
    rows = Contact.objects.filter(state=ContactState.IN_HAND).values("owner__name", "owner__team__name", "owner_id")
    counted = rows.annotate(held=Count("id"), since=Min("owned_since")).order_by("-held", "owner__name")
    return [
        Load(
            name=row["owner__name"],
            team=row["owner__team__name"] or "",
            in_hand=row["held"],
            longest_since=row["since"],
        )
        for row in counted
    ]


def lock_first_waiting() -> Contact | None:
    """Return the waiting contact that is taken first, locked; one that somebody else is just taking is passed over."""
    rows = Contact.objects.filter(state=ContactState.WAITING).alias(danger=_BY_DANGER)
    return rows.order_by("danger", "first_contact_at", "reference").select_for_update(skip_locked=True).first()


def list_notes(*, contact: Contact, limit: int = 100) -> Sequence[Note]:
    """Return the lines people added to a contact's log, newest first."""
    return list(Note.objects.filter(contact=contact).order_by("-id")[:limit])


def list_unfinished(*, by: Actor, now: datetime) -> Sequence[Contact]:
    """Return contacts in hand that nobody has touched for a minute, longest first: a hand-over waits until they are resolved."""
    require(by, Permission.CONTACT_READ)
    rows = reachable(
        by,
        Contact.objects.filter(state=ContactState.IN_HAND, touched_at__lte=now - UNFINISHED_AFTER),
    )
    return list(rows.select_related("owner").order_by("touched_at"))


def oldest_unread(*, channel: str) -> tuple[int, datetime | None]:
    """Return how many contacts of a channel wait for anybody to read them, and since when the oldest does."""
    found = Contact.objects.filter(channel=channel, state=ContactState.WAITING)
    told = found.aggregate(unread=Count("id"), oldest=Min("received_at"))
    return told["unread"], told["oldest"]


def counts_from_phone(*, phone: str, before: datetime, days: Sequence[int]) -> dict[int, int]:
    """Return how many contacts came from a number in each of these numbers of days before an instant (not counted in)."""
    if not phone:
        return dict.fromkeys(days, 0)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_FROM_PHONE, {"phone": phone, "before": before, "days": list(days), "most": max(days)})
        return dict(cursor.fetchall())


def earlier_contacts(*, contact: Contact, limit: int = 20) -> Sequence[Contact]:
    """Return earlier contacts of the same person or number, newest first."""
    same = Q(pk__in=[])
    if contact.caller_phone:
        same |= Q(caller_phone=contact.caller_phone)
    if contact.person_id:
        same |= Q(person_id=contact.person_id)
    earlier = Contact.objects.filter(same, first_contact_at__lt=contact.first_contact_at).exclude(pk=contact.pk)
    return list(earlier.order_by("-first_contact_at")[:limit])


def contacts_of_person(*, person_ref: str, limit: int = 20) -> Sequence[Contact]:
    """Return the newest contacts linked to a record of a person, newest first."""
    rows = Contact.objects.filter(person__reference=person_ref)
    return list(rows.order_by("-first_contact_at")[:limit])


@dataclass(frozen=True, kw_only=True)
class AnswerShares:
    """How calls of one channel were answered in a period: counts by band, waiting now, and waits in seconds."""

    channel: str
    offered: int
    bands: Counter[AnswerBand]
    waits: Sequence[float]
    waiting: int
    longest_waiting: timedelta

    @property
    def answered(self) -> int:
        """Calls answered, in whatever time."""
        return self.bands[AnswerBand.IN_TEN] + self.bands[AnswerBand.TEN_TO_SIXTY] + self.bands[AnswerBand.OVER_SIXTY]

    @property
    def share_in_ten(self) -> float | None:
        """The share of answered calls answered within 10 s; None when there were none."""
        return self.bands[AnswerBand.IN_TEN] / self.answered if self.answered else None

    @property
    def share_abandoned(self) -> float | None:
        """The share of offered calls that gave up, those within 5 s left out of both counts; None when there were none."""
        counted = self.offered - self.bands[AnswerBand.ABANDONED_EARLY]
        return self.bands[AnswerBand.ABANDONED] / counted if counted else None


def answer_shares(*, channel: str, since: datetime, now: datetime) -> AnswerShares:
    """Return how calls presented in a period were answered, from their raw stamps."""
    calls = Call.objects.filter(channel=channel, presented_at__gte=since, presented_at__lte=now)
    bands: Counter[AnswerBand] = Counter()
    waits, waiting = [], [timedelta(0)]
    for presented, answered, abandoned in calls.values_list("presented_at", "answered_at", "abandoned_at"):
        if presented is None:
            continue
        band = answer_band(presented_at=presented, answered_at=answered, abandoned_at=abandoned)
        bands[band] += 1
        if answered is not None:
            waits.append((answered - presented).total_seconds())
        elif band == AnswerBand.WAITING:
            waiting.append(now - presented)
    return AnswerShares(
        channel=channel,
        offered=sum(bands.values()),
        bands=bands,
        waits=sorted(waits),
        waiting=bands[AnswerBand.WAITING],
        longest_waiting=max(waiting),
    )


def _queue(name: str, by: Actor) -> Q:
    if name == "mine":
        return Q(owner__username=_username(by))
    if name == "nobody":
        return Q(state=ContactState.WAITING)
    if name == "partner":
        return Q(state=ContactState.WITH_PARTNER)
    return ~Q(state=ContactState.WITH_PARTNER)


def _username(by: Actor) -> str:
    return by.ref.removeprefix("staff:")
