"""How were all contacts of some days assessed, checked and advised, and what became of the prompts?"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from standfast.foundation.eventlog import queries as eventlog
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.tables import NoEdition
from standfast.foundation.people import queries as people
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment.models import (
    RAN,
    AdviceEntry,
    Assessment,
    Check,
    CheckKind,
    Flag,
    FlagState,
    LimbEntry,
)
from standfast.journey.assessment.queries.assessments import FLAG_COUNTS_FROM
from standfast.journey.assessment.rules.advice import ADVICE, advice_required
from standfast.journey.assessment.rules.counted_share import CountedShare
from standfast.journey.assessment.rules.group_fairness import age_band
from standfast.journey.assessment.rules.measure_limit import Measure
from standfast.journey.assessment.rules.whole_count import KeptOfContact, Served, half_hour_of, served
from standfast.journey.contact.events import ContactClaimed, ContactRecorded, ContactTakenOver
from standfast.journey.contact.models import Contact
from standfast.journey.contact.states import ContactState

NOBODY = ""
"""The team of a contact that nobody has taken, or whose taker is in no team."""
TAKES = (ContactRecorded.kind, ContactClaimed.kind, ContactTakenOver.kind)
MACHINE = "detector"


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A vulnerability on record: whether the detector prompted it or a person found it alone, and what people made of it."""

    strand: str
    state: FlagState
    by_machine: bool


@dataclass(frozen=True, kw_only=True)
class MeasuredContact:
    """
    One contact as measured: where and when it belongs, what it got, and its prompts.

    `groups` are what is known of the caller and the place, by dimension (age, sex, settlement); empty where not recorded.
    """

    reference: str
    first_contact_at: datetime
    half_hour: str
    channel: str
    state: str
    team: str
    served: Served
    prompts: Sequence[Prompt]
    groups: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Span:
    """The London days measured, both counted."""

    first: date
    last: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The first instant, and the first one after."""
        return days.day_bounds(self.first)[0], days.day_bounds(self.last)[1]


def measured_contacts(*, span: Span, by: Actor) -> list[MeasuredContact]:
    """
    Return every contact whose first contact falls into the span, newest first: all of them, not a sample.

    :raises NotAllowed: if the one who asks may not see how contacts were assessed
    """
    require(by, Permission.ASSESSMENT_MEASURE)
    rows = Contact.objects.filter(_in_span(span, "first_contact_at")).order_by("-first_contact_at", "-id")
    takers = eventlog.last_doers(kinds=TAKES, about=rows.order_by().values("reference"))
    teams = people.teams_by_ref()
    parts = _parts(span)
    columns = (
        "id",
        "reference",
        "first_contact_at",
        "channel",
        "state",
        "kind",
        "caller_born_on",
        "person__sex",
        "urban_rural",
    )
    return [
        _measured(row, team=teams.get(takers.get(row[1], ""), NOBODY), parts=parts)
        for row in rows.values_list(*columns)
    ]


def traced_contacts(*, span: Span, by: Actor) -> list[MeasuredContact]:
    """
    Return the same for those who may also see which contacts they are.

    :raises NotAllowed: if the one who asks may not
    """
    require(by, Permission.ASSESSMENT_TRACE)
    return measured_contacts(span=span, by=by)


def prompt_shares(*, span: Span, by: Actor) -> dict[Measure, CountedShare]:
    """
    Return each watched measure of the prompts over a span, counted in the database.

    :raises NotAllowed: if the one who asks may not see how contacts were assessed
    """
    require(by, Permission.ASSESSMENT_MEASURE)
    prompt = Flag.objects.filter(assessment=OuterRef("pk"), source=MACHINE, score__gte=FLAG_COUNTS_FROM)
    read = Assessment.objects.filter(_in_span(span, "contact__first_contact_at")).aggregate(
        contacts=Count("id"), unread=Count("id", filter=~Q(detector=RAN)), prompted=Count("id", filter=Exists(prompt))
    )
    stands, machine = ~Q(state=FlagState.DISMISSED), Q(source=MACHINE)
    made = Flag.objects.filter(_in_span(span, "assessment__contact__first_contact_at")).aggregate(
        confirmed=Count("id", filter=machine & Q(state=FlagState.CONFIRMED)),
        decided=Count("id", filter=machine & ~Q(state=FlagState.SUGGESTED)),
        alone=Count("id", filter=stands & ~machine),
        standing=Count("id", filter=Q(state=FlagState.CONFIRMED)),
    )
    return {
        Measure.PROMPTED: CountedShare(part=read["prompted"], whole=read["contacts"]),
        Measure.CONFIRMED: CountedShare(part=made["confirmed"], whole=made["decided"]),
        Measure.ALONE: CountedShare(part=made["alone"], whole=made["standing"]),
        Measure.UNREAD: CountedShare(part=read["unread"], whole=read["contacts"]),
    }


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What is on record of each contact of a span, by the contact's id."""

    graded: Collection[int]
    limbs: Mapping[int, set[str]]
    checks: Mapping[int, set[str]]
    advice: Mapping[int, set[str]]
    prompts: Mapping[int, list[Prompt]]


