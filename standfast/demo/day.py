"""
What happens in Knotshire on a day? A made-up day of contacts, the same for the same seed and date, whichever day is asked for.

How many and when follows `day_shape.toml`; about what and in which words, `narratives/`; who rings, the made-up people. A day is a
London day: on the two clock-change nights it has 23 or 25 hours.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from math import exp
from pathlib import Path
from random import Random

from pydantic import TypeAdapter

from standfast.demo.callers import Setting, choose_setting
from standfast.demo.narratives import Matter, Packs, filled, matters
from standfast.foundation.kernel.days import LONDON, ONE_DAY, day_bounds, london_day

SHAPE_FILE = Path(__file__).parent / "day_shape.toml"
DEFAULT_SEED = 2026
WEEKEND_NIGHTS = frozenset({5, 6})  # the small hours of Saturday and Sunday, and their evenings
FRIDAY = 4
EVENING_FROM = 18
BURST_CHANCE = 0.3
RINGS_OFF_AT_ONCE = 0.006
BURST_WITHIN_SECONDS = 240


@dataclass(frozen=True, kw_only=True)
class CallShape:
    """How long people wait, talk and stay on the line, in seconds; the first two by median and spread of a log-normal."""

    wait_median: float
    wait_spread: float
    patience: float
    talk_median: float
    talk_spread: float


@dataclass(frozen=True, kw_only=True)
class ChannelShape:
    """How many contacts a channel has on a mean day and how they lie over weekdays and hours."""

    code: str
    a_day: int
    weekdays: tuple[float, ...]
    hours: tuple[float, ...]
    weekend_hours: tuple[float, ...] = ()
    call: CallShape | None = None

    def share(self, *, weekday: int, hour: int) -> float:
        """Return the relative weight of an hour; weekend nights begin on Friday evening and end on Sunday evening."""
        weekend = weekday in WEEKEND_NIGHTS or (weekday == FRIDAY and hour >= EVENING_FROM)
        return self.weekend_hours[hour] if weekend and self.weekend_hours else self.hours[hour]


@dataclass(frozen=True, kw_only=True)
class DemoContact:
    """
    One made-up contact. `key` is unique for ever and may serve as idempotency key and source reference.

    Voice has presented_at and either answered_at and ended_at, or abandoned_at (then there are no words: nobody answered). Other
    channels have only received_at, which for voice is the moment it was presented.
    """

    key: str
    channel: str
    matter: Matter
    received_at: datetime
    words: str
    setting: Setting
    presented_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    abandoned_at: datetime | None = None


_SHAPES = TypeAdapter(list[ChannelShape])


@cache
def channel_shapes() -> tuple[ChannelShape, ...]:
    """Return the shape of each channel."""
    return tuple(_SHAPES.validate_python(tomllib.loads(SHAPE_FILE.read_text(encoding="utf-8"))["channel"]))


@lru_cache(maxsize=16)
def demo_day(*, seed: int, day: date, scale: float = 1.0) -> tuple[DemoContact, ...]:
    """Return the contacts of a London day in order of receipt; `scale` multiplies how many there are."""
    silent: list[DemoContact] = []
    for shape in channel_shapes():
        rng = Random(f"day:{seed}:{day.isoformat()}:{shape.code}:{scale:g}")
        silent.extend(_ChannelDay(seed=seed, day=day, shape=shape, scale=scale, rng=rng).contacts())
    silent.sort(key=lambda contact: (contact.received_at, contact.key))
    packs = Packs(Random(f"words:{seed}:{day.isoformat()}"))
    return tuple(_with_words(contact, packs) for contact in silent)


def contacts_between(
    *, start: datetime, end: datetime, seed: int = DEFAULT_SEED, scale: float = 1.0
) -> tuple[DemoContact, ...]:
    """Return the contacts received from `start` up to but not at `end`, over as many days as that takes."""
    day, last = london_day(start), london_day(end)
    found: list[DemoContact] = []
    while day <= last:
        found.extend(c for c in demo_day(seed=seed, day=day, scale=scale) if start <= c.received_at < end)
        day += ONE_DAY
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class _ChannelDay:
    seed: int
    day: date
    shape: ChannelShape
    scale: float
    rng: Random

    def contacts(self) -> Iterator[DemoContact]:
        weekday = self.day.weekday()
        expected = self.shape.a_day * self.shape.weekdays[weekday] * self.scale
        number = max(0, round(self.rng.gauss(expected, expected**0.5)))
        fitting = [matter for matter in matters() if self.shape.code in matter.weights]
        weights = [matter.weights[self.shape.code] for matter in fitting]
        made = 0
        while made < number:
            matter = self.rng.choices(fitting, weights)[0]
            for contact in self._reports_of(matter, first=made):
                made += 1
                yield contact

    def _reports_of(self, matter: Matter, *, first: int) -> Iterator[DemoContact]:
        at, setting = self._moment(), choose_setting(self.rng, seed=self.seed, matter=matter, channel=self.shape.code)
        yield self._contact(matter, number=first, at=at, setting=setting)
        if matter.burst and self.rng.random() < BURST_CHANCE:
            # A crash is seen by many: the same place within minutes, other people, other words.
            for extra in range(1, self.rng.randint(2, 4)):
                other = choose_setting(self.rng, seed=self.seed, matter=matter, channel=self.shape.code)
                later = at + timedelta(seconds=self.rng.randrange(5, BURST_WITHIN_SECONDS))
                # What is seen just before midnight is still that day's: a day's contacts depend on no other day.
                yield self._contact(
                    matter, number=first + extra, at=min(later, self._last_moment()), setting=other.seen_at(setting)
                )

    def _moment(self) -> datetime:
        weekday = self.day.weekday()
        weights = [self.shape.share(weekday=weekday, hour=hour) for hour in range(24)]
        hour = self.rng.choices(range(24), weights)[0]
        wall = datetime(self.day.year, self.day.month, self.day.day, hour, tzinfo=LONDON)
        # An hour the clocks leave out or pass twice is taken as it comes: conversion is total, and the order is by instant.
        return wall.astimezone(UTC) + timedelta(milliseconds=self.rng.randrange(3_600_000))

    def _last_moment(self) -> datetime:
        return day_bounds(self.day)[1] - timedelta(milliseconds=1)

    def _contact(self, matter: Matter, *, number: int, at: datetime, setting: Setting) -> DemoContact:
        # A day at another scale is another day: its keys are its own.
        contact = DemoContact(
            key=f"demo-{self.seed}-{self.scale:g}-{self.day:%Y%m%d}-{self.shape.code}-{number:04d}",
            channel=self.shape.code,
            matter=matter,
            received_at=at,
            words="",
            setting=setting,
        )
        return self._on_the_telephone(contact, self.shape.call) if self.shape.call else contact

    def _on_the_telephone(self, contact: DemoContact, call: CallShape) -> DemoContact:
        at = contact.received_at
        wait = call.wait_median * exp(self.rng.gauss(0, call.wait_spread))
        # Some ring off at once; the rest lose patience at a steady rate while they wait.
        gives_up = (
            self.rng.uniform(1, 5) if self.rng.random() < RINGS_OFF_AT_ONCE else self.rng.expovariate(1 / call.patience)
        )
        if gives_up < wait:
            return replace(contact, presented_at=at, abandoned_at=at + _whole(gives_up))
        answered = at + _whole(wait)
        talk = call.talk_median * exp(self.rng.gauss(0, call.talk_spread))
        return replace(contact, presented_at=at, answered_at=answered, ended_at=answered + _whole(max(8.0, talk)))


def _with_words(contact: DemoContact, packs: Packs) -> DemoContact:
    if contact.abandoned_at:
        return contact
    return replace(contact, words=filled(packs.deal(contact.matter), contact.setting.slots()))


def _whole(seconds: float) -> timedelta:
    """Return the time to the millisecond, as a switch stamps it."""
    return timedelta(milliseconds=round(seconds * 1000))
