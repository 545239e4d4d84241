"""What do the force's pages about referrals show?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standfast.faces.screens.parts import DutyRow, TimelineRow
from standfast.faces.screens.telling import clock_of, doer, duty_rows, still, told
from standfast.faces.screens.times import ClockState, Countdown, ago, short_moment
from standfast.foundation.eventlog import queries as eventlog
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind
from standfast.foundation.people import queries as people
from standfast.journey.contact.rules.risk import Risk, risk_rank
from standfast.journey.triage import queries as triage
from standfast.journey.triage.rules.lawful_basis import LawfulBasis, SharedField
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.partner import find_partner, partners_on
from standfast.journey.triage.states import RUNNING, ReferralState

ENDED = frozenset(ReferralState) - RUNNING
MOST_ENDED = 100
MOST_RUNNING = 500


@dataclass(frozen=True, kw_only=True)
class ReferralFilter:
    """Which referrals are asked for: all, running, overdue or ended ones; of one agency; for one need."""

    show: str = "all"
    partner: str = ""
    need: str = ""


@dataclass(frozen=True, kw_only=True)
class ReferralRow:
    """One referral in the list."""

    reference: str
    risk: str
    risk_label: str
    partner: str
    need: str
    state: str
    sent: str
    clock: Countdown
    is_running: bool
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class ReferralList:
    """The list: those that run, most danger first, then time left; then those that ended, newest first."""

    running: Sequence[ReferralRow]
    ended: Sequence[ReferralRow]
    counts: Mapping[str, int]
    where: ReferralFilter
    partners: Sequence[tuple[str, str]]
    needs: Sequence[tuple[str, str]]
    cut_short: bool

    def address(self, show: str) -> str:
        """Return the query of the same filter for another part of the list."""
        kept = (("partner", self.where.partner), ("need", self.where.need))
        return "&".join([f"?show={show}", *(f"{name}={value}" for name, value in kept if value)])


@dataclass(frozen=True, kw_only=True)
class ReferralPage:
    """One referral as the force's staff see it."""

    row: ReferralRow
    contact: str
    first_contact: str
    summary: str
    shared: Sequence[tuple[str, str]]
    consent: str
    override_reason: str
    lawful_basis: str
    told: Mapping[str, str]
    sent_by: str
    answered: str
    spoken_to: str
    ending: str
    result: str
    way: str
    duties: Sequence[DutyRow]
    timeline: Sequence[TimelineRow]
    can_accept: bool


def referral_list(where: ReferralFilter, *, by: Actor, now: datetime) -> ReferralList:
    """Return the list of referrals under a filter, with the count of each part of it."""
    running = _wanted(triage.list_referrals(by=by)[:MOST_RUNNING], where)
    ended = _wanted(triage.list_referrals(by=by, states=ENDED).reverse()[:MOST_ENDED], where)
    duties = obligations.running_for(each.reference for each in running)
    rows = sorted(
        ((each, _row(each, duties.get(each.reference, ()), now=now)) for each in running),
        key=lambda pair: (risk_rank(Risk(pair[0].contact.risk)), not pair[1].is_overdue, pair[1].clock.due_at or "~"),
    )
    shown = [row for _, row in rows if where.show in {"all", "running"} or (where.show == "overdue" and row.is_overdue)]
    return ReferralList(
        running=shown,
        ended=[_row(each, (), now=now) for each in ended] if where.show in {"all", "ended"} else [],
        counts={"running": len(rows), "overdue": sum(row.is_overdue for _, row in rows), "ended": len(ended)},
        where=where,
        partners=sorted(((each.id, each.name) for each in partners_on(days.london_day(now))), key=lambda each: each[1]),
        needs=[pair for pair in Need.pairs() if pair[0] != Need.NONE],
        cut_short=len(running) == MOST_RUNNING,
    )


def referral_page(referral: Any, *, now: datetime) -> ReferralPage:
    """Return one referral as shown."""
    duties = [each for each in obligations.all_for_journey(referral.journey) if each.subject == referral.reference]
    lines = eventlog.timeline(about=referral.reference)
    names = people.names_by_ref({referral.sent_by, referral.answered_by, *(line.by_ref for line in lines)})
    partner = find_partner(referral.partner, on=days.london_day(now))
    return ReferralPage(
        row=_row(referral, [each for each in duties if _runs(each)], now=now),
        contact=referral.journey,
        first_contact=ago(referral.first_contact_at, now=now),
        summary=referral.summary,
        shared=[(SharedField(each).label, referral.shared.get(each, "")) for each in referral.fields],
        consent=Answer(referral.consent).label,
        override_reason=referral.override_reason,
        lawful_basis=LawfulBasis(referral.lawful_basis).label,
        told=referral.told_caller,
        sent_by=f"{doer(referral.sent_by, names)}, {ago(referral.sent_at, now=now)}",
        answered=doer(referral.answered_by, names) if referral.answered_by else "",
        spoken_to=referral.spoken_to,
        ending=referral.ending_reason,
        result=referral.result,
        way=partner.way.label if partner else "The agency is no longer in the directory",
        duties=duty_rows(duties, now=now),
        timeline=told(lines, names=names, now=now),
        can_accept=referral.state == ReferralState.SENT,
    )


def _wanted(rows: Iterable[Any], where: ReferralFilter) -> list[Any]:
    return [row for row in rows if where.partner in {"", row.partner} and where.need in {"", row.need}]


def _runs(duty: Any) -> bool:
    return duty.met_at is None and duty.stopped_at is None


def _row(referral: Any, duties: Iterable[Any], *, now: datetime) -> ReferralRow:
    state = ReferralState(referral.state)
    clock = _clock(referral, duties, now=now)
    return ReferralRow(
        reference=referral.reference,
        risk=referral.contact.risk,
        risk_label=Risk(referral.contact.risk).label,
        partner=referral.partner_name,
        need=Need(referral.need).label,
        state=state.label,
        sent=ago(referral.sent_at, now=now),
        clock=clock,
        is_running=state in RUNNING,
        is_overdue=state == ReferralState.SENT and clock.state == ClockState.OVERDUE,
    )


def _clock(referral: Any, duties: Iterable[Any], *, now: datetime) -> Countdown:
    answer = next((each for each in duties if each.kind == ObligationKind.REFERRAL_ANSWER), None)
    if answer is not None:
        return clock_of(answer, now=now)
    if referral.ended_at is not None:
        return still("Ended", short_moment(referral.ended_at, now=now))
    return still("Accepted", short_moment(referral.accepted_at or referral.sent_at, now=now))
