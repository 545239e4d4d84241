"""What do the pages of the chat show? Plain values; no page decides anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from standfast.faces.public.forms import Page
from standfast.foundation.kernel import days

STREAM = "/write/stream"
TOLD = {
    "waiting": "Waiting for somebody to answer. What you wrote is stored.",
    "with_us": "Somebody is here.",
    "back_in_queue": "Waiting for somebody to answer again. What you wrote is stored.",
    "nobody": "Nobody can answer at this moment. What you wrote is stored and will be read.",
    "closed": "This chat has ended.",
}


@dataclass(frozen=True, kw_only=True)
class StartShown:
    """The page before a chat: open, or closed or full, when the same words become a report."""

    form: Page
    client_id: str
    is_report: bool
    standing: str
    notice: str = ""


@dataclass(frozen=True, kw_only=True)
class LineShown:
    """One line of a chat."""

    seq: int
    is_mine: bool
    is_notice: bool
    text: str
    time: str
    is_seen: bool


@dataclass(frozen=True, kw_only=True)
class TalkShown:
    """The chat page. `stream` is empty where there is none: the page then asks every few seconds."""

    lines: Sequence[LineShown]
    seq: int
    told: str
    is_closed: bool
    is_typing: bool
    rings: bool
    device: str
    has_code: bool
    form: Page
    client_id: str
    stream: str
    notice: str = ""


def talk_shown(
    request: HttpRequest, look: Mapping[str, Any], form: Page, *, client_id: str, notice: str = ""
) -> TalkShown:
    """Return the chat page from what the database shows of the visitor's own chat."""
    return TalkShown(
        lines=[_line(each, seen=look["seen"]) for each in look["lines"]],
        seq=look["seq"],
        told=TOLD.get(look["told"], TOLD["waiting"]),
        is_closed=look["closed"],
        is_typing=look["typing"],
        rings=look["ring"],
        device=look["device"],
        has_code=look["code"],
        form=form,
        client_id=client_id,
        stream=stream_address(request),
        notice=notice,
    )


def stream_address(request: HttpRequest) -> str:
    """Return where this browser reaches the stream, or nothing where there is none."""
    host = request.get_host()
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return settings.LIVE_URL.replace("{host}", name) + STREAM if settings.LIVE_URL else ""


def standing_told(says: Mapping[str, Any], *, now: datetime) -> str:
    """Return what is said of the desk: only what is known."""
    state = says.get("state", "")
    if state == "closed":
        opens = says.get("opens_at", "")
        when = f" Somebody can chat from {_when(days.parse_instant(opens), now=now)}." if opens else ""
        return f"Nobody can chat at this moment.{when}"
    if state == "full":
        return "Everybody is busy with other chats at this moment."
    first, last = says.get("minutes_from"), says.get("minutes_to")
    if last is None:
        return ""
    if not first:
        return f"Most people wait less than {last} {'minute' if last == 1 else 'minutes'} for an answer."
    return f"Most people wait between {first} and {last} minutes for an answer."


def data_of(look: Mapping[str, Any], *, after: int) -> dict[str, Any]:
    """Return what the page is sent of a chat: small, with the place it goes on from, so that a gap is seen."""
    lines = [{**each, "time": _time(each["at"]), "at": ""} for each in look["lines"] if each["seq"] > after]
    return {
        "from": after,
        "seq": look["seq"],
        "seen": look["seen"],
        "told": TOLD.get(look["told"], TOLD["waiting"]),
        "closed": look["closed"],
        "typing": look["typing"],
        "ring": look["ring"],
        "lines": lines,
    }


def report_address() -> str:
    """Return the first page of the report, for whoever wants to write more."""
    return reverse("question", kwargs={"step": "device"})


def _line(each: Mapping[str, Any], *, seen: int) -> LineShown:
    return LineShown(
        seq=each["seq"],
        is_mine=each["side"] == "visitor",
        is_notice=each["side"] == "notice",
        text=each["text"],
        time=_time(each["at"]),
        is_seen=each["side"] == "visitor" and each["seq"] <= seen,
    )


def _time(text: str) -> str:
    return f"{days.parse_instant(text).astimezone(days.LONDON):%H:%M}"


def _when(opens: datetime, *, now: datetime) -> str:
    local = opens.astimezone(days.LONDON)
    same = days.london_day(opens) == days.london_day(now)
    return f"{local:%H:%M} today" if same else f"{local:%H:%M} on {local:%A %-d %B}"
