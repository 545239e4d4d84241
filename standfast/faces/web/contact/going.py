"""Where should a contact go, where did it go, and which ways are closed to it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.faces.screens.parts import Reason, Why
from standfast.faces.screens.times import short_moment
from standfast.faces.web.contact.words import edition_of, in_words
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.journey.triage import queries as triage
from standfast.journey.triage.queries import Matter, NotGraded, RouteProposal
from standfast.journey.triage.rules.diversion import Diversion
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.route import Route

NEEDS = [(need.value, need.label) for need in Need]


@dataclass(frozen=True, kw_only=True)
class Way:
    """One route: whether the rule proposes it, whether a person may choose it."""

    code: str
    label: str
    is_proposed: bool
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The route that was decided, why, and what the caller was told."""

    code: str
    label: str
    note: str
    told: str


@dataclass(frozen=True, kw_only=True)
class Going:
    """
    The route panel. `not_yet` says why no route can be decided; then nothing is proposed.

    `need` is what the matter is mainly about as the officer said it, `tested` what the police threshold test said.
    """

    need: str
    not_yet: str = ""
    proposed: str = ""
    proposed_label: str = ""
    why: Why | None = None
    ways: Sequence[Way] = ()
    closed_because: str = ""
    standing: Standing | None = None
    tested: str = ""


def matter_of(need: str, *, fraud_call: str = "") -> Matter:
    """Return what the officer said of the matter; anything not understood counts as not said."""
    return Matter(
        need=Need(need) if need in set(Need) else Need.NONE,
        fraud_call=Answer(fraud_call) if fraud_call in set(Answer) else Answer.NOT_KNOWN,
    )


def going(reference: str, *, need: str, by: Actor, now: datetime) -> Going:
    """Return the route panel of a contact. Without a need said, the one of the newest decision counts."""
    decided = triage.standing_route(contact_reference=reference)
    said = need or (decided.need if decided else "")
    matter = matter_of(said)
    test = triage.standing_threshold(contact_reference=reference)
    standing = None
    if decided:
        told = ", ".join(part for part in decided.told_caller.values() if part)
        because = decided.reason or decided.rule_because
        standing = Standing(
            code=decided.route,
            label=Route(decided.route).label,
            note=f"{decided.by_name}, {short_moment(decided.at, now=now)}: {because}",
            told=told,
        )
    tested = f"{in_words(test.outcome)}: {test.because} (row {test.row})" if test else ""
    try:
        proposal = triage.propose_route(contact_reference=reference, matter=matter, by=by, now=now)
    except NotGraded as refusal:
        return Going(need=matter.need, not_yet=str(refusal), standing=standing, tested=tested)
    return _proposed(proposal, need=matter.need, standing=standing, tested=tested)


def _proposed(proposal: RouteProposal, *, need: Need, standing: Standing | None, tested: str) -> Going:
    rule, diversion = proposal.explanation.decision, proposal.diversion
    closed = "" if diversion.outcome == Diversion.OPEN else f"{diversion.because} (row {diversion.row})"
    return Going(
        need=need,
        proposed=rule.outcome,
        proposed_label=rule.outcome.label,
        why=Why(
            reasons=[
                Reason(sign="1", text=rule.because, source=f"row {rule.row}"),
                Reason(sign="2", text=diversion.because, source=f"row {diversion.row}"),
            ],
            foot=edition_of(rule.table),
        ),
        ways=[
            Way(
                code=route.value,
                label=route.label,
                is_proposed=route == rule.outcome,
                is_open=route in proposal.open_routes,
            )
            for route in Route
        ],
        closed_because=closed,
        standing=standing,
        tested=tested,
    )
