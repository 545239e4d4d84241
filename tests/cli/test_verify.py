"""`standfast verify` is quiet on a day's work, and each of its checks reports the breach it is there for."""

import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from standfast.cli.checks import verify_all
from standfast.foundation.eventlog import operations as eventlog
from standfast.foundation.eventlog import queries as seals
from standfast.foundation.kernel.choices import Answer
from standfast.journey.chat import operations as chat
from standfast.journey.contact import operations as contact
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.states import Ending
from standfast.journey.incidents import operations as incidents
from standfast.journey.incidents.operations import Closing, Merging, Sending
from standfast.journey.triage import operations as triage
from tests.builders import claimed_contact, filed_contact, graded_contact, staff
from tests.chat.steps import answer, file_all, opened, operator
from tests.databases import copy_database, pristine
from tests.dispatch.steps import BELLA, BEN, reported, sent, unit_on_duty, waiting_incident
from tests.resourcing.steps import published_forecast, published_roster
from tests.triage.steps import NOTHING_ASKED, sent_referral

SUBMISSION = (
    "INSERT INTO intake_source (code, name, key_hash, channels, rate_per_minute, active, made_at) "
    "VALUES ('x', 'x', '', '[]', 1, true, now());"
    "INSERT INTO intake_submission (source_id, idempotency_key, reference, channel, received_at, body, digest) "
    "SELECT id, 'k', 'AAAA-AAAA-AAAA-AA', 'online', now(), '{}', '' FROM intake_source WHERE code = 'x';"
)
STORED = (
    "INSERT INTO eventlog_entry (kind, about, journey, by_ref, at, facts) "
    "VALUES ('intake.submission.stored', 'AAAA-AAAA-AAAA-AA', '', 'x', now(), '{}');"
)
SEALED_WITHIN_SECONDS = 60
HURT = "My husband strangled me last night"
FILING = "INSERT INTO intake_filing (submission_id, attempts, contact_reference, last_error) SELECT id, 0, '', '' FROM intake_submission;"
FILED = "UPDATE intake_filing SET filed_at = now();"
RIGHT = "UPDATE intake_submission SET digest = sha256('{}');"
AGAIN = (
    "INSERT INTO intake_submission (source_id, idempotency_key, reference, channel, received_at, body, digest) "
    "SELECT source_id, idempotency_key, 'BBBB-BBBB-BBBB-BB', channel, received_at, body, digest FROM intake_submission;"
)
CONFLICT = "INSERT INTO intake_conflict (submission_id, received_at, body, digest) SELECT id, now(), '{}', '' FROM intake_submission;"
REFUSED = (
    "INSERT INTO eventlog_entry (kind, about, journey, by_ref, at, facts) "
    "SELECT 'chat.conversation.refused', reference, '', 'x', now(), '{}' FROM chat_conversation WHERE state = 'transferred';"
)
KEPT = "WHERE id IN (SELECT merged_into_id FROM incidents_incident)"


def forgotten(kind: str) -> str:
    """A statement that takes every event of a kind out of the log."""
    return f"DELETE FROM eventlog_entry WHERE kind = '{kind}'"


def stopped(duty: str) -> str:
    """A statement that stops every running duty of a kind behind the program's back."""
    return f"UPDATE obligations_obligation SET stopped_at = now(), stopped_because = 'x' WHERE kind = '{duty}' AND met_at IS NULL"


