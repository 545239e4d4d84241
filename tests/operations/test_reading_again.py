"""A contact the detector failed on is read again until it is read; that adds attention and takes none away."""

from datetime import UTC, datetime, timedelta

import pytest

from standfast.cli.worker import TRY_AGAIN_AFTER, run_job
from standfast.foundation.eventlog.queries import timeline
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.people.access import WORKER
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment import queries as assessments
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact import operations
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import ContactState, Ending
from standfast.schedule import JOBS
from standfast.science.detector import assessment as detector
from tests.builders import claimed_contact, filed_contact, staff

pytestmark = pytest.mark.django_db
STRANGLED = "he put his hands round my neck last nite, im ok now"
JOB = next(job for job in JOBS if job.name == "read contacts the machine did not read")


@pytest.fixture
def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


def broken(text: str) -> None:
    """Fail as a detector does whose tables are gone."""
    raise ModuleNotFoundError("no such module: weights")


def unread_contact(monkeypatch: pytest.MonkeyPatch, *, now: datetime, words: str = STRANGLED) -> Contact:
    with monkeypatch.context() as patched:
        patched.setattr(detector, "assess_words", broken)
        return filed_contact(now=now, words=words)


def standing(reference: str) -> tuple[str, Risk, float, set[str]]:
    read = assessments.get_assessment(reference=reference)
    return read.detector, Risk(read.contact.risk), read.attention, set(assessments.strands_of(reference=reference))


def events(reference: str, kind: str) -> int:
    return sum(line.kind == kind for line in timeline(journey=reference))


def test_what_the_detector_failed_on_is_read_when_it_is_back(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = unread_contact(monkeypatch, now=now)
    assert standing(contact.reference)[0] == "did not run"
    assert JOB.due(now) == [contact.reference]
    run_job(JOB, now=now + timedelta(seconds=10))
    plain = filed_contact(now=now, words=STRANGLED)
    assert standing(contact.reference) == standing(plain.reference)
    assert Strand.DOMESTIC_ABUSE in standing(contact.reference)[3]
    assert JOB.due(now) == []
    run_job(JOB, now=now + timedelta(seconds=20))
    assert events(contact.reference, "assessment.words.screened") == 2


def test_nothing_is_due_that_was_read(now: datetime) -> None:
    """The control: a contact that was read at once is not read again."""
    contact = filed_contact(now=now, words=STRANGLED)
    assert JOB.due(now) == []
    before = timeline(journey=contact.reference)
    assessment.read_unread(reference=contact.reference, by=WORKER, now=now)
    assert timeline(journey=contact.reference) == before


def test_one_that_goes_on_failing_is_shown_to_people_and_tried_at_longer_intervals(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = unread_contact(monkeypatch, now=now)
    before = timeline(journey=contact.reference)
    asked = []

    def counting(text: str) -> None:
        asked.append(text)
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(detector, "assess_words", counting)
        for seconds in range(10, 100, 10):
            run_job(JOB, now=now + timedelta(seconds=seconds))
        assert len(asked) == 3
        (shown,) = obligations.list_setbacks()
        assert (shown.job, shown.reference, shown.tries) == (JOB.name, contact.reference, 3)
        assert STRANGLED not in shown.because
        assert timeline(journey=contact.reference) == before, "a try that failed leaves nothing behind"
    run_job(JOB, now=now + timedelta(seconds=30) + TRY_AGAIN_AFTER)
    assert standing(contact.reference)[0] == "ran"
    assert not obligations.list_setbacks()


def test_reading_again_takes_nothing_away(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    asha = staff("asha")
    contact = claimed_contact(by=asha, now=now, words=STRANGLED)
    assessment.flag_strand(reference=contact.reference, strand=Strand.HATE_CRIME, by=asha, now=now)
    grave = standing(contact.reference)
    with monkeypatch.context() as patched:
        patched.setattr(detector, "assess_words", broken)
        contact.refresh_from_db()
        operations.fill_in_contact(
            reference=contact.reference, values={"words": "all fine now"}, version=contact.version, by=asha, now=now
        )
    assert standing(contact.reference) == ("did not run", *grave[1:])
    run_job(JOB, now=now + timedelta(seconds=10))
    assert standing(contact.reference) == grave


def test_a_contact_closed_meanwhile_is_read_for_a_day(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    asha = staff("asha")
    contact = unread_contact(monkeypatch, now=now)
    operations.claim_contact(reference=contact.reference, by=asha, now=now)
    operations.end_contact(
        reference=contact.reference, ending=Ending.DUPLICATE, reason="The same call", by=asha, now=now
    )
    assert JOB.due(now + timedelta(days=1, minutes=1)) == []
    run_job(JOB, now=now + timedelta(seconds=10))
    assert standing(contact.reference)[0] == "ran"
    assert Strand.DOMESTIC_ABUSE in standing(contact.reference)[3]
    contact.refresh_from_db()
    assert contact.state == ContactState.CLOSED
