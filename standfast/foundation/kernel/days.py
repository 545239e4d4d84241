"""Which London day, hour or wall-clock time is an instant? Stored time is UTC; days and shifts are London's."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from standfast.foundation.kernel.errors import Refusal

LONDON = ZoneInfo("Europe/London")
ONE_DAY = timedelta(days=1)


_ZONES = {"BST": timedelta(hours=1), "GMT": timedelta(0)}
_WRITTEN = tuple(
    f"{day} {clock}" for day in ("%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%d/%m/%Y") for clock in ("%H:%M", "%H:%M:%S")
)


class UnclearTime(Refusal):
    """A written time that does not exist, happens twice, or is no time at all."""


def london_day(instant: datetime) -> date:
    """Return the London calendar day an aware instant falls on."""
    return instant.astimezone(LONDON).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first instant of a London day and the first of the next, in UTC: 23, 24 or 25 hours apart."""
    return _midnight(day), _midnight(day + ONE_DAY)


def parse_instant(text: str) -> datetime:
    """
    Read an RFC 3339 time that says its offset, as UTC.

    :raises UnclearTime: if it is no time, or has no offset
    """
    try:
        instant = datetime.fromisoformat(text.strip())
        if instant.utcoffset() is None:
            raise UnclearTime(f"“{text}” has no offset; a time such as 2026-11-23T21:47:08+00:00 was expected.")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnclearTime(f"“{text[:40]}” is not a time; one such as 2026-11-23T21:47:08+00:00 was expected.") from None


def from_wall_clock(wall: datetime) -> datetime:
    """
    Turn a London wall-clock time into UTC, asking rather than guessing on the two clock-change nights.

    :raises UnclearTime: if the time happens twice or not at all that night
    """
    first, second = (wall.replace(tzinfo=LONDON, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != wall:
        raise UnclearTime(f"{wall:%H:%M} on {wall:%d %B %Y} does not exist: the clocks went forward.")
    raise UnclearTime(f"{wall:%H:%M} on {wall:%d %B %Y} happens twice: say whether it is BST or GMT.")


def read_wall_clock(text: str, *, today: date) -> datetime:
    """
    Read a London time as people write it: `21:45` of today, or `25 Oct 2026 01:30`, with BST or GMT where it happens twice.

    :raises UnclearTime: if it is none, does not exist, happens twice and does not say which, or lies outside 2000 to 2099
    """
    written = " ".join(text.split())
    zone = next((name for name in _ZONES if written.upper().endswith(f" {name}")), "")
    plain = written[: -len(zone)].strip() if zone else written
    wall = _wall(plain, today=today)
    if wall is None or not 2000 <= wall.year <= 2099:
        raise UnclearTime(f"“{written[:40]}” is not a time; one such as 21:45 or 25 Oct 2026 01:30 GMT was expected.")
    if not zone:
        return from_wall_clock(wall)
    instant = (wall - _ZONES[zone]).replace(tzinfo=UTC)
    if instant.astimezone(LONDON).replace(tzinfo=None) != wall:
        raise UnclearTime(f"{wall:%H:%M} on {wall:%d %B %Y} is not {zone}.")
    return instant


def happens_twice(instant: datetime) -> bool:
    """Say whether the wall-clock time of an instant happens twice that night, so that BST or GMT must be said."""
    local = instant.astimezone(LONDON)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def wall_clock(instant: datetime) -> str:
    """Return the London date and time with its zone, such as `23 Nov 2026 21:47:08 GMT`."""
    return f"{instant.astimezone(LONDON):%-d %b %Y %H:%M:%S %Z}"


def _wall(plain: str, *, today: date) -> datetime | None:
    if not plain.isascii():
        return None
    for shape in _WRITTEN:
        for candidate in (plain, f"{today:%d %b %Y} {plain}"):
            try:
                return datetime.strptime(candidate, shape)  # noqa: DTZ007 - a wall-clock time has no zone yet
            except ValueError:
                continue
    return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LONDON).astimezone(UTC)
