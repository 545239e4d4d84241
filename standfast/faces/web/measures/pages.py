"""What do the measures on all contacts show?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from standfast.faces.web.measures import prompts
from standfast.faces.web.measures.behind import days_of, narrowed
from standfast.faces.web.measures.fairness import Dimension, dimensions
from standfast.faces.web.measures.forms import LACKS, Asked, Part, Period
from standfast.faces.web.measures.words import ANY, NO_TEAM, NO_TEAM_LABEL, of_counts, percent
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.journey.assessment import queries
from standfast.journey.assessment.queries import MeasuredContact
from standfast.journey.assessment.rules.measure_limit import TABLE, Measure, measure_limits
from standfast.journey.assessment.rules.whole_count import Owed, Tally, tally

LEADS = {
    Owed.ASSESSED: "Threat, harm, risk and vulnerability written in words, and a response grade set by a person.",
    Owed.CHECKED: "Every look-up made and recorded: earlier contacts, who it may be, the address. Nothing found is a result.",
    Owed.ADVISED: "All the advice that belongs to it, of the contacts to which some belongs.",
}


@dataclass(frozen=True, kw_only=True)
class ShareCell:
    """A share as shown: per cent, the counts, and how many lack it, with the way to them (empty where the reader may not list)."""

    percent: str
    counts: str
    lacking: int
    href: str


@dataclass(frozen=True, kw_only=True)
class CountedRow:
    """The figures of one team or half-hour."""

    name: str
    href: str
    contacts: int
    contacts_href: str
    cells: Sequence[ShareCell]
    ended_without: int
    ended_href: str


@dataclass(frozen=True, kw_only=True)
class Headline:
    """One figure at the top."""

    name: str
    cell: ShareCell
    says: str


@dataclass(frozen=True, kw_only=True)
class MeasuresPage:
    """Everything the page shows of the days asked for."""

    days: str
    periods: Sequence[tuple[str, str, bool]]
    earlier: str
    later: str
    team: str
    every_team: str
    whole: CountedRow
    headlines: Sequence[Headline]
    teams: Sequence[CountedRow]
    halves: Sequence[CountedRow]
    prompted: Sequence[prompts.PromptRow]
    drifts: Sequence[prompts.DriftRow]
    alarms: int
    drift_span: str
    groups: Sequence[Dimension]
    fewest: int
    edition: str


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Makes the addresses of the lists behind numbers, for a reader who may see them."""

    asked: Asked
    may_list: bool

    def to(self, **narrower: object) -> str:
        """Return the address of the contacts behind a number, or nothing."""
        return reverse("measures:contacts") + self.asked.query(**narrower) if self.may_list else ""


def measures_page(asked: Asked, *, may_list: bool, by: Actor, now: datetime) -> MeasuresPage:
    """
    Return the measures on all contacts of some days.

    :raises NotAllowed: if the one who asks may not see them
    """
    contacts = queries.measured_contacts(span=asked.span, by=by)
    of_team = narrowed(contacts, Asked(until=asked.until, period=asked.period, team=asked.team))
    ways = Ways(asked=Asked(until=asked.until, period=asked.period, team=asked.team), may_list=may_list)
    today = days.london_day(now)
    limits = measure_limits(on=today)
    drifts = prompts.drift_rows(until=asked.until, limits=limits, by=by)
    whole = _row("All contacts", tally(each.served for each in of_team), ways)
    return MeasuresPage(
        days=days_of(asked),
        periods=[(each.label, asked.query(period=each), each == asked.period) for each in Period],
        earlier=asked.query(until=asked.span.first - timedelta(days=1)),
        later=_later(asked, today),
        team=NO_TEAM_LABEL if asked.team == NO_TEAM else asked.team,
        every_team=asked.query(team=ANY),
        whole=whole,
        headlines=[
            Headline(name=owed.label, cell=cell, says=LEADS[owed]) for owed, cell in zip(Owed, whole.cells, strict=True)
        ],
        teams=_team_rows(contacts, ways),
        halves=_half_rows(of_team, ways),
        prompted=prompts.prompt_rows(of_team, ways, fewest=limits[Measure.CONFIRMED].fewest),
        drifts=drifts,
        alarms=sum(each.drifted for each in drifts),
        drift_span=prompts.drift_span(asked.until),
        groups=dimensions(of_team, limit=limits[Measure.GROUP]),
        fewest=limits[Measure.GROUP].fewest,
        edition=str(TABLE.on(today)),
    )


def _later(asked: Asked, today: date) -> str:
    if asked.until >= today:
        return ""
    length = asked.span.last - asked.span.first + timedelta(days=1)
    return asked.query(until=min(today, asked.until + length))


def _team_rows(contacts: Iterable[MeasuredContact], ways: Ways) -> list[CountedRow]:
    by_team: dict[str, list[MeasuredContact]] = defaultdict(list)
    for each in contacts:
        by_team[each.team or NO_TEAM].append(each)
    names = sorted(by_team, key=lambda team: (team == NO_TEAM, team))
    return [
        _row(
            NO_TEAM_LABEL if team == NO_TEAM else team,
            tally(each.served for each in by_team[team]),
            ways,
            team=team,
        )
        for team in names
    ]


def _half_rows(contacts: Iterable[MeasuredContact], ways: Ways) -> list[CountedRow]:
    by_half: dict[str, list[MeasuredContact]] = defaultdict(list)
    for each in contacts:
        by_half[each.half_hour].append(each)
    return [_row(half, tally(each.served for each in by_half[half]), ways, half=half) for half in sorted(by_half)]


def _row(name: str, counted: Tally, ways: Ways, **narrower: object) -> CountedRow:
    return CountedRow(
        name=name,
        href=ways.asked.query(team=narrower["team"]) if "team" in narrower else "",
        contacts=counted.contacts,
        contacts_href=ways.to(**narrower) if counted.contacts else "",
        cells=[_cell(counted, owed, ways, narrower) for owed in Owed],
        ended_without=counted.ended_without,
        ended_href=ways.to(part=Part.ENDED_WITHOUT, **narrower) if counted.ended_without else "",
    )


def _cell(counted: Tally, owed: Owed, ways: Ways, narrower: dict[str, object]) -> ShareCell:
    share = counted.of(owed)
    return ShareCell(
        percent=percent(share.share),
        counts=of_counts(share),
        lacking=share.rest,
        href=ways.to(part=LACKS[owed], **narrower) if share.rest else "",
    )
