"""
What happens to each contact of a contact centre? The compiled twin of `by_policy`, with the usual policy built in.

Everything that is chance was drawn before (`streams`), so that this is arithmetic: the same contacts and the same people give the same
answers, here and in the general engine, to the last bit. Who hangs up is found out when their turn comes, which costs no event.
At one moment, numbers of people change first, then handling ends, then call backs are accepted, then contacts arrive.

Records in a few arrays, not many arrays: what is passed on is counted at every call, and one contact's figures lie side by side.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.simulate.centre import NONE, Changes, Numbers, Places, Rules
from standfast.science.planning.simulate.streams import Contacts
from standfast.science.planning.staffing.compiling import compiled

FLOATS = ("arrive", "hold", "leaves", "answered", "ends")
COUNTS = ("kind", "then", "team", "desk", "order", "after", "after_move")
CONTACT = np.dtype([*((name, np.float64) for name in FLOATS), *((name, np.int64) for name in COUNTS)])
KIND = np.dtype([(name, np.int64) for name in ("first", "last", "at_once", "held_back")])
TEAM = np.dtype([(name, np.int64) for name in ("used", "people")])
NOBODY = -2
STARTED, HELD = 0, 1


class Outcome(NamedTuple):
    """
    What happened to each contact: when it was answered and handling ended (not a number: never), by which team, as which kind.

    `desk` tells the people of a team apart who held several at once; -1 where somebody gave a contact their whole attention.
    """

    answered: Numbers
    ends: Numbers
    team: Places
    kind: Places
    desk: Places


class Floor(NamedTuple):
    """
    How the centre stands: records of contacts, kinds and teams; who is tried in which order; chats at each desk; who is held.

    A waiting list is a chain of links: contact i is link i, and link n + i once it accepted a call back.
    """

    contacts: NDArray[Any]
    kinds: NDArray[Any]
    teams: NDArray[Any]
    teams_for: Places
    kinds_for: Places
    chats: Places
    heap: Places
    counts: Places


def run_kernel(contacts: Contacts, rules: Rules, changes: Changes) -> Outcome:
    """Return what happens to each contact; everyone who waits or is held at the end is followed until they are done."""
    floor = _floor(contacts, rules)
    _run(floor, contacts.moves, changes.at, changes.team, changes.people)
    done = floor.contacts
    answered, ends, team, kind, desk = (np.ascontiguousarray(done[name]) for name in Outcome._fields)
    return Outcome(answered, ends, team, kind, desk)


def _floor(contacts: Contacts, rules: Rules) -> Floor:
    number, team_count = len(contacts.arrive), len(rules.kinds_for)
    records = np.empty(number, CONTACT)
    for name in ("arrive", "hold", "leaves", "kind", "then"):
        records[name] = getattr(contacts, name)
    records["answered"] = records["ends"] = np.nan
    records["team"] = records["desk"] = records["after"] = records["after_move"] = NONE
    kinds = np.zeros(len(rules.at_once), KIND)
    kinds["first"] = kinds["last"] = NONE
    kinds["at_once"], kinds["held_back"] = rules.at_once, rules.held_back
    teams = np.zeros(team_count, TEAM)
    chats = np.zeros((team_count, rules.most_people + 1), np.int64)
    heap = np.empty(team_count * rules.most_people * max(1, int(rules.at_once.max())) + 1, np.int64)
    return Floor(records, kinds, teams, rules.teams_for, rules.kinds_for, chats, heap, np.zeros(2, np.int64))


@compiled
def _run(floor: Floor, moves: Places, change_at: Numbers, change_team: Places, change_people: Places) -> None:
    contacts = floor.contacts
    arriving, changing, moving = 0, 0, 0
    while True:
        arrival = contacts[arriving].arrive if arriving < len(contacts) else math.inf
        change = change_at[changing] if changing < len(change_at) else math.inf
        move = contacts[moves[moving]].arrive + contacts[moves[moving]].leaves if moving < len(moves) else math.inf
        end = contacts[floor.heap[0]].ends if floor.counts[HELD] else math.inf
        now = min(arrival, change, move, end)
        if now == math.inf:
            break
        if change == now:
            floor.teams[change_team[changing]].people = change_people[changing]
            _serve(floor, change_team[changing], now)
            changing += 1
        elif end == now:
            _serve(floor, _finish(floor), now)
        elif move == now:
            if np.isnan(contacts[moves[moving]].answered):
                contacts[moves[moving]].kind = contacts[moves[moving]].then
                _route(floor, moves[moving], moves[moving] + len(contacts), now)
            moving += 1
        else:
            _route(floor, arriving, arriving, now)
            arriving += 1


@compiled
def _route(floor: Floor, contact: int, link: int, now: float) -> None:
    """Give a contact to the first team that can start it, or let it wait."""
    kind = floor.contacts[contact].kind
    for place in range(floor.teams_for.shape[1]):
        team = floor.teams_for[kind, place]
        if team < 0:
            break
        desk = _desk(floor, team, kind)
        if desk != NOBODY:
            _start(floor, contact, team, desk, now)
            return
    last = floor.kinds[kind].last
    if floor.kinds[kind].first < 0:
        floor.kinds[kind].first = link
    elif last < len(floor.contacts):
        floor.contacts[last].after = link
    else:
        floor.contacts[last - len(floor.contacts)].after_move = link
    floor.kinds[kind].last = link


@compiled
def _after(floor: Floor, link: int) -> int:
    number = len(floor.contacts)
    found: int = floor.contacts[link].after if link < number else floor.contacts[link - number].after_move
    return found


@compiled
def _serve(floor: Floor, team: int, now: float) -> None:
    """Let a team start whoever waits and it can start, lowest rank first."""
    place = 0
    while place < floor.kinds_for.shape[1] and floor.kinds_for[team, place] >= 0:
        kind = floor.kinds_for[team, place]
        place += 1
        if floor.kinds[kind].first < 0:
            continue
        contact = _first(floor, kind, now)
        if contact < 0:
            continue
        desk = _desk(floor, team, kind)
        if desk != NOBODY:
            floor.kinds[kind].first = _after(floor, floor.kinds[kind].first)
            _start(floor, contact, team, desk, now)
            place = 0


@compiled
def _first(floor: Floor, kind: int, now: float) -> int:
    """Return who waits longest as a kind and is still there, -1 if nobody is."""
    number = len(floor.contacts)
    while floor.kinds[kind].first >= 0:
        link = floor.kinds[kind].first
        contact: int = link if link < number else link - number
        is_there = floor.contacts[contact].kind == kind
        if is_there and (link >= number or floor.contacts[contact].arrive + floor.contacts[contact].leaves > now):
            return contact
        floor.kinds[kind].first = _after(floor, link)
    return NONE


@compiled
def _desk(floor: Floor, team: int, kind: int) -> int:
    """Return -1 if a free person of the team can start a contact, the desk that can hold it, NOBODY if there is neither."""
    used, people, most = floor.teams[team].used, floor.teams[team].people, floor.kinds[kind].at_once
    is_free = used + floor.kinds[kind].held_back < people
    if most == 1:
        return NONE if is_free else NOBODY
    best, load, empty = NOBODY, 0, NOBODY
    for desk in range(floor.chats.shape[1]):
        chats = floor.chats[team, desk]
        if chats == 0 and empty < 0:
            empty = desk
        elif load < chats < most:
            best, load = desk, chats
    if best >= 0 and used <= people:
        return best
    return empty if is_free else NOBODY


@compiled
def _start(floor: Floor, contact: int, team: int, desk: int, now: float) -> None:
    if desk < 0 or floor.chats[team, desk] == 0:
        floor.teams[team].used += 1
    if desk >= 0:
        floor.chats[team, desk] += 1
    floor.contacts[contact].desk = desk
    floor.contacts[contact].team = team
    floor.contacts[contact].answered = now
    floor.contacts[contact].ends = now + floor.contacts[contact].hold
    floor.contacts[contact].order = floor.counts[STARTED]
    floor.counts[STARTED] += 1
    _push(floor, contact)


@compiled
def _finish(floor: Floor) -> int:
    """End the handling that ends next and return the team it frees."""
    contact = _pop(floor)
    team, desk = floor.contacts[contact].team, floor.contacts[contact].desk
    if desk >= 0:
        floor.chats[team, desk] -= 1
    if desk < 0 or floor.chats[team, desk] == 0:
        floor.teams[team].used -= 1
    return team


@compiled
def _is_before(floor: Floor, one: int, other: int) -> bool:
    first, second = floor.contacts[one].ends, floor.contacts[other].ends
    if first == second:
        return floor.contacts[one].order < floor.contacts[other].order
    return first < second


@compiled
def _push(floor: Floor, contact: int) -> None:
    place = floor.counts[HELD]
    floor.counts[HELD] += 1
    while place > 0:
        above = (place - 1) >> 1
        if not _is_before(floor, contact, floor.heap[above]):
            break
        floor.heap[place] = floor.heap[above]
        place = above
    floor.heap[place] = contact


@compiled
def _pop(floor: Floor) -> int:
    heap = floor.heap
    top = heap[0]
    floor.counts[HELD] -= 1
    size = floor.counts[HELD]
    last, place = heap[size], 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and _is_before(floor, heap[below + 1], heap[below]):
            below += 1
        if not _is_before(floor, heap[below], last):
            break
        heap[place] = heap[below]
        place = below
    heap[place] = last
    return top
