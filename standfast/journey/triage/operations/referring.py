"""How is a contact passed to a partner agency, or its caller shown the way to one?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days, refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotFound, Refusal
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import may, require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import queries as assessment
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.models import Contact
from standfast.journey.contact.states import Ending
from standfast.journey.triage import queries
from standfast.journey.triage.events import CallerSignposted, ReferralOpened, ReferralSent
from standfast.journey.triage.models import Referral, RouteDecision
from standfast.journey.triage.operations.checks import check_in_hand, check_may_end, check_reason, check_told
from standfast.journey.triage.queries import Matter
from standfast.journey.triage.rules.lawful_basis import LawfulBasis, SharedField
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.partner import TABLE, Partner, Way
from standfast.journey.triage.rules.partner_rank import why_not
from standfast.journey.triage.rules.promise import Promise
from standfast.journey.triage.rules.route import Route


class NoAgency(Refusal):
    """The contact was not routed to a partner agency, or may no longer go to one."""


class PartnerUnfit(Refusal):
    """The agency cannot take this matter now, and why."""


class ConsentMissing(Refusal):
    """Something would be shared without consent and without a reason."""


class NothingShared(Refusal):
    """A referral without a summary, or without a single field the agency may see."""


@dataclass(frozen=True, kw_only=True)
class NewReferral:
    """A referral to be sent: the agency, the summary, exactly the fields shared, consent or why without, and the basis."""

    partner: str
    summary: str
    fields: Sequence[SharedField]
    consent: Answer
    lawful_basis: LawfulBasis
    told: Promise
    override_reason: str = ""


@transaction.atomic
def send_referral(*, contact_reference: str, new: NewReferral, by: Actor, now: datetime) -> Referral:
    """
    Pass a contact to a partner agency, which owns it until it answers. The contact keeps its first contact.

    :raises NoAgency: if the contact was not routed to a partner agency, or what is known now closes that route
    :raises PartnerUnfit: if the agency is closed, for another area, excluded or without agreement
    :raises ConsentMissing: if there is neither consent nor a reason to share without it
    :raises NothingShared: if the summary or the list of fields is empty
    """
    contact = contacts.lock_contact(contact_reference)
    require(by, Permission.REFERRAL_SEND, contact)
    check_in_hand(contact)
    told = check_told(new.told)
    _check_sharing(new)
    decision = _standing_partner_route(contact, now=now)
    partner = _fitting(contact, decision, new.partner, now=now)
    if partner.way == Way.LINK:
        raise PartnerUnfit(f"{partner.name} takes no referrals: show the caller the way to it.")
    referral = _referral(contact, decision, partner, new, now=now)
    referral.told_caller, referral.sent_at, referral.sent_by = told.as_record(), now, by.ref
    contact_operations.refer_contact(reference=contact_reference, partner=partner.name, by=by, now=now)
    referral.save(force_insert=True)
    _start_clocks(contact, referral, partner, by=by, now=now)
    sent = ReferralSent(
        about=referral.reference,
        partner=partner.name,
        fields=", ".join(referral.fields),
        lawful_basis=new.lawful_basis,
        consent=new.consent,
    )
    record(sent, by=by, at=now, journey=contact_reference)
    return referral


@transaction.atomic
def signpost_caller(*, contact_reference: str, partner: str, told: Promise, by: Actor, now: datetime) -> Contact:
    """
    Show the caller the way to an agency that people turn to themselves; the contact ends.

    :raises NoAgency: if the contact was not routed to a partner agency, or what is known now closes that route
    :raises PartnerUnfit: if the agency is closed, for another area, or takes referrals itself
    :raises NotAllowed: if the risk is high and the person is no supervisor
    """
    contact = contacts.lock_contact(contact_reference)
    require(by, Permission.TRIAGE_ROUTE, contact)
    check_in_hand(contact)
    check_may_end(contact, by=by)
    said = check_told(told)
    agency = _fitting(contact, _standing_partner_route(contact, now=now), partner, now=now)
    if agency.way == Way.PORTAL:
        raise PartnerUnfit(f"{agency.name} takes referrals: send it one.")
    obligations.meet_obligation(kind=Duty.ROUTE, subject=contact_reference, at=now, by=by, now=now)
    record(CallerSignposted(about=contact_reference, partner=agency.name), by=by, at=now, journey=contact_reference)
    return contact_operations.close_contact(
        reference=contact_reference, ending=Ending.NO_POLICE_ROLE, reason=said.what, by=by, now=now
    )


@transaction.atomic
def note_referral_opened(*, reference: str, by: Actor, now: datetime) -> None:
    """Record that somebody, of the force or of the agency, opened a referral: a consultation."""
    if may(by, Permission.REFERRAL_READ):
        referral = queries.get_referral(reference=reference, by=by)
        about, journey = referral.reference, referral.journey
    else:
        about, journey = queries.partner_view(reference=reference, by=by, now=now).reference, ""
    record(ReferralOpened(about=about), by=by, at=now, journey=journey)


def _check_sharing(new: NewReferral) -> None:
    if not new.summary.strip():
        raise NothingShared("Write a summary for the agency: what is asked of it, and why.")
    if not new.fields:
        raise NothingShared("Choose at least one field the agency may see: it sees nothing else.")
    if new.consent != Answer.YES:
        try:
            check_reason(new.override_reason, "")
        except Refusal:
            raise ConsentMissing("There is no consent: say why it is shared all the same.") from None


def _standing_partner_route(contact: Contact, *, now: datetime) -> RouteDecision:
    decision = queries.standing_route(contact_reference=contact.reference)
    if decision is None or decision.route != Route.PARTNER:
        raise NoAgency("This contact was not routed to a partner agency: decide its route first.")
    matter = Matter(need=Need(decision.need), fraud_call=Answer(decision.diversion_facts["fraud_call"]))
    proposal = queries.proposal_for(contact, matter, now=now)
    if Route.PARTNER not in proposal.open_routes:
        raise NoAgency(f"This may no longer leave the police: {proposal.diversion.because} ({proposal.diversion.row}).")
    return decision


def _fitting(contact: Contact, decision: RouteDecision, code: str, *, now: datetime) -> Partner:
    partner = TABLE.on(days.london_day(now)).by_id.get(code)
    if partner is None:
        raise NotFound("There is no such partner agency.")
    because = why_not(partner, queries.request_for(contact, Need(decision.need)), at=now)
    if because:
        raise PartnerUnfit(f"{partner.name}: {because[0].lower()}{because[1:]}.")
    return partner


def _referral(
    contact: Contact, decision: RouteDecision, partner: Partner, new: NewReferral, *, now: datetime
) -> Referral:
    fields = list(dict.fromkeys(SharedField(each) for each in new.fields))
    return Referral(
        reference=refs.new_reference(),
        contact=contact,
        journey=contact.reference,
        first_contact_at=contact.first_contact_at,
        partner=partner.id,
        partner_name=partner.name,
        directory=str(TABLE.on(days.london_day(now))),
        need=decision.need,
        summary=new.summary.strip(),
        fields=fields,
        shared=queries.shared_values(contact, fields),
        strands=sorted(assessment.strands_of(reference=contact.reference)),
        consent=new.consent,
        override_reason=new.override_reason.strip()[:400],
        lawful_basis=new.lawful_basis,
    )


def _start_clocks(contact: Contact, referral: Referral, partner: Partner, *, by: Actor, now: datetime) -> None:
    reference = contact.reference
    obligations.meet_obligation(kind=Duty.ROUTE, subject=reference, at=now, by=by, now=now)
    obligations.stop_obligation(
        kind=Duty.ASSESS, subject=reference, because=f"referred to {partner.name}", by=by, now=now
    )
    obligations.start_obligation(
        kind=Duty.REFERRAL_ANSWER,
        case=partner.answer,
        subject=referral.reference,
        journey=reference,
        starts_at=now,
        by=by,
        now=now,
    )
    standing = assessment.standing_grade(reference=reference)
    # The risk is reviewed while the agency has the contact: it is still waiting.
    obligations.start_obligation(
        kind=Duty.REVIEW,
        case=standing.grade if standing else "any",
        subject=reference,
        journey=reference,
        starts_at=now,
        by=by,
        now=now,
    )
