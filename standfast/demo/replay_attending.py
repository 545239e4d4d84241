"""
Who takes, grades and attends replayed calls? People of the demonstration, by the ordinary operations at the times of the file.

What a unit does its terminal tells the intake, as terminals do. Everything is done in order of time. A terminal's report is filed by the
worker, so before a unit is sent again what it reported is waited for.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import quote

from django.db import transaction

from standfast.demo.intake_client import Outcome, open_intake
from standfast.demo.replay_chain import PATROLLING, Deed, Step
from standfast.demo.replay_mapping import answers_of, closing_code_of
from standfast.demo.sendings import LONGEST_KEY, Sending, stamp
from standfast.demo.shift import demo_actor
from standfast.force.training import operations as training
from standfast.force.training.rules.skill import Skill
from standfast.foundation.intake import queries as intake
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people import queries as people
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.rules.thrive import limbs_missing
from standfast.journey.contact import operations as contacts
from standfast.journey.contact import queries as contact_queries
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import ContactState
from standfast.journey.incidents import operations as incidents
from standfast.journey.incidents import queries
from standfast.journey.incidents.models import UnitKind
from standfast.journey.triage import operations as triage
from standfast.journey.triage import queries as routing
from standfast.journey.triage.rules.route import Route

DUTY = timedelta(hours=12)
FILED_WITHIN_SECONDS = 300.0
CLOSED_LATER = timedelta(minutes=45)
"""Closing is done so much later in the order of things, at its own time: by then what the unit reported is filed, and nobody waits."""
WHY = "as the replayed file says"


class NobodyAttends(Refusal):
    """This is no demonstration: made-up crews are never sent to real calls."""


class NothingFiled(Refusal):
    """What was sent is not filed: no worker runs, or it is far behind."""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who acts: who takes calls, who sends and closes, who agrees to that, and who records what crews can do."""

    handler: Actor
    dispatcher: Actor
    second: Actor
    trainer: Actor

    @classmethod
    def of_the_demonstration(cls, username: str) -> Self:
        """
        Return the people of the demonstration; the dispatcher is the one named.

        :raises NobodyAttends: if this is none
        :raises NotFound: if one of them is not there
        """
        if not people.is_demonstration():
            raise NobodyAttends("Replayed calls are attended in a demonstration only (`standfast up --demo`).")
        dispatcher, handler, second, trainer = (demo_actor(each) for each in (username, "asha", "bella", "tariq"))
        return cls(handler=handler, dispatcher=dispatcher, second=second, trainer=trainer)


@dataclass
class AttendTally:
    """What became of the calls that are attended, and of what their units reported."""

    deeds: Counter[str] = field(default_factory=Counter)
    reports: Counter[Outcome] = field(default_factory=Counter)
    callsigns: int = 0

    @property
    def exit_code(self) -> int:
        """0 if everything could be done, else 1."""
        return 1 if self.deeds["refused"] or self.reports[Outcome.REFUSED] or self.reports[Outcome.FAILED] else 0

    def __str__(self) -> str:
        done = ", ".join(f"{self.deeds[deed]:,} {deed.label.lower()}" for deed in Deed if deed != Deed.REPORT)
        told = " + ".join(f"{count:,} {outcome.label}" for outcome, count in self.reports.items()) or "none"
        others = ", ".join(f"{self.deeds[name]:,} {name}" for name in ("already taken", "refused"))
        return f"Attended: {done}; {others}. Reports of {self.callsigns} units: {self.reports.total():,} = {told}."


