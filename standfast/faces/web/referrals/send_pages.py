"""What do the pages show on which a matter is tested, and passed to an agency?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standfast.faces.screens.times import ago
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import ContactState
from standfast.journey.triage import queries as triage
from standfast.journey.triage.rules.lawful_basis import SharedField
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.partner import Way
from standfast.journey.triage.rules.police_threshold import ASKED, QUESTIONS, PoliceRole
from standfast.journey.triage.rules.route import Route

NO_NEED_YET = "Choose what the matter is mainly about to see which agencies could take it."


@dataclass(frozen=True, kw_only=True)
class Agency:
    """An agency that fits, best first, and why; `takes_referrals` says whether it is sent one or the caller is shown the way."""

    code: str
    name: str
    reasons: Sequence[str]
    contact: str
    note: str
    takes_referrals: bool
    shows_the_way: bool


@dataclass(frozen=True, kw_only=True)
class ReferPage:
    """What may be shared of a contact, with whom, and what still stands in the way (`hurdle`, empty when nothing does)."""

    contact: str
    what: str
    risk: str
    risk_label: str
    first_contact: str
    need: str
    need_label: str
    needs: Sequence[tuple[str, str]]
    hurdle: str
    fitting: Sequence[Agency]
    unfit: Sequence[tuple[str, str]]
    values: Mapping[str, str]

    @property
    def choosable(self) -> list[str]:
        """The agencies that can be sent a referral."""
        return [each.code for each in self.fitting if each.takes_referrals]

    def agency(self, code: str) -> Agency:
        """Return the agency of this code, or the first the caller can be shown the way to, or one that stands for none."""
        ways = [each for each in self.fitting if each.shows_the_way]
        named = [each for each in ways if each.code == code]
        return (named or ways or [NO_AGENCY])[0]


NO_AGENCY = Agency(code="", name="", reasons=(), contact="", note="", takes_referrals=False, shows_the_way=False)


@dataclass(frozen=True, kw_only=True)
class ThresholdPage:
    """The five questions, and the test that stands."""

    contact: str
    what: str
    risk: str
    risk_label: str
    questions: Sequence[tuple[str, str]]
    standing: str
    keeps: bool
    because: str
    source: str
    tested: str
    answers: Sequence[tuple[str, str, str]]


def refer_page(contact: str, *, need: str, by: Actor, now: datetime) -> ReferPage:
    """
    Return what may be shared of a contact and with whom; `need` is looked at only while no route to an agency was decided.

    :raises NotFound: if there is no such contact, or none this person may reach
    """
    found = contacts.get_contact(reference=contact, by=by)
    decision = triage.standing_route(contact_reference=found.reference)
    routed = decision is not None and decision.route == Route.PARTNER
    asked = Need(decision.need) if decision is not None and routed else _need(need)
    ranking = triage.rank_for(contact_reference=found.reference, need=asked, by=by, now=now)
    return ReferPage(
        contact=found.reference,
        what=found.kind or "No kind was noted",
        risk=found.risk,
        risk_label=Risk(found.risk).label,
        first_contact=ago(found.first_contact_at, now=now),
        need=asked.value,
        need_label=asked.label,
        needs=[pair for pair in Need.pairs() if pair[0] != Need.NONE],
        hurdle=_hurdle(found, is_routed=routed),
        fitting=[_agency(each) for each in ranking.fitting],
        unfit=[(each.partner.name, each.because) for each in ranking.unfit],
        values=triage.shared_values(found, SharedField),
    )


def threshold_page(contact: Any, *, now: datetime) -> ThresholdPage:
    """Return the questions of the threshold test for a contact, with the newest test."""
    test = triage.standing_threshold(contact_reference=contact.reference)
    return ThresholdPage(
        contact=contact.reference,
        what=contact.kind or "No kind was noted",
        risk=contact.risk,
        risk_label=Risk(contact.risk).label,
        questions=[(name, ASKED[name]) for name in QUESTIONS],
        standing=PoliceRole(test.outcome).label if test else "",
        keeps=test is not None and test.outcome == PoliceRole.KEEPS,
        because=test.because if test else "",
        source=f"row {test.row}, {test.table}" if test else "",
        tested=f"{test.by_name}, {ago(test.at, now=now)}" if test else "",
        answers=_answers(test) if test else (),
    )


def _answers(test: Any) -> list[tuple[str, str, str]]:
    return [(ASKED[name], Answer(getattr(test, name)).label, test.relied_on.get(name, "")) for name in QUESTIONS]


def _need(code: str) -> Need:
    return Need(code) if code in set(Need) else Need.NONE


def _hurdle(contact: Any, *, is_routed: bool) -> str:
    if contact.state != ContactState.IN_HAND:
        return f"This contact is {ContactState(contact.state).label.lower()}: claim it before you pass it on."
    if not is_routed:
        return "The route of this contact is not a partner agency yet: decide its route first."
    return ""


def _agency(ranked: Any) -> Agency:
    partner = ranked.partner
    return Agency(
        code=partner.id,
        name=partner.name,
        reasons=ranked.reasons,
        contact=partner.contact,
        note=partner.note,
        takes_referrals=partner.way != Way.LINK,
        shows_the_way=partner.way != Way.PORTAL,
    )
