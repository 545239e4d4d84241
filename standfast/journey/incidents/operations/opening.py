"""How does a contact become an incident, and how is its risk reviewed while it waits?"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days, refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.rows import insert_row
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.parties.models import Address
from standfast.foundation.parties.operations import HappenedBefore, note_history
from standfast.foundation.parties.queries import HistoryKind, MarkerShown, find_address
from standfast.foundation.parties.queries.records import standing_markers
from standfast.foundation.parties.rules.phones import NoSuchNumber, dialled
from standfast.foundation.people.access import WORKER, require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import operations as assessment_operations
from standfast.journey.assessment import queries as assessment
from standfast.journey.assessment.events import StrandConfirmed, StrandDismissed, StrandFlagged
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.risk import Risk, higher_risk
from standfast.journey.contact.states import ContactState, Ending
from standfast.journey.incidents import queries
from standfast.journey.incidents.events import IncidentOpened, IncidentRead, IncidentReviewed, VulnerabilityCarried
from standfast.journey.incidents.models import Incident, Review
from standfast.journey.incidents.operations.moving import StartsDuty, start_review
from standfast.journey.incidents.rules.attendance import attendance_case
from standfast.journey.incidents.states import IncidentState
from standfast.journey.triage import queries as triage
from standfast.journey.triage.events import RouteConfirmed, RouteOverridden
from standfast.journey.triage.models import RouteDecision
from standfast.journey.triage.rules.route import Route

OPENS = frozenset({Route.DEPLOY, Route.APPOINTMENT})


class NotRouted(Refusal):
    """The contact was not routed to officers or to an appointment."""


class NotGraded(Refusal):
    """The contact has no grade, so no attendance clock can be set."""


class NotWaiting(Refusal):
    """The incident does not wait any longer."""


class NothingFound(Refusal):
    """A review that does not say what was found."""


class NotCarried(Refusal):
    """The vulnerability was not carried to the incident, so nobody there can doubt it."""


@transaction.atomic
def open_incident(*, contact_reference: str, by: Actor, now: datetime) -> Incident:
    """
    Open the incident of a contact that was routed to officers or to an appointment; the contact ends and its duties stop.

    Opening it again returns the one there is, whose clocks never moved: a contact has one incident.

    :raises NotGraded: if no grade stands
    :raises NotRouted: if the contact was not routed to officers or to an appointment
    """
    contact = contacts.lock_contact(contact_reference)
    require(by, Permission.INCIDENT_OPEN, contact)
    standing = queries.find_by_journey(journey=contact.reference)
    if standing and contact.state == ContactState.CLOSED:
        return standing
    decision = triage.standing_route(contact_reference=contact_reference)
    if decision is None or decision.route not in OPENS:
        raise NotRouted("Route the contact to officers or to an appointment before an incident is opened.")
    incident = standing or _opened(contact, decision, by=by, now=now)
    ending = Ending.APPOINTMENT_MADE if decision.route == Route.APPOINTMENT else Ending.INCIDENT_OPENED
    contact_operations.close_contact(
        reference=contact_reference, ending=ending, reason=f"Incident {incident.reference}", by=by, now=now
    )
    return incident


def open_after_route(happening: RouteConfirmed | RouteOverridden, *, by: Actor, now: datetime) -> None:
    """Open the incident of a contact that was just routed to officers or to an appointment."""
    if happening.route in OPENS:
        open_incident(contact_reference=happening.about, by=by, now=now)


@transaction.atomic
def review_waiting(*, reference: str, found: str, level: Risk, by: Actor, now: datetime) -> Incident:
    """
    Record a review of the risk of a waiting incident (re-THRIVE), and start the next. A review may raise the risk, never lower it.

    :raises NotWaiting: if the incident does not wait any longer
    :raises NothingFound: if it does not say what was found
    """
    incident = queries.lock_incident(reference)
    require(by, Permission.ASSESSMENT_RECORD, incident)
    if incident.state != IncidentState.WAITING:
        raise NotWaiting(f"This incident is {IncidentState(incident.state).label.lower()}: it does not wait.")
    if not found.strip():
        raise NothingFound("Say what you found: what has changed, or that nothing has and how you know.")
    incident.risk, incident.reviewed_at = higher_risk(Risk(incident.risk), level), now
    incident.version += 1
    incident.save()
    Review.objects.create(incident=incident, found=found.strip(), level=level, by_ref=by.ref, by_name=by.name, at=now)
    obligations.meet_obligation(kind=Duty.REVIEW, subject=reference, at=now, by=by, now=now)
    start_review(incident, by=by, now=now)
    record(IncidentReviewed(about=reference, level=level), by=by, at=now, journey=incident.journey)
    return incident


@transaction.atomic
def doubt_vulnerability(*, reference: str, strand: Strand, found: str, by: Actor, now: datetime) -> Incident:
    """
    Say that a vulnerability carried to an incident was not found there: an alert for a supervisor. Nothing of it is changed here.

    :raises NotCarried: if the incident was never told of it
    :raises NothingSaid: if it is not said what was found
    """
    incident = queries.lock_incident(reference)
    require(by, Permission.ASSESSMENT_RECORD, incident)
    if strand not in incident.strands:
        raise NotCarried(f"“{strand.label}” was not carried to this incident.")
    doubt = assessment_operations.Doubt(strand=strand, stage="incident", record=reference, found=found)
    assessment_operations.contradict_strand(reference=incident.journey, doubt=doubt, by=by, now=now)
    return incident


def carry_strand(happening: StrandFlagged | StrandConfirmed, *, by: Actor, now: datetime) -> None:
    """Carry a vulnerability seen after an incident was opened into the incident, what was split from it and what they were merged into."""
    for incident in queries.lock_dealt_with(journey=happening.about):
        if happening.strand in incident.strands:
            continue
        incident.strands = sorted({*incident.strands, happening.strand})
        incident.version += 1
        incident.save(update_fields=["strands", "version"])
        carried = VulnerabilityCarried(about=incident.reference, strand=happening.strand)
        record(carried, by=by, at=now, journey=incident.journey)


def doubt_dismissed(happening: StrandDismissed, *, by: Actor, now: datetime) -> None:
    """Raise an alert when a vulnerability is dismissed that an incident was opened with: the incident keeps it until that is settled."""
    incident = _incident_of(happening.about)
    if incident is None or happening.strand not in incident.strands:
        return
    doubt = assessment_operations.Doubt(
        strand=Strand(happening.strand), stage="contact", record=incident.reference, found=happening.reason
    )
    assessment_operations.contradict_strand(reference=happening.about, doubt=doubt, by=by, now=now)


def note_opened(incident: Incident, *, told: Address | None, by: Actor, now: datetime) -> None:
    """
    Record that an incident stands, and note it for its person, its address and its number, for whoever gets in touch next.

    `told` is the record of the address the caller named, if there is one.
    """
    opened = IncidentOpened(
        about=incident.reference, grade=incident.grade, row=incident.grade_row, table=incident.grade_table
    )
    record(opened, by=by, at=now, journey=incident.journey)
    contact = incident.contact
    address = contact.address or told
    number = _dialled(contact.caller_phone)
    person = contact.person.reference if contact.person else ""
    if not (person or address or number):
        return
    entry = HappenedBefore(
        source_event=f"incident:{incident.reference}",
        kind=HistoryKind.INCIDENT,
        happened_at=now,
        person_ref=person,
        address_ref=address.reference if address else "",
        number=number,
        summary=incident.grade,
        last_risk=incident.risk,
        contact_ref=contact.reference,
        incident_ref=incident.reference,
    )
    note_history(entry=entry, journey=incident.journey, by=WORKER, now=now)


@transaction.atomic
def note_incident_read(*, reference: str, by: Actor, now: datetime) -> None:
    """Record that somebody opened the page of an incident: a consultation."""
    incident = queries.get_incident(reference=reference, by=by)
    record(IncidentRead(about=incident.reference), by=by, at=now, journey=incident.journey)


def _incident_of(journey: str) -> Incident | None:
    found = queries.find_by_journey(journey=journey)
    return queries.lock_incident(found.reference) if found else None


def _dialled(text: str) -> str:
    try:
        return dialled(text) if text else ""
    except NoSuchNumber:
        return ""


def _opened(contact: Contact, decision: RouteDecision, *, by: Actor, now: datetime) -> Incident:
    told = address_told(contact)
    incident = _carried_over(contact, decision, warnings=_warnings(contact, told, now=now))
    incident.opened_at, incident.opened_by = now, by.ref
    insert_row(incident)
    start_first_clocks(incident, by=by, now=now)
    note_opened(incident, told=told, by=by, now=now)
    return incident


def address_told(contact: Contact) -> Address | None:
    """Return the record of the address a contact was told of in words, if there is one."""
    return find_address(lines=contact.place_text, postcode="")


def _carried_over(contact: Contact, decision: RouteDecision, *, warnings: list[dict[str, str]]) -> Incident:
    known = assessment.handed_on(reference=contact.reference)
    graded = known.standing
    if graded is None:
        raise NotGraded("Grade the contact before an incident is opened.")
    return Incident(
        reference=refs.new_reference(),
        journey=contact.reference,
        contact=contact,
        first_contact_at=contact.first_contact_at,
        grade=graded.grade,
        graded_at=graded.graded_at,
        grade_because=graded.because,
        grade_row=graded.row,
        grade_table=graded.table,
        risk=contact.risk,
        slot_from=decision.slot_from,
        slot_until=decision.slot_until,
        kind=contact.kind,
        place_text=contact.place_text,
        lat=contact.lat,
        lon=contact.lon,
        area_code=contact.area_code,
        urban_rural=contact.urban_rural,
        strands=sorted(known.strands),
        child_mentioned=known.child_mentioned,
        warnings=warnings,
    )


def start_first_clocks(incident: Incident, *, by: Actor, now: datetime) -> None:
    """Start the clocks of an incident that was opened just now, so that none of them can be running."""
    start_attendance(incident, by=by, now=now, start=obligations.start_first_obligation)
    start_review(incident, by=by, now=now, start=obligations.start_first_obligation)


def start_attendance(
    incident: Incident, *, by: Actor, now: datetime, start: StartsDuty = obligations.start_obligation
) -> None:
    """Start the clocks of an incident's attendance: from the first contact, and the force's own from the grading."""
    about = {"subject": incident.reference, "journey": incident.journey}
    if incident.slot_until is not None:
        obligations.start_appointment(
            kind=Duty.ATTEND, starts_at=now, due_at=incident.slot_until, by=by, now=now, **about
        )
        return
    case = attendance_case(grade=ResponseGrade(incident.grade), urban_rural=incident.urban_rural)
    for kind, starts_at in ((Duty.ATTEND, incident.first_contact_at), (Duty.ATTEND_POLICY, incident.graded_at)):
        start(kind=kind, case=case, starts_at=starts_at, by=by, now=now, **about)


def _warnings(contact: Contact, told: Address | None, *, now: datetime) -> list[dict[str, str]]:
    # On the person and the address that were linked, and on the address as it was told.
    persons = [contact.person_id] if contact.person_id else []
    addresses = {key for key in (contact.address_id, told.pk if told else None) if key}
    found = standing_markers(person_ids=persons, address_ids=addresses, on=days.london_day(now))
    return [_warning(marker) for _, _, marker in found]


def _warning(marker: MarkerShown) -> dict[str, str]:
    return {"reference": marker.reference, "kind": marker.kind, "text": marker.text, "on_record": marker.on_record}