@dataclass(kw_only=True)
class Desk:
    """The control room of a replay: `references` are those of the contacts, by key."""

    cast: Cast
    references: Mapping[str, str]
    tell: Callable[[str], None]
    tally: AttendTally
    post: Callable[[Sending], Outcome]
    _incidents: dict[str, str] = field(default_factory=dict)
    _duty_until: dict[str, datetime] = field(default_factory=dict)
    _cleared: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _not_filed: set[str] = field(default_factory=set)

    def take(self, step: Step) -> None:
        """Do one step, or say why it was not done; nothing more is done about that call then."""
        if step.deed != Deed.OPEN and step.call.key not in self._incidents:
            return
        try:
            done = _DEEDS[step.deed](self, step)
        except Refusal as refusal:
            self._incidents.pop(step.call.key, None)
            self.tally.deeds["refused"] += 1
            self.tell(f"{step.call.about}: {step.deed.label}: {refusal}")
        else:
            self.tally.deeds[step.deed if done else "already taken"] += 1

    @transaction.atomic
    def _open(self, step: Step) -> bool:
        """Take a call, ask, grade and route it. One somebody has taken already is left alone."""
        by, now, on = self.cast.handler, step.at, days.london_day(step.at)
        reference = self._reference(step)
        if contact_queries.get_contact(reference=reference, by=by).state != ContactState.WAITING:
            return False
        contacts.claim_contact(reference=reference, by=by, now=now)
        for limb in limbs_missing({}):
            text = f"{step.call.words}, {WHY}"
            assessment.write_limb(reference=reference, limb=limb, text=text, level=Risk.STANDARD, by=by, now=now)
        for question, yes in answers_of(step.call.meaning.priority, on=on).items():
            answer = Answer.YES if yes else Answer.NO
            assessment.answer_question(reference=reference, question=question, answer=answer, by=by, now=now)
        assessment.confirm_grade(reference=reference, by=by, now=now)
        self._route(reference, now=now)
        found = queries.find_by_journey(journey=reference)
        if found is None:
            raise Refusal("no incident was opened")
        self._incidents[step.call.key] = found.reference
        return True

    def _route(self, reference: str, *, now: datetime) -> None:
        by, plan = self.cast.handler, triage.RoutePlan()
        contact = contact_queries.get_contact(reference=reference, by=by)
        if routing.proposal_for(contact, plan.matter, now=now).route == Route.DEPLOY:
            triage.confirm_route(contact_reference=reference, plan=plan, by=by, now=now)
        else:
            reason = f"A unit was sent, {WHY}"
            triage.choose_route(
                contact_reference=reference, route=Route.DEPLOY, reason=reason, plan=plan, by=by, now=now
            )

    def _send(self, step: Step) -> bool:
        self._settle(step.callsign)
        self._on_duty(step.callsign, now=step.at)
        incident = self._incidents[step.call.key]
        sending = incidents.Sending(incident=incident, callsign=step.callsign, reason=f"Sent {WHY}")
        found = queries.get_incident(reference=incident, by=self.cast.dispatcher)
        others = queries.active_deployments(incidents=[found.pk])
        send = incidents.deploy_another_unit if others else incidents.deploy_unit
        send(sending=sending, by=self.cast.dispatcher, now=step.at)
        return True

    def _report(self, step: Step) -> bool:
        key = f"{step.call.key[: LONGEST_KEY - 16]}-{step.callsign}-{step.code}"
        path = f"/api/v1/units/{quote(step.callsign, safe='')}/reports"
        body = {"status": step.code, "at": stamp(step.at)}
        self.tally.reports[self.post(Sending(step.at, key, path, body, step.call.about))] += 1
        self._not_filed.add(step.callsign)
        if step.code == PATROLLING:
            self._cleared[step.callsign] = (step.call.key, step.at)
        return True

    def _close(self, step: Step) -> bool:
        reference, by = self._incidents[step.call.key], self.cast.dispatcher
        found = queries.get_incident(reference=reference, by=by)
        for each in queries.active_deployments(incidents=[found.pk]):
            self._settle(each.callsign)
        for each in queries.active_deployments(incidents=[found.pk]):
            cleared, at = self._cleared.get(each.callsign, ("", step.at))
            self._stand_down(each.callsign, now=at if cleared == step.call.key else step.at)
        found = queries.get_incident(reference=reference, by=by)
        code = closing_code_of(step.call.outcome, attended=found.attended_at is not None, on=days.london_day(step.at))
        reason = f"{step.call.outcome or 'Closed'}, {WHY}"
        closing = incidents.Closing(incident=reference, code=code, reason=reason)
        closed = incidents.close_incident(closing=closing, by=by, now=step.at)
        if closed.resolved_at is None:
            incidents.agree_to_close(reference=reference, by=self.cast.second, now=step.at)
        return True

    def _settle(self, callsign: str) -> None:
        """Wait until what a unit reported is filed."""
        if callsign in self._not_filed:
            wait_until_filed()
            self._not_filed.clear()

    def _stand_down(self, callsign: str, *, now: datetime) -> None:
        """Free a unit that is still deployed: a clearing told in the second of an earlier report changes nothing, or none was told."""
        by = self.cast.dispatcher
        if queries.active_deployment(queries.get_unit(callsign=callsign, by=by)) is not None:
            incidents.stand_down_unit(callsign=callsign, reason=f"It had cleared, {WHY}", by=by, now=now)

    def _on_duty(self, callsign: str, *, now: datetime) -> None:
        """Book a unit on, afresh where its turn of duty is over; what the crew can do is recorded once."""
        until, by = self._duty_until.get(callsign), self.cast.dispatcher
        crew = [(f"replay:{callsign}-{each}", f"PC {callsign} {each}") for each in ("a", "b")]
        if until is not None:
            _, cleared_at = self._cleared.get(callsign, ("", now))
            self._stand_down(callsign, now=cleared_at)
            if now < until:
                return
            incidents.book_off(callsign=callsign, by=by, now=max(until, cleared_at))
        else:
            held = days.london_day(now) - timedelta(days=1)
            skill = training.NewSkill(person_ref=crew[0][0], skill=Skill.RESPONSE_DRIVER, held_from=held)
            training.record_skill(new=skill, by=self.cast.trainer, now=now)
            self.tally.callsigns += 1
        self._duty_until[callsign] = now + DUTY
        booking = incidents.Booking(callsign=callsign, kind=UnitKind.RESPONSE, crew=crew, until=now + DUTY)
        incidents.book_on(booking=booking, by=by, now=now)

    def _reference(self, step: Step) -> str:
        reference = self.references.get(step.call.key)
        if reference is None:
            raise Refusal("the call was not taken")
        return reference


