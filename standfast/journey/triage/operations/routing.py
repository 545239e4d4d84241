"""How is it decided where a contact goes? The rule proposes, a named person confirms or chooses otherwise."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record, recorded_together
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.rows import insert_row
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations import queries as obligation_queries
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import queries as assessment
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.models import Contact
from standfast.journey.contact.states import Ending
from standfast.journey.triage import queries
from standfast.journey.triage.events import CallerContacted, RouteConfirmed, RouteOverridden
from standfast.journey.triage.models import RouteDecision
from standfast.journey.triage.operations.checks import (
    check_in_hand,
    check_may_end,
    check_reason,
    check_told,
)
from standfast.journey.triage.queries import Matter, RouteProposal
from standfast.journey.triage.rules.promise import Promise, Slot
from standfast.journey.triage.rules.route import Route


class RouteClosed(Refusal):
    """The matter may not go this way, whoever asks."""


class RouteIsTheRules(Refusal):
    """The route asked for is the one the rule proposes: it is confirmed, not chosen."""


class SlotMissing(Refusal):
    """An appointment without an agreed time that is yet to come."""


class NotOnTheDesk(Refusal):
    """No caller waits to be contacted about this matter."""


@dataclass(frozen=True, kw_only=True)
class RoutePlan:
    """What the officer brings to a route: the matter, what the caller was told, and the time agreed for an appointment."""

    matter: Matter = field(default_factory=Matter)
    told: Promise | None = None
    slot: Slot | None = None


@transaction.atomic
@recorded_together()
def confirm_route(*, contact_reference: str, plan: RoutePlan, by: Actor, now: datetime) -> RouteDecision:
    """
    Send a contact the way the policy in force now proposes.

    :raises NotInHand: if nobody has the contact in hand
    :raises NotGraded: if no grade stands, or a new fact has outgrown it
    :raises SlotMissing: if it is an appointment and no time was agreed
    :raises CallerNotTold: if the matter leaves the police and the caller was not told
    """
    contact = contacts.lock_contact(contact_reference)
    require(by, Permission.TRIAGE_ROUTE, contact)
    check_in_hand(contact)
    proposal = queries.proposal_for(contact, plan.matter, now=now)
    return _route(contact, proposal, _Chosen(route=proposal.route, reason="", plan=plan), by=by, now=now)


@transaction.atomic
@recorded_together()
def choose_route(
    *, contact_reference: str, route: Route, reason: str, plan: RoutePlan, by: Actor, now: datetime
) -> RouteDecision:
    """
    Send a contact another way than the rule proposes, with a reason; the rule's answer stays beside it.

    :raises RouteIsTheRules: if the rule proposes this route
    :raises RouteClosed: if the diversion policy closes this route
    :raises ReasonMissing: if no reason is given
    """
    contact = contacts.lock_contact(contact_reference)
    require(by, Permission.TRIAGE_ROUTE, contact)
    check_in_hand(contact)
    why = check_reason(reason, "Say why this contact goes another way than the rule proposes.")
    proposal = queries.proposal_for(contact, plan.matter, now=now)
    if route == proposal.route:
        raise RouteIsTheRules(f"The rule itself proposes “{route.label}”: confirm it.")
    if route not in proposal.open_routes:
        raise RouteClosed(f"“{route.label}” is closed: {proposal.diversion.because} ({proposal.diversion.row}).")
    return _route(contact, proposal, _Chosen(route=route, reason=why, plan=plan), by=by, now=now)


@transaction.atomic
def record_contact_back(*, contact_reference: str, told: Promise, by: Actor, now: datetime) -> Contact:
    """
    Record that the desk spoke to the caller, and what the caller was told; the contact ends.

    :raises NotOnTheDesk: if the contact was not passed to the desk
    :raises NotAllowed: if the risk is high and the person is no supervisor
    """
    contact = contacts.lock_contact(contact_reference)
    require(by, Permission.CONTACT_CLOSE, contact)
    check_in_hand(contact)
    check_may_end(contact, by=by)
    said = check_told(told)
    running = obligation_queries.running_for([contact_reference]).get(contact_reference, [])
    if not any(duty.kind == Duty.CONTACT_BACK for duty in running):
        raise NotOnTheDesk("This contact was not passed to the desk: decide its route first.")
    obligations.meet_obligation(kind=Duty.CONTACT_BACK, subject=contact_reference, at=now, by=by, now=now)
    record(CallerContacted(about=contact_reference), by=by, at=now, journey=contact_reference)
    return contact_operations.close_contact(
        reference=contact_reference, ending=Ending.DESK, reason=said.what, by=by, now=now
    )


@dataclass(frozen=True, kw_only=True)
class _Chosen:
    route: Route
    reason: str
    plan: RoutePlan


def _route(contact: Contact, proposal: RouteProposal, chosen: _Chosen, *, by: Actor, now: datetime) -> RouteDecision:
    _check(contact, chosen, by=by, now=now)
    decision = _decision(contact, proposal, chosen)
    decision.by_ref, decision.by_name, decision.at = by.ref, by.name, now
    insert_row(decision)
    _move_clocks(contact, chosen.route, by=by, now=now)
    if chosen.route == Route.NO_POLICE_ROLE:
        contact_operations.close_contact(
            reference=contact.reference,
            ending=Ending.NO_POLICE_ROLE,
            reason=chosen.reason or proposal.explanation.decision.because,
            by=by,
            now=now,
        )
    with contacts.held(contact), assessment.handing_on(contact.reference, proposal.known):
        record(_event(contact, proposal, chosen), by=by, at=now, journey=contact.reference)
    return decision


def _check(contact: Contact, chosen: _Chosen, *, by: Actor, now: datetime) -> None:
    slot = chosen.plan.slot
    if chosen.route == Route.APPOINTMENT and (slot is None or not now < slot.starts_at < slot.ends_at):
        raise SlotMissing("Agree a time for the appointment that is yet to come: from when until when.")
    if chosen.route == Route.NO_POLICE_ROLE:
        check_told(chosen.plan.told)
        check_may_end(contact, by=by)


def _decision(contact: Contact, proposal: RouteProposal, chosen: _Chosen) -> RouteDecision:
    rule, diversion, plan = proposal.explanation.decision, proposal.diversion, chosen.plan
    slot = plan.slot if chosen.route == Route.APPOINTMENT else None
    return RouteDecision(
        contact=contact,
        route=chosen.route,
        reason=chosen.reason,
        need=plan.matter.need,
        rule_route=rule.outcome,
        rule_row=rule.row,
        rule_table=rule.table,
        rule_because=rule.because,
        rule_facts=rule.facts_record(),
        diversion=diversion.outcome,
        diversion_row=diversion.row,
        diversion_table=diversion.table,
        diversion_facts=diversion.facts_record(),
        told_caller=plan.told.as_record() if plan.told else {},
        slot_from=slot.starts_at if slot else None,
        slot_until=slot.ends_at if slot else None,
    )


def _move_clocks(contact: Contact, route: Route, *, by: Actor, now: datetime) -> None:
    reference = contact.reference
    # A partner route is done when the referral is sent, so until then the duty to decide runs on.
    if route != Route.PARTNER:
        obligations.meet_obligation(kind=Duty.ROUTE, subject=reference, at=now, by=by, now=now)
    if route == Route.DESK:
        obligations.start_obligation(
            kind=Duty.CONTACT_BACK,
            case="any",
            subject=reference,
            journey=reference,
            starts_at=contact.first_contact_at,
            by=by,
            now=now,
        )


def _event(contact: Contact, proposal: RouteProposal, chosen: _Chosen) -> RouteConfirmed | RouteOverridden:
    rule = proposal.explanation.decision
    if chosen.route == rule.outcome:
        return RouteConfirmed(
            about=contact.reference, route=chosen.route, because=rule.because, row=rule.row, table=rule.table
        )
    return RouteOverridden(
        about=contact.reference,
        route=chosen.route,
        rule_route=rule.outcome,
        row=rule.row,
        table=rule.table,
        reason=chosen.reason,
    )
