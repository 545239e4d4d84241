"""Which places may a person go to, in which order, which of them are in the top bar, and which is their first?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse

from standfast.faces.screens.asking import asker, may_open
from standfast.foundation.kernel.actor import Actor
from standfast.journey.chat import queries as chats
from standfast.journey.contact import queries as contacts

Count = Callable[[Actor, datetime], int]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place: its entry point, its label, how many things wait there (None: not counted); outside the bar it is found by its name."""

    entry: str
    label: str
    count: Count | None = None
    in_bar: bool = True
    is_first_screen: bool = False


@dataclass(frozen=True, kw_only=True)
class ShownPlace:
    """A place as shown to one person."""

    label: str
    href: str
    here: bool
    in_bar: bool
    count: int | None


# In the order of the bar. A person sees those they may open; the first of the first screens is where they begin.
PLACES: tuple[Place, ...] = (
    Place(entry="dispatch:mine", label="My incident", is_first_screen=True),
    Place(entry="dispatch:board", label="Dispatch", is_first_screen=True),
    Place(
        entry="desk:desk",
        label="Contact desk",
        count=lambda by, _: contacts.count_waiting(by=by),
        is_first_screen=True,
    ),
    Place(entry="chats:desk", label="Chats", count=lambda by, _: chats.count_waiting(by=by)),
    Place(entry="wall:wall", label="Wall"),
    Place(entry="measures:measures", label="All contacts", in_bar=False),
    Place(entry="incidents:incidents", label="Incidents", is_first_screen=True),
    Place(entry="attendance:attendance", label="Attendance"),
    Place(entry="attendance:grades", label="Grade watch", in_bar=False),
    Place(entry="referrals:referrals", label="Referrals"),
    Place(entry="agency:referrals", label="Referrals to us", is_first_screen=True),
    Place(entry="persons:search", label="Persons"),
    Place(entry="upkeep:intake", label="Intake"),
    Place(entry="people:people", label="People", is_first_screen=True),
    Place(entry="sources:sources", label="Sources"),
    Place(entry="events:events", label="Event log"),
    Place(entry="rules:tables", label="Rules", is_first_screen=True),
    Place(entry="components", label="Components", in_bar=False),
)


def places_for(request: HttpRequest, *, now: datetime) -> Sequence[ShownPlace]:
    """Return the places this person may open, with their counts."""
    person = asker(request)
    if person is None:
        return ()
    match = getattr(request, "resolver_match", None)
    here = match.view_name if match else ""
    return tuple(
        ShownPlace(
            label=place.label,
            href=reverse(place.entry),
            here=_space(place.entry) == _space(here),
            in_bar=place.in_bar,
            count=place.count(person, now) if place.count else None,
        )
        for place in PLACES
        if may_open(request, place.entry)
    )


def first_screen(request: HttpRequest) -> str | None:
    """Return the entry point where this person begins, or None if no screen is theirs yet."""
    mine = (place.entry for place in PLACES if place.is_first_screen and may_open(request, place.entry))
    return next(mine, None)


def _space(name: str) -> str:
    return name.split(":", maxsplit=1)[0]
