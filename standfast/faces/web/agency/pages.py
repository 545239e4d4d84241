"""What does a partner agency see? Its own referrals with the agreed fields, in plain words, and nothing else of the force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.faces.screens.telling import still
from standfast.faces.screens.times import Countdown, ago, count_down
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.journey.triage import queries as triage
from standfast.journey.triage.queries import PartnerReferral
from standfast.journey.triage.rules.partner import find_partner
from standfast.journey.triage.states import RUNNING, ReferralState

STATES = {
    ReferralState.SENT: "Waiting for your answer",
    ReferralState.ACCEPTED: "You have taken this on",
    ReferralState.DECLINED: "You declined this",
    ReferralState.TIMED_OUT: "Not answered in time: the police have it again",
    ReferralState.WITHDRAWN: "The police have taken this back",
    ReferralState.COMPLETED: "You finished this",
}
LINE = 120


@dataclass(frozen=True, kw_only=True)
class OwnReferral:
    """One referral as its agency sees it."""

    reference: str
    need: str
    line: str
    summary: str
    shared: Sequence[tuple[str, str]]
    told: Mapping[str, str]
    state: str
    sent: str
    clock: Countdown
    result: str
    can_accept: bool
    can_decline: bool
    can_complete: bool


@dataclass(frozen=True, kw_only=True)
class OwnList:
    """An agency's referrals: those that run, longest sent first, then those that ended."""

    agency: str
    running: Sequence[OwnReferral]
    ended: Sequence[OwnReferral]


def own_list(*, by: Actor, now: datetime) -> OwnList:
    """
    Return an agency's own referrals.

    :raises NotAllowed: if the person is of no agency, or its agreement has ended
    """
    rows = triage.list_for_partner(by=by, now=now)
    partner = find_partner(by.partner, on=days.london_day(now))
    return OwnList(
        agency=partner.name if partner else by.partner,
        running=[_shown(row, now=now) for row in rows if row.state in RUNNING],
        ended=[_shown(row, now=now) for row in rows if row.state not in RUNNING],
    )


def own_referral(reference: str, *, by: Actor, now: datetime) -> OwnReferral:
    """
    Return one of an agency's own referrals.

    :raises NotFound: if there is none, or it was sent to another agency: the two look the same
    """
    return _shown(triage.partner_view(reference=reference, by=by, now=now), now=now)


def _shown(seen: PartnerReferral, *, now: datetime) -> OwnReferral:
    return OwnReferral(
        reference=seen.reference,
        need=seen.need,
        line=seen.summary if len(seen.summary) <= LINE else seen.summary[:LINE].rsplit(" ", 1)[0] + "…",
        summary=seen.summary,
        shared=seen.shared,
        told=seen.told_caller,
        state=STATES[seen.state],
        sent=ago(seen.sent_at, now=now),
        clock=_clock(seen, now=now),
        result=seen.result,
        can_accept=seen.state == ReferralState.SENT,
        can_decline=seen.state in RUNNING,
        can_complete=seen.state == ReferralState.ACCEPTED,
    )


def _clock(seen: PartnerReferral, *, now: datetime) -> Countdown:
    if seen.state == ReferralState.SENT and seen.answer_due_at is not None:
        return count_down(seen.answer_due_at, now=now)
    if seen.state == ReferralState.ACCEPTED and seen.accepted_at is not None:
        return still("Answered", ago(seen.accepted_at, now=now))
    return still("Ended", ago(seen.ended_at, now=now) if seen.ended_at else "")
