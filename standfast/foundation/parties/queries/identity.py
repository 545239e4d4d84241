"""
Who on record might this be, and what must whoever answers know of them?

Three steps: keys find a few hundred persons, each field is weighed for and against them, and the dated table says how sure that makes
us. Nothing is recorded here: the operation that relies on a look-up records that it was made, found or not. Nothing is ever merged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from standfast.foundation.kernel import days
from standfast.foundation.kernel.tables import Decision
from standfast.foundation.parties.queries import candidates, history, records
from standfast.foundation.parties.queries.candidates import PersonRead
from standfast.foundation.parties.queries.history import NOTHING_BEFORE, HistorySummary
from standfast.foundation.parties.queries.records import MarkerShown, Resident
from standfast.foundation.parties.rules import addresses, likeness, match_keys, match_level, names, nicknames, phones
from standfast.foundation.parties.rules.likeness import Evidence, Told, total_weight, weigh
from standfast.foundation.parties.rules.match_level import MatchLevel, decide_match_level, match_facts

_WEIGHED_TWICE = 25
_ORDER = {level: place for place, level in enumerate(MatchLevel)}


@dataclass(frozen=True, kw_only=True)
class LookUpFacts:
    """What is known of somebody so far, as typed or received; all of it may be empty or half typed."""

    name: str = ""
    phone: str = ""
    born_on: date | None = None
    address_text: str = ""
    postcode: str = ""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """
    A person who may be meant: how sure and why, the evidence of each field, and what is known of them.

    `markers` are on them and on where they live, `household_markers` on those they live with.
    """

    reference: str
    full_name: str
    known_as: str
    born_on: date | None
    decision: Decision[MatchLevel]
    score: float
    evidence: tuple[Evidence, ...]
    household: tuple[Resident, ...]
    children: tuple[Resident, ...]
    markers: tuple[MarkerShown, ...]
    household_markers: tuple[MarkerShown, ...]
    history: HistorySummary
    records: tuple[str, ...]

    @property
    def level(self) -> MatchLevel:
        """How sure the look-up is."""
        return self.decision.outcome


@dataclass(frozen=True, kw_only=True)
class PlaceFound:
    """
    The address that was told, if it is on record: who lives there now, children among them, warnings and history.

    `markers` are on the address, `household_markers` on those who live there.
    """

    reference: str
    residents: tuple[Resident, ...]
    children: tuple[Resident, ...]
    markers: tuple[MarkerShown, ...]
    household_markers: tuple[MarkerShown, ...]
    history: HistorySummary


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """
    Who may be meant, and the address if it is on record.

    `searched` says by what was searched, `cut_short` that so many share a key that not all were read: a birth date or an address then
    helps.
    """

    candidates: tuple[Candidate, ...]
    searched: tuple[str, ...]
    cut_short: bool
    place: PlaceFound | None


@dataclass(frozen=True, kw_only=True)
class LookUp(Recognised):
    """What a look-up brought. `number_history` is what came from the number before, whoever called."""

    number_history: HistorySummary


@dataclass(frozen=True, kw_only=True)
class _Weighed:
    root: int
    person: PersonRead
    evidence: tuple[Evidence, ...]
    weight: float


@dataclass(frozen=True, kw_only=True)
class _Judged:
    weighed: _Weighed
    decision: Decision[MatchLevel]
    score: float


def look_up(facts: LookUpFacts, *, now: datetime, limit: int = 10) -> LookUp:
    """Return who might be meant, surest first, with what is known of them and of the number. `now` dates ages and history."""
    found = recognise(facts, now=now, limit=limit)
    phone = normalise(facts).phone
    past = history.history_of_numbers([phone], now=now).get(phone, NOTHING_BEFORE)
    return LookUp(**vars(found), number_history=past)


def recognise(facts: LookUpFacts, *, now: datetime, limit: int = 10) -> Recognised:
    """Return who might be meant, surest first, with what is known of them, and nothing of the number. `now` dates ages and history."""
    on = days.london_day(now)
    told = normalise(facts)
    found = _find(told, on)
    judged = _judge(told, candidates.read_candidates(found.ids), on)[:limit] if found.ids else []
    return Recognised(
        candidates=_described(judged, on=on, now=now),
        searched=_searched(told),
        cut_short=bool(found.cut_short),
        place=_place(facts, on=on, now=now),
    )


def normalise(facts: LookUpFacts) -> Told:
    """Return what was told in the form in which it is compared; any number may still be half typed."""
    try:
        phone = phones.dialled(facts.phone) if facts.phone else ""
    except phones.NoSuchNumber:
        phone = ""
    return Told(
        readings=names.readings(facts.name),
        born_on=facts.born_on,
        phone=phone,
        phone_began=phones.started(facts.phone),
        place=addresses.place_of(address_text=facts.address_text, postcode=facts.postcode),
    )


def _find(told: Told, on: date) -> candidates.Found:
    given = {reading.given for reading in told.readings}
    asked = match_keys.asked_keys(
        readings=told.readings,
        other_given={name: nicknames.other_names(name, on=on) for name in given if name},
        born_on=told.born_on,
        postcode=told.place.postcode,
    )
    return candidates.find_candidates(asked=asked, phone=told.phone, phone_began=told.phone_began)


def _judge(told: Told, persons: Sequence[PersonRead], on: date) -> list[_Judged]:
    roots = {person.id: person.id for person in persons}
    if any(person.merged_into for person in persons):
        roots |= records.roots_of(roots)
    first = _weighed(told, persons, roots, likeness.NO_SHARES, on)[:_WEIGHED_TWICE]
    close = [each.person for each in first]
    weighed = _weighed(told, close, roots, candidates.name_shares(close), on)
    weights = [each.weight for each in weighed]
    chances = match_level.probabilities(weights, persons=candidates.count_persons_roughly())
    judged = [
        _Judged(
            weighed=each,
            decision=decide_match_level(match_facts(each.evidence, probability=chance, rivals=rivals), on=on),
            score=chance,
        )
        for each, chance, rivals in zip(weighed, chances, match_level.count_rivals(weights), strict=True)
    ]
    shown = [each for each in judged if each.decision.outcome != MatchLevel.UNLIKELY]
    return sorted(shown, key=lambda each: (_ORDER[each.decision.outcome], -each.score))


def _weighed(
    told: Told, persons: Sequence[PersonRead], roots: dict[int, int], shares: likeness.NameShares, on: date
) -> list[_Weighed]:
    # Records that were merged are one candidate: the record that speaks most for it stands for all.
    best: dict[int, _Weighed] = {}
    for person in persons:
        evidence = weigh(told, person.recorded, shares=shares, on=on)
        root, weight = roots[person.id], total_weight(evidence)
        if root not in best or best[root].weight < weight:
            best[root] = _Weighed(root=root, person=person, evidence=evidence, weight=weight)
    return sorted(best.values(), key=lambda each: (-each.weight, each.root))


def _described(judged: Sequence[_Judged], *, on: date, now: datetime) -> tuple[Candidate, ...]:
    if not judged:
        return ()
    members = records.members_of([each.weighed.root for each in judged])
    everyone = [person for group in members.values() for person in group]
    read = {person.id: person for person in candidates.read_candidates(everyone)}
    homes = records.current_addresses(everyone)
    places = {place for ids in homes.values() for place in ids}
    residents = records.residents_of(places, on=on)
    marked = {person for group in residents.values() for person, _ in group} | set(everyone)
    around = _Around(
        read=read,
        homes=homes,
        residents=residents,
        markers=records.standing_markers(person_ids=marked, address_ids=places, on=on),
        history=history.history_of_persons(everyone, now=now),
    )
    return tuple(_candidate(each, members[each.weighed.root], around) for each in judged)


@dataclass(frozen=True, kw_only=True)
class _Around:
    read: dict[int, PersonRead]
    homes: dict[int, list[int]]
    residents: dict[int, list[tuple[int, Resident]]]
    markers: list[tuple[int | None, int | None, MarkerShown]]
    history: dict[int, HistorySummary]


def _candidate(judged: _Judged, group: list[int], around: _Around) -> Candidate:
    kept = around.read[group[0]]
    homes = {place for person in group for place in around.homes.get(person, ())}
    household = {
        person: resident
        for place in sorted(homes)
        for person, resident in around.residents.get(place, ())
        if person not in group
    }
    past = [around.history[person] for person in group if person in around.history]
    return Candidate(
        reference=kept.reference,
        full_name=kept.full_name,
        known_as=kept.known_as,
        born_on=kept.born_on,
        decision=judged.decision,
        score=judged.score,
        evidence=judged.weighed.evidence,
        household=tuple(household.values()),
        children=tuple(each for each in household.values() if each.is_child),
        markers=tuple(shown for person, place, shown in around.markers if person in group or place in homes),
        household_markers=tuple(shown for person, _, shown in around.markers if person in household),
        history=history.together(past) if past else NOTHING_BEFORE,
        records=tuple(around.read[person].reference for person in group),
    )


def _place(facts: LookUpFacts, *, on: date, now: datetime) -> PlaceFound | None:
    if not facts.address_text:
        return None
    address = records.find_address(lines=facts.address_text, postcode=facts.postcode)
    if address is None:
        return None
    residents = dict(records.residents_of([address.id], on=on).get(address.id, ()))
    markers = records.standing_markers(person_ids=residents, address_ids=[address.id], on=on)
    return PlaceFound(
        reference=address.reference,
        residents=tuple(residents.values()),
        children=tuple(resident for resident in residents.values() if resident.is_child),
        markers=tuple(shown for _, place, shown in markers if place == address.id),
        household_markers=tuple(shown for person, _, shown in markers if person is not None),
        history=history.history_of_addresses([address.id], now=now).get(address.id, NOTHING_BEFORE),
    )


def _searched(told: Told) -> tuple[str, ...]:
    asked = {
        "name": told.readings,
        "telephone number": told.phone or told.phone_began,
        "birth date": told.born_on,
        "postcode": told.place.postcode,
        "address": told.place.postcode and told.place.house,
    }
    return tuple(words for words, value in asked.items() if value)
