"""
How is a moment, or the time left until one, shown?

In London's time, with the clock time beside what is left. The browser counts on from the same instants (`countdown.js`); without
script the text made here stands.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.days import LONDON, happens_twice, london_day, wall_clock

MINUTE, HOUR, DAY = 60, 3600, 86400
MINUS = "−"


class ClockState(Choice):
    """How a duty stands against its limit; each has its own icon and word, never colour alone."""

    ON_TIME = "ontime", "On time"
    WARNING = "warning", "Nearly due"
    OVERDUE = "overdue", "Overdue"
    MET = "met", "Met"
    PAUSED = "paused", "Paused"


@dataclass(frozen=True, kw_only=True)
class Countdown:
    """A limit as shown: the figure, the word after it, and the instants the browser counts from (empty when nothing runs)."""

    state: ClockState
    figure: str
    word: str
    due: str = ""
    due_title: str = ""
    due_at: str = ""
    warn_at: str = ""


def count_down(due_at: datetime, *, now: datetime, warn_at: datetime | None = None) -> Countdown:
    """Return the running countdown to a limit. `warn_at` is when its warning begins; without one there is none."""
    left = int((due_at - now).total_seconds() // 1)
    return Countdown(
        state=_state(left, warned=warn_at is not None and now >= warn_at),
        figure=span(left),
        word="over" if left < 0 else "left",
        due=short_moment(due_at, now=now),
        due_title=wall_clock(due_at),
        due_at=due_at.isoformat(timespec="seconds"),
        warn_at=warn_at.isoformat(timespec="seconds") if warn_at else "",
    )


def met(due_at: datetime, *, met_at: datetime, starts_at: datetime) -> Countdown:
    """Return a duty that was met; one met late says so and stays visible as late."""
    late = int((met_at - due_at).total_seconds() // 1)
    took = span(int((met_at - starts_at).total_seconds()))
    title = wall_clock(met_at)
    if late > 0:
        return Countdown(state=ClockState.OVERDUE, figure=f"{MINUS}{span(late)}", word="late, kept", due_title=title)
    return Countdown(state=ClockState.MET, figure="Met", word=f"in {took}", due_title=title)


def paused(why: str) -> Countdown:
    """Return a clock that stands still, and why."""
    return Countdown(state=ClockState.PAUSED, figure="Paused", word=why)


def span(seconds: int) -> str:
    """Write seconds as `m:ss` under an hour, then hours and minutes, then days; a minus sign for what is over."""
    sign, size = (MINUS, -seconds) if seconds < 0 else ("", seconds)
    if size < HOUR:
        return f"{sign}{size // MINUTE}:{size % MINUTE:02d}"
    if size < DAY:
        minutes = size % HOUR // MINUTE
        return f"{sign}{size // HOUR} h" + (f" {minutes:02d}" if minutes else "")
    days = size // DAY
    return f"{sign}{days} day" + ("" if days == 1 else "s")


def short_moment(instant: datetime, *, now: datetime) -> str:
    """Write a moment as briefly as is clear today: `21:59`, `Sat 21:59` within six days, else `1 Apr 2027` or `1 Apr`."""
    local = instant.astimezone(LONDON)
    told = f"{local:%H:%M}" + (f" {local:%Z}" if happens_twice(instant) else "")
    apart = abs((london_day(instant) - london_day(now)).days)
    if apart == 0:
        return told
    if apart < 7:
        return f"{local:%a} {told}"
    return f"{local:%-d %b}" if local.year == now.astimezone(LONDON).year else f"{local:%-d %b %Y}"


def exact(instant: datetime) -> str:
    """Write the London clock time to the second."""
    return f"{instant.astimezone(LONDON):%H:%M:%S}"


def ago(instant: datetime, *, now: datetime) -> str:
    """Write relative and absolute time together: `2 min ago, 21:45`; under a minute it is `just now`."""
    gone = now - instant
    when = short_moment(instant, now=now)
    if gone < timedelta(minutes=1):
        return f"just now, {when}"
    if gone < timedelta(hours=1):
        return f"{int(gone.total_seconds() // MINUTE)} min ago, {when}"
    if gone < timedelta(days=1):
        return f"{int(gone.total_seconds() // HOUR)} h ago, {when}"
    days = gone.days
    return f"{days} day{'' if days == 1 else 's'} ago, {when}"


def _state(left: int, *, warned: bool) -> ClockState:
    if left < 0:
        return ClockState.OVERDUE
    return ClockState.WARNING if warned else ClockState.ON_TIME