def _parts(span: Span) -> _Parts:
    prompts: dict[int, list[Prompt]] = defaultdict(list)
    flags = _of_span(Flag.objects.all(), span).values_list("assessment__contact_id", "strand", "state", "source")
    for contact, strand, state, source in flags:
        prompts[contact].append(Prompt(strand=strand, state=FlagState(state), by_machine=source == MACHINE))
    graded = Assessment.objects.filter(_in_span(span, "contact__first_contact_at"), grade__gt="")
    return _Parts(
        graded=set(graded.values_list("contact_id", flat=True)),
        limbs=_sets(_pairs(LimbEntry.objects.filter(text__gt=""), span, "limb")),
        checks=_sets(_pairs(Check.objects.all(), span, "kind")),
        advice=_sets(_pairs(AdviceEntry.objects.all(), span, "advice")),
        prompts=prompts,
    )


def _measured(row: tuple[Any, ...], *, team: str, parts: _Parts) -> MeasuredContact:
    number, reference, at, channel, state, kind, born_on, sex, settlement = row
    prompts = parts.prompts.get(number, [])
    on = days.london_day(at)
    strands = {each.strand for each in prompts if each.state != FlagState.DISMISSED}
    kept = KeptOfContact(
        limbs=frozenset(parts.limbs.get(number, ())),
        graded=number in parts.graded,
        checks=frozenset(parts.checks.get(number, ())),
        advice_required=_advice_ids(on, strands, kind),
        advice_given=frozenset(parts.advice.get(number, ())),
        closed=state == ContactState.CLOSED,
    )
    return MeasuredContact(
        reference=reference,
        first_contact_at=at,
        half_hour=half_hour_of(at),
        channel=channel,
        state=state,
        team=team,
        served=served(kept, checks=[each.value for each in CheckKind]),
        prompts=prompts,
        groups={"age": age_band(born_on=born_on, on=on), "sex": sex or "", "settlement": settlement},
    )


def _advice_ids(on: date, strands: Collection[str], kind: str) -> frozenset[str]:
    try:
        rows = ADVICE.on(on).rows
    except NoEdition:
        # A contact from before there was a table, brought in from elsewhere: no advice was laid down for it.
        return frozenset()
    return frozenset(each.id for each in advice_required(rows, strands=strands, kind=kind))


def _in_span(span: Span, field: str) -> Q:
    since, until = span.bounds
    return Q(**{f"{field}__gte": since, f"{field}__lt": until})


def _of_span(rows: QuerySet[Any], span: Span) -> QuerySet[Any]:
    return rows.filter(_in_span(span, "assessment__contact__first_contact_at"))


def _pairs(rows: QuerySet[Any], span: Span, field: str) -> QuerySet[Any, tuple[int, str]]:
    return _of_span(rows, span).order_by().values_list("assessment__contact_id", field).distinct()


def _sets(pairs: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for contact, value in pairs:
        found[contact].add(value)
    return found
