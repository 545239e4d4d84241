"""What do the pages about attendance show? Figures by grade, area and hour, always cut by domestic abuse and vulnerability."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from standfast.faces.screens.times import short_moment
from standfast.faces.web.attendance.asked import CUTS, Asked
from standfast.foundation.kernel.actor import Actor
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents import queries
from standfast.journey.incidents.rules.attendance_figures import FEWEST_SHOWN, Figures, figures_by, figures_of
from standfast.journey.incidents.rules.regrade_watch import Drift
from standfast.journey.incidents.rules.why_late import MEANING, NOTHING, Cause, main_cause

MOST_LISTED = 200
NO_AREA = "Area not known"
NONE = "–"
PLANS = {Cause.ROSTER_GAP: "roster", Cause.FORECAST: "forecast"}
GRADES = {grade.value: grade for grade in ResponseGrade}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The figures of one cut of one row, as shown; `few` where there are too few to show."""

    count: str
    median: str = NONE
    ninth: str = NONE
    own: str = NONE
    in_target: str = NONE
    few: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row: a grade, an area or an hour, its three cuts, and the address of the list behind it."""

    label: str
    cells: Sequence[Cell]
    href: str


@dataclass(frozen=True, kw_only=True)
class CauseLine:
    """One cause: what it means, its mean minutes in each cut and in those that were late, and its share of all, in whole per cent."""

    label: str
    meaning: str
    means: Sequence[str]
    share: int


@dataclass(frozen=True, kw_only=True)
class AttendancePage:
    """The attendances of a period."""

    asked: Asked
    period: str
    cuts: Sequence[str]
    grades: Sequence[tuple[str, str, bool]]
    lengths: Sequence[tuple[str, str, bool]]
    whole: Line
    tables: Sequence[tuple[str, Sequence[Line]]]
    causes: Sequence[CauseLine]
    totals: Sequence[str]
    left_out: Sequence[str]
    unrecorded: Sequence[str]
    fewest: int


@dataclass(frozen=True, kw_only=True)
class AttendanceRow:
    """One incident of the list: how long it took, whether in time, and on what most of it went."""

    reference: str
    what: str
    grade: ResponseGrade
    number: int
    took: str
    in_target: bool
    cause: str
    contact_at: str


@dataclass(frozen=True, kw_only=True)
class AttendanceList:
    """The incidents behind a figure, the longest first."""

    asked: Asked
    title: str
    rows: Sequence[AttendanceRow]
    total: int


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of one attendance: its cause, its time in words, its share of the whole in whole per cent."""

    label: str
    meaning: str
    took: str
    share: int


@dataclass(frozen=True, kw_only=True)
class WhyLate:
    """Why one attendance took as long as it did, or has so far."""

    whole: str
    own: str
    came: bool
    in_target: bool
    parts: Sequence[Part]


def attendance_page(asked: Asked, *, by: Actor, now: datetime) -> AttendancePage:
    """Return the figures of a period."""
    record = queries.attendances_between(since=asked.since, until=asked.until, by=by, now=now)
    rows = [row for row in record.rows if asked.grade in {"", row.grade}]
    late = [row for row in rows if not row.in_target]
    columns = [figures_of([row for row in rows if keep(row)]) for _, keep in CUTS.values()] + [figures_of(late)]
    return AttendancePage(
        asked=asked,
        period=f"{asked.since.astimezone():%-d %b} to {asked.last:%-d %b %Y}",
        cuts=[label for label, _ in CUTS.values()],
        grades=[("Every grade", asked.query(grade=""), not asked.grade)]
        + [(each.label, asked.query(grade=each.value), asked.grade == each) for each in list(ResponseGrade)[:3]],
        lengths=[(f"{each} days", asked.query(days=each), asked.days == each) for each in (7, 14, 28)],
        whole=Line(label="All", cells=_cells(rows), href=asked.query()),
        tables=[
            ("Grade", _lines(rows, "grade", lambda row: row.grade, asked, name=lambda key: GRADES[key].label)),
            ("Area", _lines(rows, "area", lambda row: row.area, asked, name=lambda key: key or NO_AREA)),
            ("Hour", _lines(rows, "hour", lambda row: f"{row.hour:02d}", asked, name=lambda key: f"{key}:00")),
        ],
        causes=[_cause_line(cause, columns) for cause in Cause],
        totals=[_total(each) for each in columns],
        left_out=_left_out(record),
        unrecorded=[words for cause, what in PLANS.items() if (words := _unrecorded(rows, cause, what))],
        fewest=FEWEST_SHOWN,
    )


def attendance_list(
    asked: Asked, given: Mapping[str, str], *, by: Actor, now: datetime, may_see: bool
) -> AttendanceList:
    """Return the incidents behind a figure; what they are about only to those who may see incidents."""
    record = queries.attendances_between(since=asked.since, until=asked.until, by=by, now=now)
    label, keep = CUTS.get(given.get("cut", ""), CUTS["all"])
    wanted = [row for row in record.rows if keep(row) and asked.grade in {"", row.grade} and _is_asked(row, given)]
    wanted.sort(key=lambda row: sum(row.parts.values(), NOTHING), reverse=True)
    shown = wanted[:MOST_LISTED]
    known = queries.incidents_by_reference((row.reference for row in shown), by=by) if may_see else {}
    return AttendanceList(
        asked=asked,
        title=f"Attendances: {label.lower()}",
        rows=[_row(row, known.get(row.reference), now=now) for row in shown],
        total=len(wanted),
    )