# Check → statements that break what it is there for, one way each, as somebody with the owner's log-in and all guards off could.
PLANTED: dict[str, tuple[str, ...]] = {
    "intake-adds-up": (SUBMISSION + STORED, SUBMISSION + STORED + FILING + FILED),
    "filed-once": (
        SUBMISSION + STORED + FILING + FILING,
        SUBMISSION + STORED + FILING + AGAIN,
    ),
    "words-unaltered": (SUBMISSION + FILING, SUBMISSION + FILING + STORED + STORED),
    "words-as-received": (SUBMISSION + STORED + FILING, SUBMISSION + STORED + FILING + RIGHT + CONFLICT),
    "nobody-forgotten": (
        "UPDATE obligations_obligation SET stopped_at = now(), stopped_because = 'x' WHERE met_at IS NULL",
        "UPDATE contact_contact SET owner_id = NULL WHERE state = 'in_hand'",
        "UPDATE contact_contact SET state = 'parked' WHERE state = 'waiting'",
    ),
    "assessed-from-the-start": (forgotten("contact.contact.recorded"), "DELETE FROM assessment_assessment"),
    "duties-end-once": (
        forgotten("obligations.obligation.met"),
        "UPDATE obligations_obligation SET stopped_at = now(), stopped_because = 'x' WHERE met_at IS NOT NULL",
        "UPDATE obligations_obligation SET stopped_because = '' WHERE stopped_at IS NOT NULL",
        "UPDATE obligations_obligation SET met_at = NULL, stopped_at = NULL",
    ),
    "one-owner-of-a-referral": (
        "UPDATE triage_referral SET first_contact_at = first_contact_at + interval '1 minute'",
        "UPDATE triage_referral SET state = 'withdrawn'",
        "UPDATE contact_contact SET state = 'waiting' WHERE state = 'with_partner'",
    ),
    "every-move-has-its-event": (
        forgotten("contact.contact.closed"),
        forgotten("contact.contact.referred"),
        "UPDATE contact_contact SET state = 'waiting' WHERE state = 'in_hand'",
        "UPDATE eventlog_entry SET kind = 'contact.contact.handed_back' WHERE kind = 'contact.contact.claimed'",
    ),
    "referrals-tell-their-moves": (
        forgotten("triage.referral.sent"),
        "UPDATE triage_referral SET state = 'accepted' WHERE state = 'sent'",
    ),
    "incidents-tell-their-moves": (
        forgotten("incidents.incident.opened"),
        forgotten("incidents.incident.resolved"),
        forgotten("incidents.incident.unit_arrived"),
        forgotten("incidents.incident.unit_deployed"),
        forgotten("incidents.incident.unit_gone"),
        forgotten("incidents.incident.merged"),
        forgotten("incidents.incident.unit_went_along"),
    ),
    "units-tell-their-reports": (forgotten("incidents.unit.reported"), forgotten("incidents.unit.booked_on")),
    "chats-tell-their-moves": (
        forgotten("chat.conversation.opened"),
        forgotten("chat.conversation.closed"),
        forgotten("chat.conversation.claimed"),
        forgotten("chat.visitor.left"),
        REFUSED,
    ),
    "incidents-have-their-clock": (
        "UPDATE incidents_incident SET first_contact_at = first_contact_at + interval '1 minute'",
        "DELETE FROM obligations_obligation WHERE kind = 'attend'",
    ),
    "one-incident-of-a-unit": (
        "UPDATE incidents_deployment SET unit_id = (SELECT min(id) FROM incidents_unit), callsign = 'X', ended_at = NULL",
        "UPDATE incidents_deployment SET unit_id = (SELECT min(id) FROM incidents_unit)",
        "UPDATE incidents_incident SET state = 'waiting' WHERE state = 'assigned'",
        "UPDATE incidents_unit SET state = 11",
    ),
    "diverted-comes-back": ("DELETE FROM obligations_obligation WHERE kind = 'redeploy'",),
    "merged-goes-along": (
        "UPDATE incidents_link SET undone_at = now() WHERE kind = 'merged'",
        f"UPDATE incidents_incident SET first_contact_at = first_contact_at + interval '1 hour' {KEPT}",
        f"UPDATE incidents_incident SET grade = 'scheduled' {KEPT}",
        f"UPDATE incidents_incident SET risk = 'standard' {KEPT}",
        f"UPDATE incidents_incident SET strands = '{{}}' {KEPT}",
        f"UPDATE incidents_incident SET child_mentioned = false {KEPT}",
        "UPDATE incidents_deployment SET incident_id = (SELECT id FROM incidents_incident WHERE state = 'merged')",
        "UPDATE obligations_obligation SET stopped_at = NULL WHERE kind = 'attend' AND stopped_because LIKE 'merged into%'",
        stopped("attend"),
        "UPDATE incidents_incident SET contact_id = (SELECT min(contact_id) FROM incidents_incident)",
    ),
    "closed-with-a-reason": (
        "UPDATE incidents_incident SET second_person = '' WHERE state = 'resolved'",
        "UPDATE incidents_incident SET second_person = closing_by WHERE state = 'resolved'",
        "UPDATE incidents_incident SET closing_reason = '' WHERE state = 'resolved'",
        "UPDATE incidents_incident SET closing_code = '' WHERE state = 'resolved'",
    ),
    "vulnerability-kept": (
        "UPDATE incidents_incident SET strands = '{}'",
        (
            "INSERT INTO assessment_flag SELECT (f.v).* FROM (SELECT jsonb_populate_record(f, jsonb_build_object("
            "'id', f.id + 10000, 'assessment_id', a.id, 'strand', 'carer_strain', 'state', 'confirmed')) v FROM assessment_flag f, "
            "assessment_assessment a JOIN triage_referral r ON r.contact_id = a.contact_id LIMIT 1) f"
        ),
    ),
    "chats-add-up": (
        "UPDATE intake_chat_thread SET seq = seq + 1",
        "DELETE FROM intake_chat_filing",
        "UPDATE chat_conversation SET thread_id = -thread_id",
    ),
    "no-chat-forgotten": (
        stopped("chat_answer"),
        stopped("chat_transfer"),
        stopped("abandoned_decision"),
        "UPDATE chat_conversation SET unanswered_since = now() WHERE state = 'in_hand';" + stopped("chat_reply"),
        "UPDATE contact_contact SET owner_id = (SELECT max(id) FROM people_staffmember) WHERE channel = 'chat' AND state = 'in_hand'",
    ),
    "plans-stand-as-published": (
        forgotten("resourcing.roster.published"),
        "DELETE FROM resourcing_rosteredunits",
        "UPDATE resourcing_forecastdemand SET ends_at = ends_at + interval '1 minute'",
        "UPDATE resourcing_publication SET ends_at = ends_at + interval '1 day'",
        "UPDATE resourcing_publication SET kind = 'forecast' WHERE kind = 'roster'",
    ),
    "no-time-runs-backwards": (
        "UPDATE contact_contact SET closed_at = received_at - interval '1 hour' WHERE state = 'closed'",
        "UPDATE contact_contact SET presented_at = received_at, answered_at = received_at - interval '1 second'",
        "UPDATE obligations_obligation SET due_at = starts_at - interval '1 second'",
        "UPDATE triage_referral SET accepted_at = sent_at - interval '1 second'",
        "UPDATE incidents_deployment SET at_scene_at = assigned_at - interval '1 second'",
        (
            "INSERT INTO contact_call (source, source_ref, channel, presented_at, answered_at) "
            "VALUES ('x', 'x', '999', now(), now() - interval '1 second')"
        ),
    ),
    "grades-still-hold": (
        "UPDATE assessment_gradeentry SET rule_row = 'RG-01' WHERE rule_row <> 'RG-01'",
        "UPDATE assessment_gradeentry SET rule_table = 'response_grade/1999-01-01'",
    ),
    "routes-still-hold": (
        "UPDATE triage_routedecision SET rule_row = 'RT-99-none'",
        "UPDATE triage_routedecision SET diversion_row = 'DV-99-none'",
    ),
    "seals-unbroken": (
        "UPDATE eventlog_entry SET at = at + interval '1 minute' WHERE id = (SELECT min(id) FROM eventlog_entry)",
        "DELETE FROM eventlog_entry WHERE id = (SELECT min(id) FROM eventlog_entry)",
    ),
}
# What stands between a hand at the owner's log-in and a breach: gone, so that the checks are what sees it.
GUARDS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
WHERE contype IN ('c', 'x') AND connamespace = 'public'::regnamespace AND conrelid <> 0
UNION ALL SELECT format('DROP INDEX %s', indexrelid::regclass) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE indisunique AND indpred IS NOT NULL AND relnamespace = 'public'::regnamespace
UNION ALL SELECT 'ALTER TABLE intake_filing DROP CONSTRAINT intake_filing_submission_id_key'
UNION ALL SELECT 'ALTER TABLE intake_submission DROP CONSTRAINT intake_a_key_names_one_submission'
"""


def chats_of_a_day(*, now: datetime) -> None:
    """One chat waits, one broke off, one is in hand, one is offered, one was answered and closed."""
    amir = operator("amir", now=now)
    operator("sana", now=now)
    opened(now=now)
    gone, held, offered, done = (opened(words, now=now) for words in ("he has a knife", "one", "two", "three"))
    gone.leave(now=now)
    file_all(now=now)
    for writer in (held, offered, done):
        chat.claim_chat(reference=writer.reference, by=amir, now=now)
    chat.offer_chat(reference=offered.reference, to="sana", summary="Calm", by=amir, now=now)
    seen = answer(done, by=amir, now=now)
    chat.close_chat(reference=done.reference, reason="Advice given", after=seen, by=amir, now=now)


def dispatch_of_a_day(*, now: datetime) -> None:
    """One incident was attended and closed by two people; another lost its unit to a third."""
    minute = timedelta(minutes=1)
    closed, left, urgent = (waiting_incident(by=staff("asha"), now=now) for _ in range(3))
    for callsign in ("ND52", "ND33"):
        unit_on_duty(callsign, now=now)
    sent("ND52", closed, now=now)
    for code, at in ((6, 4), (2, 9)):
        reported("ND52", code, now + at * minute)
    closing = Closing(incident=closed.reference, code="attended_no_crime", reason="Both seen alone, both well")
    incidents.close_incident(closing=closing, by=BEN, now=now + 10 * minute)
    incidents.agree_to_close(reference=closed.reference, by=BELLA, now=now + 11 * minute)
    sent("ND33", left, now=now)
    away = Sending(incident=urgent.reference, callsign="ND33", reason="threat to life")
    incidents.divert_unit(sending=away, by=BEN, now=now + minute)
    two_are_one(now=now)


def two_are_one(*, now: datetime) -> None:
    """Two incidents were found to be one, and the unit sent to the later goes along to the earlier."""
    first = waiting_incident(by=staff("asha"), now=now, answers={"visit_needed": Answer.YES}, ago=timedelta(minutes=9))
    second = waiting_incident(by=staff("asha"), now=now, words=f"{HURT}, the children saw it", place={})
    unit_on_duty("ND41", now=now)
    incidents.deploy_unit(
        sending=Sending(incident=second.reference, callsign="ND41", reason="The caller says where"), by=BEN, now=now
    )
    merging = Merging(incident=first.reference, other=second.reference, reason="Same house")
    incidents.merge_incidents(merging=merging, by=BEN, now=now)


def a_days_work() -> None:
    """Let contacts wait, be in hand, graded, closed, referred, deployed; units and chats come and go; seal it all."""
    at = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    asha = staff("asha")
    filed_contact(now=at)
    claimed_contact(by=asha, now=at, channel=Channel.CALL_101)
    closed = claimed_contact(by=asha, now=at)
    contact.close_contact(
        reference=closed.reference, ending=Ending.ADVICE_GIVEN, reason="Told whom to ask", by=asha, now=at
    )
    deployed = graded_contact(
        by=asha, now=at, answers={"happening_now": Answer.YES}, channel=Channel.CALL_999, words=HURT
    )
    triage.confirm_route(
        contact_reference=deployed.reference, plan=NOTHING_ASKED, by=asha, now=at + timedelta(minutes=1)
    )
    sent_referral(by=asha, now=at)
    dispatch_of_a_day(now=at)
    published_roster(3, begins=at, ends=at + timedelta(days=1), now=at)
    published_forecast(4.0, begins=at, hours=24, now=at)
    chats_of_a_day(now=datetime.now(UTC))
    # The seal waits for every transaction of the server, such as its own housekeeping.
    until = time.monotonic() + SEALED_WITHIN_SECONDS
    while eventlog.seal_once() or seals.seal_lag_seconds(now=datetime.now(UTC)):
        assert time.monotonic() < until, "The event log is not sealed."
        time.sleep(0.05)


@pytest.fixture(scope="module")
def day(migrated: Any, django_db_setup: None, django_db_blocker: Any, server_url: str) -> Iterator[str]:
    """A database in which a day's work was done; nobody speaks to it, so that it can be copied."""
    name = f"{migrated.database}_day{secrets.token_hex(3)}"
    copy_database(server_url, pristine(migrated.database), name)
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        connection.close()
        patch.setitem(connection.settings_dict, "NAME", name)
        a_days_work()
        connection.close()
    yield name
    drop_database(server_url, name)


