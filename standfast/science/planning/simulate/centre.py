"""What is a contact centre: which kinds of contact come, which teams take them, how many people are there when?"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from standfast.foundation.kernel.errors import Refusal

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
NONE = -1


class BadScenario(Refusal):
    """A scenario that cannot be simulated: what is wrong, and what was expected."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How long something takes: the mean in seconds, and the standard deviation over the mean (1: exponential, 0: always the same)."""

    mean: float
    variation: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Kind:
    """
    One kind of contact, and how it is answered. Seconds throughout.

    A lower `rank` is answered first. `at_once` is how many of them one person holds at a time. `held_back` people are kept free
    for kinds of a lower rank. Who still waits after `call_back_after` is offered a call back: a share accepts, and waits from then
    on as the kind `call_back_as`, without hanging up.
    """

    name: str
    handling: Spread
    rank: int = 0
    within: float = 20.0
    patience: float = math.inf
    at_once: int = 1
    held_back: int = 0
    call_back_after: float = math.inf
    call_back_share: float = 0.0
    call_back_as: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Steps:
    """A figure that changes at some moments (seconds from the start, the first at 0) and holds until the next."""

    at: Numbers
    values: Numbers


@dataclass(frozen=True, kw_only=True)
class Team:
    """People who take the same kinds of contact. When numbers fall the idle leave first; nobody drops what they are on."""

    name: str
    takes: tuple[str, ...]
    people: Steps


@dataclass(frozen=True, kw_only=True)
class Centre:
    """The kinds and the teams of one contact centre."""

    kinds: tuple[Kind, ...]
    teams: tuple[Team, ...]


class Rules(NamedTuple):
    """A centre as arrays. Lists of teams and kinds are in the order they are tried, filled up with -1."""

    at_once: Places
    held_back: Places
    teams_for: Places
    kinds_for: Places
    most_people: int


class Changes(NamedTuple):
    """When which team has how many people, in order of time."""

    at: Numbers
    team: Places
    people: Places


def rules_of(centre: Centre) -> Rules:
    """
    Return a centre as arrays: a contact tries the team that takes the fewest kinds first, a team the lowest rank first.

    :raises BadScenario: if nobody takes a kind, or something names what is not there
    """
    names = _names(centre)
    takes = [[names[kind] for kind in team.takes] for team in centre.teams]
    teams_for = []
    for number, kind in enumerate(centre.kinds):
        able = [team for team in range(len(takes)) if number in takes[team]]
        if not able:
            raise BadScenario(f"No team takes {kind.name}; one that does was expected.")
        teams_for.append(sorted(able, key=lambda team: (len(takes[team]), team)))
    kinds_for = [sorted(set(each), key=lambda kind: (centre.kinds[kind].rank, kind)) for each in takes]
    return Rules(
        at_once=np.array([kind.at_once for kind in centre.kinds], dtype=np.int64),
        held_back=np.array([kind.held_back for kind in centre.kinds], dtype=np.int64),
        teams_for=_filled(teams_for),
        kinds_for=_filled(kinds_for),
        most_people=int(max([1, *(team.people.values.max() for team in centre.teams)])),
    )


def changes_of(centre: Centre) -> Changes:
    """Return when which team has how many people."""
    at = np.concatenate([team.people.at for team in centre.teams])
    team = np.concatenate([np.full(len(each.people.at), number) for number, each in enumerate(centre.teams)])
    people = np.concatenate([each.people.values for each in centre.teams]).astype(np.int64)
    order = np.argsort(at, kind="stable")
    return Changes(at=at[order], team=team[order].astype(np.int64), people=people[order])


def call_back_kinds(centre: Centre) -> list[int]:
    """Return for each kind what it waits as once a call back was accepted, -1 where none is offered."""
    names = _names(centre)
    return [names[kind.call_back_as] if kind.call_back_as else NONE for kind in centre.kinds]


def _names(centre: Centre) -> dict[str, int]:
    names = {kind.name: number for number, kind in enumerate(centre.kinds)}
    if len(names) < len(centre.kinds):
        raise BadScenario("Two kinds of contact have the same name; each once was expected.")
    wanted = {name for team in centre.teams for name in team.takes} | {kind.call_back_as for kind in centre.kinds}
    if unknown := wanted - set(names) - {""}:
        raise BadScenario(f"There is no kind of contact {min(unknown)}; {', '.join(names)} were expected.")
    return names


def _filled(lists: list[list[int]]) -> Places:
    wide = max(map(len, lists), default=0)
    return np.array([each + [NONE] * (wide - len(each)) for each in lists], dtype=np.int64)