_DEEDS: dict[Deed, Callable[[Desk, Step], bool]] = {
    Deed.OPEN: Desk._open,
    Deed.SEND: Desk._send,
    Deed.REPORT: Desk._report,
    Deed.CLOSE: Desk._close,
}


def attend_calls(steps: Sequence[Step], *, desk: Desk) -> None:
    """
    Do everything that happens to the calls, in order of time.

    :raises NothingFiled: if the worker does not file what was sent
    :raises IntakeUnusable: if the intake does not know the key
    """
    wait_until_filed()
    for step in sorted(steps, key=_when_done):
        desk.take(step)
    wait_until_filed()


@contextmanager
def open_feed(*, url: str, key: str) -> Iterator[Callable[[Sending], Outcome]]:
    """
    Give what sends one report of a terminal to the intake and waits until it is taken.

    :raises IntakeUnusable: if `url` is no web address
    """
    with asyncio.Runner() as runner:
        opened = open_intake(url=url, key=key, connections=1)
        client = runner.run(opened.__aenter__())
        try:
            yield lambda sending: runner.run(client.deliver(sending)).outcome
        finally:
            runner.run(opened.__aexit__(None, None, None))


def wait_until_filed() -> None:
    """
    Wait until the worker has filed everything the intake took.

    :raises NothingFiled: if the number of what waits does not fall
    """
    least, until = intake.count_waiting(), time.monotonic() + FILED_WITHIN_SECONDS
    while left := intake.count_waiting():
        if left < least:
            least, until = left, time.monotonic() + FILED_WITHIN_SECONDS
        if time.monotonic() > until:
            raise NothingFiled(f"{left:,} rows wait to be filed; the worker was expected to run.")
        time.sleep(0.02)


def _when_done(step: Step) -> datetime:
    return step.at + CLOSED_LATER if step.deed == Deed.CLOSE else step.at
