"""
What happens to each contact of a contact centre under a policy written in Python? The general twin of `kernel`.

With the usual policy both give the same answers to the last bit; another policy is a class with the same two questions.
"""

import math
from collections import deque
from typing import Protocol

import numpy as np

from standfast.science.planning.simulate.centre import NONE, Changes, Rules
from standfast.science.planning.simulate.engine import Engine
from standfast.science.planning.simulate.kernel import Outcome
from standfast.science.planning.simulate.streams import Contacts

CHANGE, FINISH, MOVE, ARRIVE = range(4)


class Policy(Protocol):
    """Who takes what. Both answers are asked of `Floor.can_start` by whoever gives them."""

    def team_for(self, kind: int, floor: "Floor") -> int:
        """Return the team that starts a contact that has just come, -1 to let it wait."""

    def kind_for(self, team: int, floor: "Floor") -> int:
        """Return the kind whose longest waiting contact a team starts next, -1 for none."""


class UsualPolicy:
    """The team that takes the fewest kinds first; the lowest rank first, and who waits longest."""

    def __init__(self, rules: Rules) -> None:
        self._teams: list[list[int]] = [[team for team in row if team >= 0] for row in rules.teams_for.tolist()]
        self._kinds: list[list[int]] = [[kind for kind in row if kind >= 0] for row in rules.kinds_for.tolist()]

    def team_for(self, kind: int, floor: "Floor") -> int:
        """Return the first team in order that can start it."""
        for team in self._teams[kind]:
            if floor.can_start(team, kind):
                return team
        return NONE

    def kind_for(self, team: int, floor: "Floor") -> int:
        """Return the first kind in order of rank that waits and can be started."""
        waiting = floor.waiting
        for kind in self._kinds[team]:
            if waiting[kind] and floor.first(kind) is not None and floor.can_start(team, kind):
                return kind
        return NONE


class Floor:
    """How the centre stands: what a policy may look at. `waiting` may still hold people who hung up; `first` leaves them out."""

    def __init__(self, contacts: Contacts, rules: Rules, *, policy: Policy) -> None:
        self.engine = Engine()
        self.policy = policy
        self.at_once = rules.at_once.tolist()
        self.held_back = rules.held_back.tolist()
        teams, number = len(rules.kinds_for), len(contacts.arrive)
        self.used = [0] * teams
        self.people = [0] * teams
        self.waiting: list[deque[tuple[int, float]]] = [deque() for _ in self.at_once]
        self.arrive, self.hold = contacts.arrive.tolist(), contacts.hold.tolist()
        self.leaves, self.then = contacts.leaves.tolist(), contacts.then.tolist()
        self.kind = contacts.kind.tolist()
        self.answered, self.ends = [math.nan] * number, [math.nan] * number
        self.team, self.desk = [NONE] * number, [NONE] * number
        self.chats = [[0] * (rules.most_people + 1) for _ in range(teams)]

    def can_start(self, team: int, kind: int) -> bool:
        """Return whether a team has a person free for a kind, those held back for others not counted."""
        if self.used[team] + self.held_back[kind] < self.people[team]:
            return True
        return self.at_once[kind] > 1 and self.used[team] <= self.people[team] and self._beside(team, kind) >= 0

    def first(self, kind: int) -> int | None:
        """Return who waits longest as a kind and is still there."""
        waiting, now = self.waiting[kind], self.engine.now
        while waiting:
            contact, until = waiting[0]
            if until > now and self.kind[contact] == kind:
                return contact
            waiting.popleft()
        return None

    def arrives(self, contact: int) -> None:
        """Let a contact arrive."""
        self._route(contact, self.arrive[contact] + self.leaves[contact])

    def accept_call_back(self, contact: int) -> None:
        """Let who still waits accept a call back."""
        if math.isnan(self.answered[contact]):
            self.kind[contact] = self.then[contact]
            self._route(contact, math.inf)

    def change_people(self, change: tuple[int, int]) -> None:
        """Let a team have another number of people."""
        team, self.people[team] = change
        self._serve(team)

    def finish(self, contact: int) -> None:
        """End the handling of a contact and let the team go on."""
        team, desk = self.team[contact], self.desk[contact]
        if desk >= 0:
            self.chats[team][desk] -= 1
        if desk < 0 or not self.chats[team][desk]:
            self.used[team] -= 1
        self._serve(team)

    def _route(self, contact: int, until: float) -> None:
        kind = self.kind[contact]
        team = self.policy.team_for(kind, self)
        if team < 0:
            self.waiting[kind].append((contact, until))
        else:
            self._start(contact, team)

    def _serve(self, team: int) -> None:
        while (kind := self.policy.kind_for(team, self)) >= 0:
            self._start(self.waiting[kind].popleft()[0], team)

    def _start(self, contact: int, team: int) -> None:
        kind, engine = self.kind[contact], self.engine
        if self.at_once[kind] > 1:
            desk = self._beside(team, kind) if self.used[team] <= self.people[team] else NONE
            desk = desk if desk >= 0 else self.chats[team].index(0)
            if not self.chats[team][desk]:
                self.used[team] += 1
            self.chats[team][desk] += 1
            self.desk[contact] = desk
        else:
            self.used[team] += 1
        self.answered[contact] = engine.now
        self.team[contact] = team
        self.ends[contact] = end = engine.now + self.hold[contact]
        engine.at(end, FINISH, self.finish, contact)

    def _beside(self, team: int, kind: int) -> int:
        """Return the desk that holds most others and can hold one more, -1 if there is none."""
        best, load = NONE, 0
        for desk, chats in enumerate(self.chats[team]):
            if load < chats < self.at_once[kind]:
                best, load = desk, chats
        return best


def run_by_policy(contacts: Contacts, rules: Rules, changes: Changes, policy: Policy | None = None) -> Outcome:
    """Return what happens to each contact; everyone who waits or is held at the end is followed until they are done."""
    floor = Floor(contacts, rules, policy=policy or UsualPolicy(rules))
    engine = floor.engine
    for at, team, people in zip(*(each.tolist() for each in changes), strict=True):
        engine.at(at, CHANGE, floor.change_people, (team, people))
    for contact in contacts.moves.tolist():
        engine.at(floor.arrive[contact] + floor.leaves[contact], MOVE, floor.accept_call_back, contact)
    engine.foresee(floor.arrive, ARRIVE, floor.arrives)
    engine.run()
    team, kind, desk = (np.array(each, dtype=np.int64) for each in (floor.team, floor.kind, floor.desk))
    return Outcome(np.array(floor.answered), np.array(floor.ends), team, kind, desk)
