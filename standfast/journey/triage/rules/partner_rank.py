"""Which partner agency fits a need best right now, and why not the others?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.foundation.kernel import days
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.partner import EVERYWHERE, Partner, Way


@dataclass(frozen=True, kw_only=True)
class PartnerRequest:
    """What is looked for: a need, the areas the place lies in (smallest and parents), the strands seen, and whether it is urgent."""

    need: Need
    areas: frozenset[str]
    strands: frozenset[str] = frozenset()
    urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class RankedPartner:
    """An agency that fits, with the reasons for its place."""

    partner: Partner
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class UnfitPartner:
    """An agency that serves the need but not now, not here or not this matter, and why."""

    partner: Partner
    because: str


@dataclass(frozen=True, kw_only=True)
class PartnerRanking:
    """The agencies that fit, best first, and those for the same need that do not."""

    fitting: tuple[RankedPartner, ...]
    unfit: tuple[UnfitPartner, ...]


def rank_partners(partners: Sequence[Partner], request: PartnerRequest, *, at: datetime) -> PartnerRanking:
    """
    Return the agencies for a need at an instant, best first, with reasons; and the others for that need, with why not.

    A faster answer goes first, then an agency for this very area, then a warm transfer by phone, then an entry whose review is not overdue.
    """
    fitting, unfit = [], []
    for partner in partners:
        if request.need == Need.NONE or request.need not in partner.needs:
            continue
        because = why_not(partner, request, at=at)
        if because:
            unfit.append(UnfitPartner(partner=partner, because=because))
        else:
            fitting.append(RankedPartner(partner=partner, reasons=_reasons(partner, at=at)))
    fitting.sort(key=lambda each: _place(each.partner, at=at))
    return PartnerRanking(fitting=tuple(fitting), unfit=tuple(unfit))


def why_not(partner: Partner, request: PartnerRequest, *, at: datetime) -> str:
    """Return why an agency cannot take the matter now, or nothing if it can."""
    on = days.london_day(at)
    refused = sorted(Strand(strand).label for strand in request.strands & set(partner.excludes))
    asked = (
        (not partner.has_agreement(on), "The agreement with it has ended"),
        (partner.beside_police, "It supports beside the police and takes nothing over"),
        (request.need not in partner.needs, "It does not serve this need"),
        (not partner.serves_area(request.areas), "It does not serve this area"),
        (bool(refused), f"It does not take: {', '.join(refused)}"),
        (request.urgent and not partner.takes_urgent, "It takes nothing urgent"),
        (not partner.is_open(at), "It is closed now"),
    )
    return next((because for is_so, because in asked if is_so), "")


def _place(partner: Partner, *, at: datetime) -> tuple[bool, bool, bool, bool, str]:
    overdue = partner.review_on < days.london_day(at)
    return partner.answer != "urgent", EVERYWHERE in partner.areas, partner.way != Way.PHONE, overdue, partner.name


def _reasons(partner: Partner, *, at: datetime) -> tuple[str, ...]:
    overdue = partner.review_on < days.london_day(at)
    return (
        "Open now",
        "Answers urgently" if partner.answer == "urgent" else "Answers within its usual limit",
        "Serves everywhere" if EVERYWHERE in partner.areas else "Serves this area",
        partner.way.label,
        f"Entry was to be reviewed by {partner.review_on:%-d %B %Y}" if overdue else "Entry is up to date",
    )
