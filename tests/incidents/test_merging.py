"""Two incidents that are one: offered, merged, parted again; no contact, clock, unit or written byte is ever lost on the way."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import serializers

from standfast.cli.checks import verify_all
from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotAllowed, NotFound, Refusal, Stale
from standfast.foundation.obligations.models import Obligation
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import operations, queries
from standfast.journey.incidents.models import Deployment, Incident, Link, LogEntry
from standfast.journey.incidents.operations import Closing, Linking, Merging, Offer, Sending, Splitting
from standfast.journey.incidents.states import IncidentState
from tests.builders import staff
from tests.dispatch.steps import BELLA, BEN, reported, sent, unit_on_duty, waiting_incident
from tests.incidents.steps import IMMEDIATE, PRIORITY

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
S = IncidentState


def merged(one: Any, other: Any, *, now: datetime, by: Actor = BEN, seen: str = "") -> Any:
    merging = Merging(incident=one.reference, other=other.reference, reason="Same crash, two callers", seen=seen)
    return operations.merge_incidents(merging=merging, by=by, now=now)


def parted(incident: Any, *, now: datetime, by: Actor = BEN) -> Any:
    return operations.part_incident(reference=incident.reference, reason="Two crashes", by=by, now=now)


def fresh(incident: Any) -> Any:
    return Incident.objects.get(pk=incident.pk)


def running(incident: Any) -> set[str]:
    rows = Obligation.objects.filter(subject=incident.reference, met_at=None, stopped_at=None)
    return set(rows.values_list("kind", flat=True))


def two_of(*, now: datetime, first: Any = PRIORITY, second: Any = IMMEDIATE) -> tuple[Any, Any]:
    """An earlier and a later incident of what may be one matter."""
    return (
        waiting_incident(by=staff(), now=now, answers=first, ago=9 * MINUTE),
        waiting_incident(by=staff(), now=now, answers=second, ago=4 * MINUTE),
    )


def test_the_later_is_merged_into_the_earlier_whose_clock_does_not_move(now: datetime) -> None:
    first, second = two_of(now=now)
    kept = merged(second, first, now=now)
    assert kept.reference == first.reference
    after, gone = fresh(first), fresh(second)
    assert (after.first_contact_at, after.graded_at) == (first.first_contact_at, first.graded_at)
    assert (after.grade, gone.grade) == ("immediate", "immediate")
    assert (gone.state, gone.merged_into_id) == (S.MERGED, first.pk)
    assert running(gone) == set()
    clock = queries.clocks_of([first.reference])[first.reference]
    assert clock.national is not None
    assert (clock.national.case, clock.national.starts_at) == ("immediate_urban", first.first_contact_at)
    assert clock.policy is not None
    assert clock.review is not None


def test_a_less_grave_one_changes_no_clock_at_all(now: datetime) -> None:
    first, second = two_of(now=now, first=IMMEDIATE, second=PRIORITY)
    before = list(Obligation.objects.filter(subject=first.reference).order_by("id").values())
    merged(first, second, now=now)
    assert list(Obligation.objects.filter(subject=first.reference).order_by("id").values()) == before
    assert fresh(first).grade == "immediate"


def test_its_reference_finds_the_one_that_is_kept_however_far_and_for_ever(now: datetime) -> None:
    first, second = two_of(now=now)
    third = waiting_incident(by=staff(), now=now, ago=2 * MINUTE)
    merged(second, third, now=now)
    merged(first, second, now=now)
    for each in (first, second, third):
        assert queries.survivor_of(fresh(each)).reference == first.reference
    unit_on_duty(now=now)
    with pytest.raises(operations.IncidentEnded, match=first.reference):
        sent("ND52", second, now=now)


def test_units_go_along_and_come_back(now: datetime) -> None:
    unit_on_duty(now=now)
    first, second = two_of(now=now)
    sent("ND52", second, now=now)
    merged(first, second, now=now)
    assert fresh(first).state == S.ASSIGNED
    assert "review" not in running(first)
    reported("ND52", 6, now + 3 * MINUTE)
    assert (fresh(first).state, fresh(first).attended_at) == (S.AT_SCENE, now + 3 * MINUTE)
    assert fresh(second).attended_at is None
    parted(second, now=now + 5 * MINUTE)
    assert (fresh(second).state, fresh(second).attended_at) == (S.AT_SCENE, now + 3 * MINUTE)
    assert (fresh(first).state, fresh(first).attended_at) == (S.WAITING, None)
    assert running(first) >= {"attend", "attend_policy", "review", "redeploy"}
    assert not running(second) & {"attend", "review", "redeploy"}
    assert fresh(first).grade == "priority"


def test_one_that_officers_left_is_not_merged_with_one_that_still_needs_them(now: datetime) -> None:
    unit_on_duty(now=now)
    first, second = two_of(now=now)
    sent("ND52", first, now=now)
    for code, at in ((6, 1), (2, 2)):
        reported("ND52", code, now + at * MINUTE)
    with pytest.raises(operations.NotMerged, match="still needs them"):
        merged(first, second, now=now + 3 * MINUTE)


def test_what_waits_after_a_unit_was_lost_still_asks_for_another_when_merged(now: datetime) -> None:
    unit_on_duty(now=now)
    first, second = two_of(now=now)
    sent("ND52", second, now=now)
    operations.stand_down_unit(callsign="ND52", reason="Brakes", by=BEN, now=now + MINUTE)
    merged(first, second, now=now + 2 * MINUTE)
    assert "redeploy" in running(first)
    parted(second, now=now + 3 * MINUTE)
    assert "redeploy" in running(second)
    assert verify_ok()


def test_a_review_that_was_due_stays_due_through_merging_and_parting(now: datetime) -> None:
    first, second = two_of(now=now)
    due = queries.clocks_of([second.reference])[second.reference].review
    assert due is not None
    merged(first, second, now=now + MINUTE)
    mine = queries.clocks_of([first.reference])[first.reference].review
    assert mine is not None
    assert mine.due_at <= due.due_at
    parted(second, now=now + 2 * MINUTE)
    again = queries.clocks_of([second.reference])[second.reference]
    assert again.review is not None
    assert again.review.due_at == due.due_at
    assert again.national is not None
    assert again.national.starts_at == second.first_contact_at


def test_every_vulnerability_and_who_must_agree_to_close_come_along(now: datetime) -> None:
    first = waiting_incident(by=staff(), now=now, answers={"visit_needed": Answer.YES}, ago=9 * MINUTE)
    second = waiting_incident(
        by=staff(), now=now, words="He hit me and the children are crying", channel=Channel.CALL_999
    )
    assert operations.why_second(first) == ""
    merged(first, second, now=now)
    after = fresh(first)
    assert set(after.strands) >= set(second.strands)
    assert after.child_mentioned
    assert operations.why_second(after) != ""
    # Seen in the second's contact only later: it reaches both.
    assessment.flag_strand(reference=second.journey, strand=Strand.CARER_STRAIN, by=staff(), now=now)
    assert "carer_strain" in fresh(first).strands
    assert "carer_strain" in fresh(second).strands
    assert verify_ok()


def test_as_what_the_other_is_recorded_comes_along_where_nothing_was_said_and_goes_back(now: datetime) -> None:
    first, second = two_of(now=now)
    Incident.objects.filter(pk=second.pk).update(opening_code="crime_property", qualifiers=["alcohol"])
    kept = fresh(merged(first, fresh(second), now=now))
    assert (kept.opening_code, kept.qualifiers) == ("crime_property", ["alcohol"])
    parted(second, now=now)
    assert (fresh(first).opening_code, fresh(first).qualifiers) == ("", [])
    Incident.objects.filter(pk=first.pk).update(opening_code="noise")
    assert fresh(merged(fresh(first), fresh(second), now=now)).opening_code == "noise"


def test_the_log_stays_where_it_was_written_and_shows_with_the_one_that_is_kept(now: datetime) -> None:
    first, second = two_of(now=now)
    new = operations.NewEntry(incident=second.reference, words="Dog loose in the yard")
    operations.add_log_entry(new=new, by=BEN, now=now)
    merged(first, second, now=now)
    lines = queries.list_log(reference=first.reference, by=BEN)
    assert "Dog loose in the yard" in [each.words for each in lines]
    assert next(each for each in lines if each.words.startswith("Dog")).incident_id == second.pk
    # Whoever goes to the first is alarmed that it is graver than they were told.
    assert any(each.kind == "alarm" and "graded immediate" in each.words for each in lines)


def test_figures_of_attendance_count_a_merged_incident_once(now: datetime) -> None:
    first, second = two_of(now=now, first=PRIORITY, second=IMMEDIATE)
    merged(first, second, now=now)
    day = {"since": now - timedelta(days=1), "until": now + timedelta(days=1), "by": BELLA}
    record = queries.attendances_between(**day, now=now + 30 * MINUTE)
    assert ([row.reference for row in record.rows], record.merged) == ([first.reference], 1)
    # Judged by the shorter limit, from the earlier contact.
    assert [row.grade for row in record.rows] == ["immediate"]
    assert queries.attendance_of(fresh(second), now=now) is None
    parted(second, now=now + 31 * MINUTE)
    apart = queries.attendances_between(**day, now=now + 32 * MINUTE)
    assert ({row.reference for row in apart.rows}, apart.running, apart.merged) == ({second.reference}, 1, 0)


def test_a_promised_call_back_is_kept(now: datetime) -> None:
    first, second = two_of(now=now)
    operations.escalate_incident(reference=second.reference, by=worker(), now=now + 20 * MINUTE)
    assert "call_back" in running(second)
    preview = queries.preview_merge(reference=first.reference, other=second.reference, by=BEN)
    assert preview.plan is not None
    assert any("still to be called back" in each for each in preview.plan.changes)
    merged(first, second, now=now + 21 * MINUTE)
    assert "call_back" in running(second)


def worker() -> Actor:
    from standfast.foundation.people.access import WORKER

    return WORKER


def test_what_changed_since_the_preview_is_not_merged_unseen(now: datetime) -> None:
    first, second = two_of(now=now)
    unit_on_duty(now=now)
    seen = queries.preview_merge(reference=first.reference, other=second.reference, by=BEN).seen
    sent("ND52", second, now=now)
    with pytest.raises(Stale):
        merged(first, second, seen=seen, now=now)
    seen = queries.preview_merge(reference=second.reference, other=first.reference, by=BEN).seen
    assert merged(first, second, seen=seen, now=now).reference == first.reference


def test_a_merge_and_a_parting_are_refused_in_one_sentence(now: datetime) -> None:
    first, second = two_of(now=now)
    third = waiting_incident(by=staff(), now=now, ago=MINUTE)
    with pytest.raises(operations.NotMerged, match="itself"):
        merged(first, first, now=now)
    with pytest.raises(operations.NotParted, match="not merged"):
        parted(first, now=now)
    blank = Merging(incident=first.reference, other=second.reference, reason=" ")
    with pytest.raises(operations.ReasonMissing):
        operations.merge_incidents(merging=blank, by=BEN, now=now)
    merged(second, third, now=now)
    with pytest.raises(operations.NotMerged, match="not open"):
        merged(first, third, now=now)
    merged(first, second, now=now)
    with pytest.raises(operations.NotParted, match="merged into another"):
        parted(third, now=now)
    with pytest.raises(operations.ReasonMissing):
        operations.part_incident(reference=second.reference, reason="", by=BEN, now=now)
    with pytest.raises(NotFound):
        merged(first, Incident(reference="QQQQ-QQQQ-QQQQ-QQ"), now=now)


def test_one_closed_is_opened_before_another_is_parted_from_it(now: datetime) -> None:
    first, second = two_of(now=now)
    merged(first, second, now=now)
    closing = Closing(incident=first.reference, code="caller_cancelled", reason="Both callers rang back")
    operations.close_incident(closing=closing, by=BEN, now=now)
    if fresh(first).state != S.RESOLVED:
        operations.agree_to_close(reference=first.reference, by=BELLA, now=now)
    with pytest.raises(operations.NotParted, match="resolved"):
        parted(second, now=now)
    operations.reopen_incident(reference=first.reference, reason="Not both", by=BEN, now=now)
    assert parted(second, now=now).state == S.WAITING
    assert running(second) >= {"attend", "review"}


def test_merging_linking_and_splitting_are_for_those_who_dispatch(now: datetime) -> None:
    first, second = two_of(now=now)
    both = Linking(incident=first.reference, other=second.reference, reason="Same street")
    for nobody in (staff("asha"), staff("dee"), staff("zed"), staff("petra")):
        with pytest.raises(NotAllowed):
            merged(first, second, by=nobody, now=now)
        with pytest.raises(NotAllowed):
            operations.link_incidents(linking=both, by=nobody, now=now)
        with pytest.raises(NotAllowed):
            split(first, by=nobody, now=now)
    merged(first, second, by=BELLA, now=now)
    with pytest.raises(NotAllowed):
        parted(second, by=staff("asha"), now=now)


def split(incident: Any, *, now: datetime, by: Actor = BEN) -> Any:
    splitting = Splitting(incident=incident.reference, kind="Theft next door", reason="The caller saw two things")
    return operations.split_incident(splitting=splitting, by=by, now=now)


def test_what_is_split_has_waited_since_the_same_first_contact_and_comes_back_by_merging(now: datetime) -> None:
    unit_on_duty(now=now)
    first = waiting_incident(by=staff(), now=now, words="He hit me and the children are crying", ago=9 * MINUTE)
    sent("ND52", first, now=now)
    second = split(first, now=now + MINUTE)
    assert (second.contact_id, second.first_contact_at) == (first.contact_id, first.first_contact_at)
    assert (second.state, second.grade, second.strands) == (S.WAITING, first.grade, first.strands)
    assert second.kind == "Theft next door"
    assert fresh(first).state == S.ASSIGNED
    assert running(second) >= {"attend", "attend_policy", "review"}
    found = queries.find_by_journey(journey=first.journey)
    assert found is not None
    assert found.pk == first.pk
    assert verify_ok()
    assert merged(second, first, now=now + 2 * MINUTE).reference == first.reference
    with pytest.raises(operations.NotSplit, match="merged"):
        split(second, now=now)
    blank = Splitting(incident=first.reference, kind="", reason="x")
    with pytest.raises(operations.ReasonMissing):
        operations.split_incident(splitting=blank, by=BEN, now=now)
    assert verify_ok()


def test_a_link_shows_on_both_changes_nothing_else_and_is_undone(now: datetime) -> None:
    first, second = two_of(now=now)
    before = [(each.state, each.grade, each.version) for each in (fresh(first), fresh(second))]
    assert [each.reference for each in queries.likely_same(fresh(first), by=BEN, now=now)] == [second.reference]
    both = Linking(incident=first.reference, other=second.reference, reason="Same street")
    turned = Linking(incident=second.reference, other=first.reference, reason="Not the same street")
    operations.link_incidents(linking=both, by=BEN, now=now)
    for one, other in ((first, second), (second, first)):
        assert [each.pk for each, _ in queries.joined_of(fresh(one)).links] == [other.pk]
    assert queries.likely_same(fresh(first), by=BEN, now=now) == []
    with pytest.raises(operations.NotLinked, match="already"):
        operations.link_incidents(linking=turned, by=BEN, now=now)
    operations.unlink_incidents(linking=turned, by=BEN, now=now)
    with pytest.raises(operations.NotLinked, match="not linked"):
        operations.unlink_incidents(linking=both, by=BEN, now=now)
    assert [(each.state, each.grade, each.version) for each in (fresh(first), fresh(second))] == before
    kinds = set(Entry.objects.filter(about=second.reference).values_list("kind", flat=True))
    assert {"incidents.incident.linked", "incidents.incident.link_undone"} <= kinds


def test_an_offered_incident_is_not_merged_before_the_answer(now: datetime) -> None:
    first, second = two_of(now=now)
    offer = Offer(incident=second.reference, to_desk="west", reason="Their side")
    operations.offer_incident(offer=offer, by=BEN, now=now)
    with pytest.raises(operations.NotMerged, match="offered"):
        merged(first, second, now=now)


# --- random sequences ---------------------------------------------------------------------------------------------------


def verify_ok() -> bool:
    found = verify_all()
    broken = {name: check["breaches"] for name, check in found["checks"].items() if check["breaches"]}
    assert set(broken) <= {"seals-unbroken"}, broken
    return True


def written() -> str:
    return serializers.serialize("json", LogEntry.objects.order_by("id"))


def roots() -> dict[int, int]:
    """Under which incident each contact is dealt with, by the incident it was opened as."""
    main = Incident.objects.filter(split_from=None)
    return {each.contact_id: queries.survivor_of(each).pk for each in main}


def a_step(rng: random.Random, *, now: datetime) -> None:
    every = list(Incident.objects.order_by("pk"))
    one, other = rng.sample(every, 2)
    steps: list[Callable[[], object]] = [
        lambda: merged(one, other, now=now),
        lambda: merged(one, other, now=now),
        lambda: parted(rng.choice([each for each in every if each.state == S.MERGED] or every), now=now),
        lambda: split(one, now=now) if len(every) < 9 else None,
        lambda: sent("ND52", one, now=now, reason="Near"),
        lambda: reported("ND52", rng.choice((6, 2)), now),
        lambda: operations.divert_unit(
            sending=Sending(incident=one.reference, callsign="ND52", reason="Nearer"), by=BEN, now=now
        ),
        lambda: operations.review_waiting(reference=one.reference, found="Rang", level=Risk.HIGH, by=BEN, now=now),
    ]
    try:
        rng.choice(steps)()
    except Refusal:
        return


def test_random_sequences_keep_every_contact_with_one_incident_and_every_byte_of_the_log(now: datetime) -> None:
    unit_on_duty(now=now)
    for minutes in (9, 7, 5, 3):
        waiting_incident(by=staff(), now=now, answers=rng_answers(minutes), ago=minutes * MINUTE)
    contacts = dict(Incident.objects.filter(split_from=None).values_list("contact_id", "first_contact_at"))
    rng, kept = random.Random(17), written()
    for number in range(90):
        at = now + number * timedelta(seconds=20)
        a_step(rng, now=at)
        after = written()
        assert after.startswith(kept[:-1])
        kept = after
        assert set(roots()) == set(contacts)
        for each in Incident.objects.select_related("contact"):
            assert each.first_contact_at == contacts[each.contact_id]
            active = Deployment.objects.filter(incident=each, ended_at=None).exists()
            assert active == (each.state in {S.ASSIGNED, S.AT_SCENE}), number
            if each.state in {S.WAITING, S.ASSIGNED} and each.attended_at is None:
                assert "attend" in running(each), number
            if each.state == S.WAITING:
                assert "review" in running(each), number
        if number % 45 == 44:
            assert verify_ok()
    assert Link.objects.filter(kind="merged").count() > 5
    assert Link.objects.filter(kind="merged", undone_at__isnull=False).count() > 2


def rng_answers(minutes: int) -> Any:
    return IMMEDIATE if minutes % 4 == 3 else PRIORITY


def test_merging_and_parting_at_once_leaves_both_as_they_were(now: datetime) -> None:
    unit_on_duty(now=now)
    first, second = two_of(now=now)
    sent("ND52", second, now=now)
    left_out = {"version"}

    def standing() -> list[dict[str, Any]]:
        rows = Incident.objects.order_by("pk").values()
        return [{name: value for name, value in row.items() if name not in left_out} for row in rows]

    before, duties = standing(), {each.pk: running(each) for each in (first, second)}
    for _ in range(5):
        merged(first, second, now=now)
        parted(second, now=now)
        assert standing() == before
        assert {each.pk: running(each) - {"redeploy"} for each in (first, second)} == duties
    assert verify_ok()
