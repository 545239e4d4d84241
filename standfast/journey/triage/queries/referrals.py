"""Which referrals run, which wait too long, and what may the agency see of one?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from standfast.foundation.kernel import days, refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotAllowed, NotFound
from standfast.foundation.kernel.rows import find_row
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.models import Obligation
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import reachable, require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import queries as assessment
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.triage.models import Referral
from standfast.journey.triage.rules.lawful_basis import SharedField
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.partner import find_partner
from standfast.journey.triage.states import RUNNING, ReferralState


@dataclass(frozen=True, kw_only=True)
class PartnerReferral:
    """What the agency sees of a referral: the agreed fields and nothing else of the contact. `shared` is label and value."""

    reference: str
    need: str
    summary: str
    shared: Sequence[tuple[str, str]]
    told_caller: dict[str, str]
    state: ReferralState
    sent_at: datetime
    answer_due_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    result: str


def get_referral(*, reference: str, by: Actor) -> Referral:
    """
    Return a referral by its reference, for staff of the force.

    :raises NotFound: if there is none
    """
    require(by, Permission.REFERRAL_READ)
    found = (
        reachable(by, Referral.objects.select_related("contact")).filter(reference=refs.normalise(reference)).first()
    )
    if found is None:
        raise NotFound("There is no such referral.")
    return found


def lock_referral(reference: str) -> Referral:
    """
    Return a referral, it and its contact locked until the transaction ends: always the contact first, so that nobody waits in a circle.

    :raises NotFound: if there is none
    """
    contact = Referral.objects.filter(reference=reference).values_list("contact__reference", flat=True).first()
    if contact is None:
        raise NotFound("There is no such referral.")
    contacts.lock_contact(contact)
    return Referral.objects.select_for_update().get(reference=reference)


def find_running_referral(*, contact_reference: str) -> Referral | None:
    """Return the referral of a contact that runs, or None."""
    return find_row(Referral, contact__reference=contact_reference, state=list(RUNNING), newest=True)


def list_referrals(*, by: Actor, states: Iterable[ReferralState] = RUNNING) -> QuerySet[Referral]:
    """Return the referrals in these states, longest sent first, for staff of the force."""
    require(by, Permission.REFERRAL_READ)
    rows = reachable(by, Referral.objects.filter(state__in=list(states)))
    return rows.select_related("contact").order_by("sent_at", "id")


def referrals_by_contact(*, contact_reference: str, by: Actor) -> Sequence[Referral]:
    """Return every referral of a contact, newest first, for staff of the force."""
    require(by, Permission.REFERRAL_READ)
    return list(reachable(by, Referral.objects.filter(contact__reference=contact_reference)).order_by("-id"))


def referrals_due(*, now: datetime, limit: int = 500) -> Sequence[Referral]:
    """Return the sent referrals whose answer is overdue, longest over first."""
    due = [duty.subject for duty in obligations.obligations_due(kind=Duty.REFERRAL_ANSWER, now=now, limit=limit)]
    found = {each.reference: each for each in Referral.objects.filter(reference__in=due, state=ReferralState.SENT)}
    return [found[reference] for reference in due if reference in found]


def list_for_partner(*, by: Actor, now: datetime) -> Sequence[PartnerReferral]:
    """
    Return an agency's own referrals: those that run first, longest sent first, then the newest that ended.

    :raises NotAllowed: if the person is of no agency, or its agreement has ended
    """
    require_agreement(by, now=now)
    own = Referral.objects.filter(partner=by.partner)
    rows = [
        *own.filter(state__in=RUNNING).order_by("sent_at", "id"),
        *own.exclude(state__in=RUNNING).order_by("-ended_at", "-id")[:100],
    ]
    duties = obligations.running_for([row.reference for row in rows])
    return [_seen_by_partner(row, duties.get(row.reference, ())) for row in rows]


def partner_view(*, reference: str, by: Actor, now: datetime) -> PartnerReferral:
    """
    Return what an agency may see of one of its own referrals.

    :raises NotFound: if there is none, or it was sent to another agency: the two look the same
    :raises NotAllowed: if the person is of no agency, or its agreement has ended
    """
    require_agreement(by, now=now)
    found = Referral.objects.filter(reference=refs.normalise(reference), partner=by.partner).first()
    if found is None:
        raise NotFound("There is no such referral.")
    return _seen_by_partner(found, obligations.running_for([found.reference]).get(found.reference, ()))


def shared_values(contact: Contact, fields: Iterable[SharedField]) -> dict[str, str]:
    """Return what an agency would see of a contact in these fields, by field, in words for people outside the police."""
    return {each.value: _shared_value(contact, each) for each in fields}


def require_agreement(by: Actor, *, now: datetime) -> None:
    """
    Let an agency's staff pass while the agreement with the agency runs.

    :raises NotAllowed: if the person is of no agency, may not answer referrals, or the agreement has ended
    """
    require(by, Permission.REFERRAL_ANSWER)
    on = days.london_day(now)
    partner = find_partner(by.partner, on=on) if by.partner else None
    if partner is None or not partner.has_agreement(on):
        raise NotAllowed("There is no running agreement with your agency, so its access is switched off.")


def _shared_value(contact: Contact, field: SharedField) -> str:
    if field == SharedField.STRANDS:
        return ", ".join(sorted(Strand(each).label for each in assessment.strands_of(reference=contact.reference)))
    if field == SharedField.FIRST_CONTACT_AT:
        return days.wall_clock(contact.first_contact_at)
    if field == SharedField.RISK:
        return Risk(contact.risk).label
    if field == SharedField.SAFE_TO_CALL:
        return Answer(contact.safe_to_call).label
    return str(getattr(contact, field.value))


def _seen_by_partner(row: Referral, duties: Iterable[Obligation]) -> PartnerReferral:
    answer = [duty.due_at for duty in duties if duty.kind == Duty.REFERRAL_ANSWER]
    return PartnerReferral(
        reference=row.reference,
        need=Need(row.need).label,
        summary=row.summary,
        shared=[(SharedField(name).label, row.shared.get(name, "")) for name in row.fields],
        told_caller=row.told_caller,
        state=ReferralState(row.state),
        sent_at=row.sent_at,
        answer_due_at=answer[0] if answer else None,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        result=row.result,
    )