def why_late(incident: Any, *, now: datetime) -> WhyLate | None:
    """Return why an attendance took as long as it did; None where no such clock runs."""
    found = queries.attendance_of(incident, now=now)
    if found is None:
        return None
    whole = sum(found.parts.values(), NOTHING)
    return WhyLate(
        whole=lasting(whole),
        own=lasting(found.own) if found.own is not None else "",
        came=found.took is not None,
        in_target=found.in_target,
        parts=[
            Part(
                label=cause.label,
                meaning=MEANING[cause],
                took=lasting(took),
                share=round(100 * took / whole) if whole else 0,
            )
            for cause, took in found.parts.items()
            if took
        ],
    )


def lasting(time: timedelta | None) -> str:
    """Return a length of time as people say it: minutes and seconds, or hours and minutes."""
    if time is None:
        return NONE
    seconds = round(time.total_seconds())
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"


def watch_page(asked: Asked, *, by: Actor) -> Mapping[str, Any]:
    """Return what the watch over the gradings of a period found, as shown."""
    found = queries.watch_between(since=asked.since, until=asked.until, by=by)
    names = {number: grade.label for number, grade in enumerate(ResponseGrade, start=1)}
    return {
        "asked": asked,
        "gradings": found.gradings,
        "questions": found.questions,
        "rate": f"{found.false_alarm_rate:.0%}",
        "lengths": [(f"{each} days", asked.query(days=each), asked.days == each) for each in (7, 14, 28)],
        "downgrades": [(each.subject, names[each.was], names[each.became], each.handler) for each in found.downgrades],
        "drifts": [(_drift_words(each), each.gradings, f"{each.chance:.2g}") for each in found.drifts],
    }


def _drift_words(each: Any) -> str:
    if each.drift is Drift.QUEUE:
        return "Grades are less urgent when more incidents wait"
    if each.drift is Drift.HOUR:
        return f"Grades are less urgent from {each.value}"
    return f"Grades set by {each.value} are less urgent than colleagues’"


def _lines(
    rows: Sequence[Any], key: str, group: Callable[[Any], str], asked: Asked, *, name: Callable[[str], str]
) -> list[Line]:
    by_cut = [figures_by([row for row in rows if keep(row)], group) for _, keep in CUTS.values()]
    none = Figures(count=0, hidden=True)
    order = list(GRADES) if key == "grade" else sorted(by_cut[0])
    return [
        Line(
            label=name(value),
            cells=[_cell(each.get(value, none)) for each in by_cut],
            href=asked.query(**{key: value or "none"}),
        )
        for value in order
        if value in by_cut[0]
    ]


def _cells(rows: Sequence[Any]) -> list[Cell]:
    return [_cell(figures_of([row for row in rows if keep(row)])) for _, keep in CUTS.values()]


def _cell(figures: Figures) -> Cell:
    if figures.hidden:
        return Cell(count="0" if figures.count == 0 else "few", few=True)
    return Cell(
        count=f"{figures.count:,}",
        median=lasting(figures.median),
        ninth=lasting(figures.ninth_decile),
        own=lasting(figures.own_median),
        in_target=f"{figures.in_target:.0%}",
    )


def _cause_line(cause: Cause, columns: Sequence[Figures]) -> CauseLine:
    first = columns[0].mean_parts or {}
    whole = sum(first.values(), NOTHING)
    return CauseLine(
        label=cause.label,
        meaning=MEANING[cause],
        means=[lasting(each.mean_parts[cause]) if each.mean_parts else NONE for each in columns],
        share=round(100 * first[cause] / whole) if whole else 0,
    )


def _total(figures: Figures) -> str:
    return lasting(sum(figures.mean_parts.values(), NOTHING)) if figures.mean_parts else NONE


def _left_out(record: Any) -> list[str]:
    counted = (
        (record.running, "not attended yet, their limit not passed"),
        (record.by_appointment, "by appointment"),
        (record.there_already, "officers were there before the first contact"),
        (record.unattended_closed, "closed without attendance inside the limit"),
        (record.merged, "merged into another, which is counted"),
    )
    return [f"{number:,} {why}" for number, why in counted if number]


def _unrecorded(rows: Sequence[Any], cause: Cause, what: str) -> str:
    number = sum(cause in row.unrecorded for row in rows)
    if not number:
        return ""
    whose = "For these" if number == len(rows) else f"For {number:,} of these {len(rows):,}"
    return (
        f"{whose} no {what} had been published beforehand that covers the whole wait: "
        f"“no unit free” holds what a {cause.label.lower()} would explain."
    )


def _is_asked(row: Any, given: Mapping[str, str]) -> bool:
    area, hour = given.get("area", ""), given.get("hour", "")
    return (
        area in {"", row.area or "none"}
        and hour in {"", f"{row.hour:02d}"}
        and not (given.get("late") and row.in_target)
    )


def _row(row: Any, incident: Any, *, now: datetime) -> AttendanceRow:
    grade = ResponseGrade(row.grade)
    return AttendanceRow(
        reference=row.reference,
        what=f"{incident.kind or 'Kind not noted'}, {incident.place_text or 'place not known'}" if incident else "",
        grade=grade,
        number=list(ResponseGrade).index(grade) + 1,
        took=lasting(row.took) if row.took is not None else f"nobody yet, {lasting(sum(row.parts.values(), NOTHING))}",
        in_target=row.in_target,
        cause=main_cause(row.parts).label,
        contact_at=short_moment(incident.first_contact_at, now=now) if incident else "",
    )
