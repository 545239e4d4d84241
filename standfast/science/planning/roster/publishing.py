"""How does a roster reach people? As a calendar, and as a page to print."""

from datetime import datetime, timedelta
from hashlib import sha256
from html import escape

from standfast.science.planning.roster.costs import weekends_worked
from standfast.science.planning.roster.own import Asked
from standfast.science.planning.roster.problem import OFF, SATURDAY, Cells

LONGEST_LINE = 74
COLOURS = ("#dbe9f6", "#fde7c7", "#d9d2e9", "#d5e8d4", "#f8d7da", "#e2e3e5", "#fff3cd", "#cfe2f3")
NIGHT_COLOUR = "#3b4a6b"


def as_calendar(asked: Asked, cells: Cells, *, published: datetime) -> str:
    """Return every duty as an iCalendar event in UTC; a day's duty keeps its identity when it is published again."""
    duties = asked.duties
    assert duties is not None  # noqa: S101 - asked before the search: a benchmark instance has no times
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Standfast//roster//EN", f"X-WR-CALNAME:{_plain(asked.name)}"]
    for officer, row in zip(asked.problem.officers, cells.tolist(), strict=True):
        for day, cell in enumerate(row):
            if cell != OFF:
                shift = duties.shifts[cell]
                identity = sha256(f"{asked.name}|{officer.id}|{asked.problem.day(day)}".encode()).hexdigest()[:24]
                lines += [
                    "BEGIN:VEVENT",
                    f"UID:{identity}@standfast",
                    f"DTSTAMP:{_utc(published)}",
                    f"DTSTART:{_utc(duties.calendar.begins(day, shift))}",
                    f"DTEND:{_utc(duties.calendar.ends(day, shift))}",
                    f"SUMMARY:{_plain(f'{shift.id} – {officer.called}')}",
                    "END:VEVENT",
                ]
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def as_page(asked: Asked, cells: Cells, *, note: str) -> str:
    """Return a roster as one HTML page that needs nothing else: people by days, hours, nights and weekends, and who covers what."""
    problem = asked.problem
    heads = "".join(f'<th scope="col"{_weekend(asked, day)}>{_day(asked, day)}</th>' for day in range(problem.days))
    rows = "".join(_row(asked, cells, number) for number in range(len(problem.officers)))
    feet = "".join(_count(asked, cells, shift) for shift in range(len(problem.shifts)))
    legend = " ".join(
        f'<span class="s{n}">{escape(each.id)}</span> {_times(asked, n)}' for n, each in enumerate(problem.shifts)
    )
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(asked.name)}</title>'
        f"<style>{_style(asked)}</style></head><body><h1>{escape(asked.name)}</h1><p>{escape(note)}</p><p>{legend}</p>"
        f'<table><thead><tr><th scope="col">Name</th>{heads}<th scope="col">Hours</th><th scope="col">Nights</th>'
        f'<th scope="col">Weekends</th></tr></thead><tbody>{rows}</tbody><tfoot>{feet}</tfoot></table></body></html>\n'
    )


def _row(asked: Asked, cells: Cells, number: int) -> str:
    problem, row = asked.problem, cells[number].tolist()
    away = {day: each.why for each in problem.closed if each.officer == number for day in each.days}
    shown = "".join(
        f'<td class="off"{_weekend(asked, day)}>{escape(away[day][:1].upper()) if day in away else ""}</td>'
        if cell == OFF
        else f'<td class="s{cell}">{escape(problem.shifts[cell].id)}</td>'
        for day, cell in enumerate(row)
    )
    hours = sum(problem.shifts[cell].minutes for cell in row if cell != OFF) / 60
    nights = sum(problem.shifts[cell].night for cell in row if cell != OFF)
    weekends = weekends_worked(problem, number, cells[number])
    name = escape(problem.officers[number].called)
    return f'<tr><th scope="row">{name}</th>{shown}<td>{hours:g}</td><td>{nights}</td><td>{weekends}</td></tr>'


def _count(asked: Asked, cells: Cells, shift: int) -> str:
    counts = "".join(f"<td>{int((cells[:, day] == shift).sum())}</td>" for day in range(asked.problem.days))
    return (
        f'<tr><th scope="row">On {escape(asked.problem.shifts[shift].id)}</th>{counts}<td></td><td></td><td></td></tr>'
    )


def _style(asked: Asked) -> str:
    shifts = enumerate(asked.problem.shifts)
    colours = "".join(
        f".s{n}{{background:{NIGHT_COLOUR if each.night else COLOURS[n % len(COLOURS)]};color:{'#fff' if each.night else '#0b0c0c'}}}"
        for n, each in shifts
    )
    return (
        "@page{size:A3 landscape;margin:10mm}body{font:13px/1.3 Arial,sans-serif;color:#0b0c0c;margin:1rem}"
        "table{border-collapse:collapse}th,td{border:1px solid #b1b4b6;padding:2px 4px;text-align:center;font-weight:400}"
        "th[scope=row]{text-align:left;white-space:nowrap}thead th{font-size:11px}.off{color:#505a5f}[data-weekend]{background:#f3f2f1}"
        "legend,p span{padding:0 .4em}tr{break-inside:avoid}thead{display:table-header-group}"
        f"{colours}*{{print-color-adjust:exact;-webkit-print-color-adjust:exact}}"
    )


def _weekend(asked: Asked, day: int) -> str:
    return " data-weekend" if (day + asked.problem.weekday) % 7 >= SATURDAY else ""


def _day(asked: Asked, day: int) -> str:
    if asked.problem.start is None:
        return str(day)
    at = asked.problem.start + timedelta(days=day)
    return f"{at:%a}<br>{at:%-d %b}"


def _times(asked: Asked, number: int) -> str:
    shift = asked.problem.shifts[number]
    if shift.starts is None or shift.ends is None:
        return f"{shift.minutes / 60:g} h"
    return "–".join(f"{minutes // 60 % 24:02d}:{minutes % 60:02d}" for minutes in (shift.starts, shift.ends))


def _utc(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _plain(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


def _folded(line: str) -> list[str]:
    """Fold a line of a calendar at 75 bytes, as its standard asks."""
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > LONGEST_LINE:
            parts.append(part)
            part = " "
        part += letter
    return [*parts, part]