@pytest.fixture
def worked(day: str, server_url: str, speak_to: Callable[[Any], None]) -> Iterator[str]:
    """The address of a copy of that day, to be broken."""
    name = f"{day}_{secrets.token_hex(3)}"
    copy_database(server_url, day, name)
    speak_to(SimpleNamespace(database=name))
    yield make_conninfo(server_url, dbname=name)
    drop_database(server_url, name)


def drop_database(server_url: str, name: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_days_work_breaks_nothing(worked: str) -> None:
    found = verify_all()
    assert found["whole"], {name: check["breaches"] for name, check in found["checks"].items() if check["breaches"]}


def test_taking_the_guards_away_breaks_nothing_yet(worked: str) -> None:
    """Otherwise a plant below might be reported for its guards, not for what it breaks."""
    plant(worked, "")
    assert verify_all()["whole"]


@pytest.mark.parametrize(
    ("name", "statements"),
    [
        pytest.param(name, each, id=f"{name}-{number}")
        for name, ways in PLANTED.items()
        for number, each in enumerate(ways, 1)
    ],
)
def test_each_check_reports_its_planted_breach(worked: str, name: str, statements: str) -> None:
    plant(worked, statements)
    found = verify_all()
    assert found["checks"][name]["breaches"], name
    assert not found["whole"]


def plant(address: str, statements: str) -> None:
    with psycopg.connect(address) as owner:
        owner.execute("SET session_replication_role = replica")
        for (statement,) in owner.execute(GUARDS.encode()).fetchall():
            owner.execute(statement)
        for statement in filter(None, statements.split(";")):
            assert owner.execute(statement.encode()).rowcount, statement


def test_every_check_has_a_planted_breach(worked: str) -> None:
    assert set(verify_all()["checks"]) == set(PLANTED)
