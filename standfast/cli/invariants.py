"""
What must always be true of the records, whatever was killed and whoever was in a hurry?

Each check is a query of its own that returns what breaks it, written without the code that keeps it: a fault in the code is then seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from standfast.foundation.intake.rules.words import Unreadable, digest_of, read_object
from standfast.foundation.kernel.tables import DecisionTable
from standfast.journey.assessment.rules import response_grade
from standfast.journey.triage.rules import diversion, route

MOST_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Check:
    """One invariant: a name, what must be true, and a query for the references of what breaks it."""

    name: str
    truth: str
    breaches: str


# Tables of the stages a vulnerability is carried to, and while what it must stand there. Each has `contact_id` and `strands`.
CARRIES = {
    "triage_referral": "later.state IN ('sent', 'accepted')",
    "incidents_incident": "true",
}

CHECKS: tuple[Check, ...] = (
    Check(
        name="intake-adds-up",
        truth="every acknowledged submission is filed or waits to be: it has its outbox row, and filed ones their contact",
        breaches="""
            SELECT s.reference FROM intake_submission s LEFT JOIN intake_filing f ON f.submission_id = s.id WHERE f.id IS NULL
            UNION ALL SELECT s.reference FROM intake_submission s JOIN intake_filing f ON f.submission_id = s.id
            LEFT JOIN contact_contact c ON c.reference = s.reference WHERE f.filed_at IS NOT NULL AND c.id IS NULL""",
    ),
    Check(
        name="filed-once",
        truth="no submission has two outbox rows, and no key of a source two submissions",
        breaches="""
            SELECT min(s.reference) FROM intake_submission s GROUP BY source_id, idempotency_key HAVING count(*) > 1
            UNION ALL SELECT min(s.reference) FROM intake_filing f JOIN intake_submission s ON s.id = f.submission_id
            GROUP BY f.submission_id HAVING count(*) > 1""",
    ),
    Check(
        name="words-unaltered",
        truth="a submission's event in the log stands exactly once",
        breaches="""
            SELECT s.reference FROM intake_submission s LEFT JOIN eventlog_entry e
            ON e.about = s.reference AND e.kind = 'intake.submission.stored' GROUP BY s.reference HAVING count(e.id) <> 1""",
    ),
    Check(
        name="nobody-forgotten",
        truth="every open contact has an owner, the queue or a partner agency, and a running duty",
        breaches="""
            SELECT reference FROM contact_contact WHERE state = 'in_hand' AND owner_id IS NULL
            UNION ALL SELECT reference FROM contact_contact WHERE state NOT IN ('waiting', 'in_hand', 'with_partner', 'closed')
            UNION ALL SELECT c.reference FROM contact_contact c WHERE state <> 'closed' AND NOT EXISTS (
                SELECT 1 FROM obligations_obligation o WHERE o.journey = c.reference AND met_at IS NULL AND stopped_at IS NULL)""",
    ),
    Check(
        name="assessed-from-the-start",
        truth="every contact has its assessment and the event that recorded it",
        breaches="""
            SELECT c.reference FROM contact_contact c LEFT JOIN assessment_assessment a ON a.contact_id = c.id WHERE a.id IS NULL
            UNION ALL SELECT c.reference FROM contact_contact c WHERE NOT EXISTS (SELECT 1 FROM eventlog_entry e
            WHERE e.about = c.reference AND e.kind = 'contact.contact.recorded')""",
    ),
    Check(
        name="duties-end-once",
        truth="a duty is met or stopped, once, and a stopped one says why",
        breaches="""
            SELECT subject FROM obligations_obligation WHERE met_at IS NOT NULL AND stopped_at IS NOT NULL
            UNION ALL SELECT subject FROM obligations_obligation WHERE stopped_at IS NOT NULL AND stopped_because = ''
            UNION ALL SELECT subject FROM obligations_obligation WHERE met_at IS NULL AND stopped_at IS NULL
            GROUP BY subject, kind HAVING count(*) > 1
            UNION ALL SELECT o.subject FROM obligations_obligation o WHERE o.met_at IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM eventlog_entry e WHERE e.about = o.subject AND e.kind = 'obligations.obligation.met'
                AND e.facts->>'duty' = o.kind)""",
    ),
    Check(
        name="one-owner-of-a-referral",
        truth="a contact with a partner has exactly one running referral, which kept the contact's first instant",
        breaches="""
            SELECT c.reference FROM contact_contact c LEFT JOIN triage_referral r
            ON r.contact_id = c.id AND r.state IN ('sent', 'accepted') WHERE c.state = 'with_partner'
            GROUP BY c.reference HAVING count(r.id) <> 1
            UNION ALL SELECT r.reference FROM triage_referral r JOIN contact_contact c ON c.id = r.contact_id
            WHERE r.state IN ('sent', 'accepted') AND c.state <> 'with_partner'
            UNION ALL SELECT r.reference FROM triage_referral r JOIN contact_contact c ON c.id = r.contact_id
            WHERE r.first_contact_at <> c.first_contact_at""",
    ),
    Check(
        name="every-move-has-its-event",
        truth="the state of a contact is the one its newest event of a move says",
        breaches="""
            SELECT c.reference FROM contact_contact c LEFT JOIN LATERAL (
                SELECT e.kind FROM eventlog_entry e WHERE e.about = c.reference AND e.kind = ANY(ARRAY[
                    'contact.contact.claimed', 'contact.contact.taken_over', 'contact.contact.handed_back',
                    'contact.contact.referred', 'contact.contact.returned', 'contact.contact.closed',
                    'contact.contact.reopened']) ORDER BY e.id DESC LIMIT 1) moved ON true
            WHERE (c.state = 'closed') IS DISTINCT FROM (moved.kind IS NOT DISTINCT FROM 'contact.contact.closed')
               OR (c.state = 'with_partner') IS DISTINCT FROM (moved.kind IS NOT DISTINCT FROM 'contact.contact.referred')
               OR (c.state = 'waiting' AND moved.kind IN ('contact.contact.claimed', 'contact.contact.taken_over'))
               OR (c.state = 'in_hand' AND moved.kind IN (
                    'contact.contact.handed_back', 'contact.contact.returned', 'contact.contact.reopened'))""",
    ),
    Check(
        name="referrals-tell-their-moves",
        truth="the state of a referral is the one its newest event of a move says",
        breaches="""
            SELECT r.reference FROM triage_referral r LEFT JOIN LATERAL (
                SELECT e.kind FROM eventlog_entry e WHERE e.about = r.reference AND e.kind = ANY(ARRAY[
                    'triage.referral.sent', 'triage.referral.accepted', 'triage.referral.declined',
                    'triage.referral.timed_out', 'triage.referral.withdrawn', 'triage.referral.completed'])
                ORDER BY e.id DESC LIMIT 1) moved ON true
            WHERE moved.kind IS DISTINCT FROM 'triage.referral.' || r.state""",
    ),
    Check(
        name="incidents-tell-their-moves",
        truth="an incident opened, closed, merged, attended, and each unit that came, went or went along, has its event",
        breaches="""
            SELECT i.reference FROM incidents_incident i LEFT JOIN LATERAL (
                SELECT e.kind FROM eventlog_entry e WHERE e.about = i.reference AND e.kind = ANY(ARRAY[
                    'incidents.incident.opened', 'incidents.incident.resolved', 'incidents.incident.reopened',
                    'incidents.incident.merged', 'incidents.incident.parted'])
                ORDER BY e.id DESC LIMIT 1) moved ON true
            WHERE moved.kind IS NULL OR (i.state = 'resolved') <> (moved.kind = 'incidents.incident.resolved')
                OR (i.state = 'merged') <> (moved.kind = 'incidents.incident.merged')
            UNION ALL SELECT i.reference FROM incidents_incident i WHERE i.attended_at IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM eventlog_entry e WHERE e.about = i.reference AND e.kind IN (
                'incidents.incident.unit_arrived', 'incidents.incident.unit_came_along'))
            UNION ALL SELECT i.reference FROM incidents_incident i LEFT JOIN incidents_deployment d ON d.incident_id = i.id
            GROUP BY i.reference HAVING (count(d.id), count(d.ended_at)) IS DISTINCT FROM (
                SELECT (count(*) FILTER (WHERE e.kind = 'incidents.incident.unit_deployed') + count(along.way) FILTER (WHERE along.way > 0)
                    - count(along.way) FILTER (WHERE along.way < 0),
                    count(*) FILTER (WHERE e.kind = 'incidents.incident.unit_gone')
                    + count(along.way) FILTER (WHERE along.way > 0 AND (e.facts->>'ended')::boolean)
                    - count(along.way) FILTER (WHERE along.way < 0 AND (e.facts->>'ended')::boolean))
                FROM eventlog_entry e LEFT JOIN (VALUES ('incidents.incident.unit_came_along', 1),
                    ('incidents.incident.unit_went_along', -1)) AS along(kind, way) ON along.kind = e.kind
                WHERE e.about = i.reference)""",
    ),
    Check(
        name="units-tell-their-reports",
        truth="every report a unit sent has its event, and a unit on duty the one that booked it on",
        breaches="""
            SELECT s.callsign FROM incidents_statusreport s WHERE s.source NOT LIKE 'dispatch:%' GROUP BY s.callsign HAVING count(*) <> (
                SELECT count(*) FROM eventlog_entry e WHERE e.about = s.callsign AND e.kind = 'incidents.unit.reported')
            UNION ALL SELECT u.callsign FROM incidents_unit u LEFT JOIN LATERAL (
                SELECT e.kind FROM eventlog_entry e WHERE e.about = u.callsign AND e.kind = ANY(ARRAY[
                    'incidents.unit.booked_on', 'incidents.unit.booked_off']) ORDER BY e.id DESC LIMIT 1) booked ON true
            WHERE booked.kind IS NULL""",
    ),
    Check(
        name="chats-tell-their-moves",
        truth="the state of a chat is one its events say: opened, taken, offered, broken off, closed",
        breaches="""
            SELECT c.reference FROM chat_conversation c LEFT JOIN LATERAL (
                SELECT bool_or(e.kind = 'chat.conversation.opened') opened,
                    bool_or(e.kind = 'chat.conversation.closed') closed,
                    bool_or(e.kind IN ('chat.conversation.claimed', 'chat.conversation.accepted',
                        'chat.conversation.taken_over', 'chat.abandoned.decided')) taken,
                    bool_or(e.kind IN ('chat.visitor.left', 'chat.visitor.silent', 'chat.visitor.link_lost',
                        'chat.visitor.end_announced')) broken
                FROM eventlog_entry e WHERE e.about = c.reference) told ON true
            WHERE told.opened IS NOT TRUE OR (c.state = 'closed') IS DISTINCT FROM (told.closed IS TRUE)
                OR (c.state IN ('in_hand', 'transferred') AND told.taken IS NOT TRUE)
                OR (c.state = 'abandoned' AND told.broken IS NOT TRUE)
            UNION ALL SELECT c.reference FROM chat_conversation c JOIN LATERAL (
                SELECT e.kind FROM eventlog_entry e WHERE e.about = c.reference AND e.kind = ANY(ARRAY[
                    'chat.conversation.offered', 'chat.conversation.accepted', 'chat.conversation.refused'])
                ORDER BY e.id DESC LIMIT 1) moved ON true
            WHERE c.state = 'transferred' AND moved.kind <> 'chat.conversation.offered'""",
    ),
    Check(
        name="incidents-have-their-clock",
        truth="every incident has the attendance clock of its contact's first instant, or an agreed slot",
        breaches="""
            SELECT i.reference FROM incidents_incident i JOIN contact_contact c ON c.id = i.contact_id
            WHERE i.first_contact_at <> c.first_contact_at
            UNION ALL SELECT i.reference FROM incidents_incident i WHERE i.slot_until IS NULL AND NOT EXISTS (
                SELECT 1 FROM obligations_obligation o WHERE o.subject = i.reference AND o.kind = 'attend'
                AND o.starts_at = i.first_contact_at)""",
    ),
    Check(
        name="one-incident-of-a-unit",
        truth="a unit is on one incident at a time, and an incident is in the state its units say",
        breaches="""
            SELECT callsign FROM incidents_deployment WHERE ended_at IS NULL GROUP BY callsign, unit_id HAVING count(*) > 1
            UNION ALL SELECT d.callsign FROM incidents_deployment d JOIN incidents_deployment e ON e.unit_id = d.unit_id
            AND e.id > d.id AND e.assigned_at < COALESCE(d.ended_at, 'infinity')
            UNION ALL SELECT i.reference FROM incidents_incident i WHERE (i.state IN ('assigned', 'at_scene'))
            <> EXISTS (SELECT 1 FROM incidents_deployment d WHERE d.incident_id = i.id AND d.ended_at IS NULL)
            UNION ALL SELECT u.callsign FROM incidents_unit u WHERE u.state = 11 AND EXISTS (
                SELECT 1 FROM incidents_deployment d WHERE d.unit_id = u.id AND d.ended_at IS NULL)""",
    ),
    Check(
        name="diverted-comes-back",
        truth="an incident that lost its only unit before it was attended waits with an alarm, or a unit was sent since",
        breaches="""
            SELECT i.reference FROM incidents_incident i JOIN LATERAL (
                SELECT ended_at FROM incidents_deployment d WHERE d.incident_id = i.id ORDER BY d.assigned_at DESC LIMIT 1
            ) last ON true WHERE i.state = 'waiting' AND i.attended_at IS NULL AND last.ended_at IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM obligations_obligation o WHERE o.subject = i.reference AND o.kind = 'redeploy'
                AND (o.stopped_at IS NULL OR o.stopped_because LIKE 'closed%'))""",
    ),
    Check(
        name="merged-goes-along",
        truth="a merged incident is dealt with under one that is as grave, began as early and has its units; no clock of its own waits",
        breaches="""
            SELECT i.reference FROM incidents_incident i WHERE (i.state = 'merged') <> EXISTS (
                SELECT 1 FROM incidents_link l WHERE l.incident_id = i.id AND l.other_id = i.merged_into_id
                AND l.kind = 'merged' AND l.undone_at IS NULL)
            UNION ALL SELECT i.reference FROM incidents_incident i JOIN incidents_incident k ON k.id = i.merged_into_id
            CROSS JOIN (VALUES (ARRAY['immediate', 'priority', 'routine', 'scheduled', 'resolved']::varchar[],
                ARRAY['immediate', 'high', 'medium', 'standard']::varchar[])) AS scale(grades, risks)
            WHERE k.first_contact_at > i.first_contact_at OR NOT k.strands @> i.strands OR k.child_mentioned < i.child_mentioned
                OR array_position(grades, k.grade) > array_position(grades, i.grade)
                OR array_position(risks, k.risk) > array_position(risks, i.risk)
            UNION ALL SELECT i.reference FROM incidents_incident i JOIN incidents_deployment d ON d.incident_id = i.id
            WHERE i.state = 'merged'
            UNION ALL SELECT i.reference FROM incidents_incident i JOIN obligations_obligation o ON o.subject = i.reference
            AND o.met_at IS NULL AND o.stopped_at IS NULL AND o.kind IN ('attend', 'attend_policy', 'review', 'redeploy')
            WHERE i.state = 'merged'
            UNION ALL SELECT i.reference FROM incidents_incident i WHERE i.state IN ('waiting', 'assigned')
            AND i.attended_at IS NULL AND NOT EXISTS (SELECT 1 FROM obligations_obligation o WHERE o.subject = i.reference
                AND o.met_at IS NULL AND o.stopped_at IS NULL AND o.kind = 'attend')
            UNION ALL SELECT min(i.reference) FROM incidents_incident i WHERE i.split_from_id IS NULL
            GROUP BY i.contact_id HAVING count(*) > 1""",
    ),
    Check(
        name="closed-with-a-reason",
        truth="a resolved incident has its code and reason, and where the risk is medium or more or it came by 999 a second person",
        breaches="""
            SELECT i.reference FROM incidents_incident i JOIN contact_contact c ON c.id = i.contact_id
            WHERE i.state = 'resolved' AND (i.closing_code = '' OR i.closing_reason = '' OR i.closing_by = ''
                OR i.second_person = i.closing_by OR ((i.risk IN ('immediate', 'high', 'medium') OR c.channel = '999'
                OR EXISTS (SELECT 1 FROM incidents_incident m JOIN contact_contact also ON also.id = m.contact_id
                    WHERE m.merged_into_id = i.id AND also.channel = '999')
                OR i.child_mentioned OR i.strands && ARRAY['domestic_abuse', 'missing_person']::varchar[])
                AND i.second_person = ''))""",
    ),
    Check(
        name="vulnerability-kept",
        truth="every vulnerability seen in a contact and not dismissed stands on every record that took the matter over",
        breaches=" UNION ALL ".join(
            f"""SELECT later.reference FROM {table} later
            JOIN assessment_assessment a ON a.contact_id = later.contact_id JOIN assessment_flag f ON f.assessment_id = a.id
            WHERE f.state <> 'dismissed' AND NOT f.strand = ANY(later.strands) AND {while_it}"""  # noqa: S608 - constants
            for table, while_it in CARRIES.items()
        ),
    ),
    Check(
        name="chats-add-up",
        truth="every line of a chat stands in its place, is filed or waits to be, and what was filed has its contact and conversation",
        breaches="""
            SELECT t.reference FROM intake_chat_thread t LEFT JOIN intake_chat_line l ON l.thread_id = t.id
            GROUP BY t.id HAVING count(l.id) <> t.seq OR COALESCE(max(l.seq), 0) <> t.seq
            UNION ALL SELECT t.reference FROM intake_chat_thread t LEFT JOIN intake_chat_filing f ON f.thread_id = t.id
            LEFT JOIN intake_chat_line l ON l.thread_id = t.id AND l.side = 'visitor'
            GROUP BY t.reference, f.due_seq HAVING COALESCE(f.due_seq, -1) < max(l.seq)
            UNION ALL SELECT t.reference FROM intake_chat_thread t JOIN intake_chat_filing f ON f.thread_id = t.id
            LEFT JOIN chat_conversation c ON c.thread_id = t.id LEFT JOIN contact_contact k ON k.id = c.contact_id
            WHERE f.filed_seq > 0 AND (k.reference IS NULL OR k.reference <> t.reference)""",
    ),
    Check(
        name="no-chat-forgotten",
        truth="every open chat has an owner or a queue, and the clock of its state runs",
        breaches="""
            SELECT c.reference FROM chat_conversation c JOIN (VALUES ('waiting', 'chat_answer'), ('transferred', 'chat_transfer'),
                ('abandoned', 'abandoned_decision')) AS needs(state, duty) ON needs.state = c.state
            WHERE NOT EXISTS (SELECT 1 FROM obligations_obligation o WHERE o.subject = 'chat:' || c.reference
                AND o.kind = needs.duty AND o.met_at IS NULL AND o.stopped_at IS NULL)
            UNION ALL SELECT c.reference FROM chat_conversation c WHERE c.state = 'in_hand' AND c.unanswered_since IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM obligations_obligation o WHERE o.subject = 'chat:' || c.reference
                AND o.kind = 'chat_reply' AND o.met_at IS NULL AND o.stopped_at IS NULL)
            UNION ALL SELECT c.reference FROM chat_conversation c JOIN contact_contact k ON k.id = c.contact_id
            WHERE c.owner_id IS NOT NULL AND k.state = 'in_hand' AND k.owner_id IS DISTINCT FROM c.owner_id""",
    ),
    Check(
        name="plans-stand-as-published",
        truth="every published roster and forecast has its event, says something, and says one thing of each time it speaks of",
        breaches="""
            SELECT p.kind || ':' || p.id FROM resourcing_publication p WHERE 1 <> (SELECT count(*) FROM eventlog_entry e
                WHERE e.about = p.kind || ':' || p.id AND e.kind = 'resourcing.' || p.kind || '.published')
            UNION ALL SELECT p.kind || ':' || p.id FROM resourcing_publication p LEFT JOIN (
                SELECT 'roster' kind, publication_id, starts_at, ends_at,
                    lag(ends_at) OVER (PARTITION BY publication_id ORDER BY starts_at) ended FROM resourcing_rosteredunits
                UNION ALL SELECT 'forecast', publication_id, starts_at, ends_at,
                    lag(ends_at) OVER (PARTITION BY publication_id ORDER BY starts_at) FROM resourcing_forecastdemand
            ) said ON said.publication_id = p.id AND said.kind = p.kind GROUP BY p.id, p.kind, p.starts_at, p.ends_at
            HAVING min(said.starts_at) IS DISTINCT FROM p.starts_at OR max(said.ends_at) IS DISTINCT FROM p.ends_at
                OR bool_or(said.starts_at < said.ended)""",
    ),
    Check(
        name="no-time-runs-backwards",
        truth="nothing ends before it begins",
        breaches="""
            SELECT reference FROM contact_contact WHERE answered_at < presented_at OR ended_at < answered_at
                OR closed_at < received_at
            UNION ALL SELECT subject FROM obligations_obligation WHERE due_at < starts_at
            UNION ALL SELECT reference FROM triage_referral WHERE ended_at < sent_at OR accepted_at < sent_at
            UNION ALL SELECT callsign FROM incidents_deployment WHERE ended_at < assigned_at OR at_scene_at < assigned_at
            UNION ALL SELECT source_ref FROM contact_call WHERE answered_at < presented_at OR abandoned_at < presented_at""",
    ),
)


def find_breaches(check: Check) -> list[str]:
    """Return the references of what breaks a check, some of them when there are many."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({check.breaches}) found LIMIT {MOST_SHOWN}")  # noqa: S608 - constants
        return [str(row[0]) for row in cursor.fetchall()]


def words_that_changed() -> Iterator[str]:
    """Yield every submission of which the words, or other words under its key, are not those whose digest was taken on receipt."""
    queries = (
        "SELECT reference, body, digest FROM intake_submission",
        "SELECT s.reference, c.body, c.digest FROM intake_conflict c JOIN intake_submission s ON s.id = c.submission_id",
    )
    for query in queries:
        with connection.chunked_cursor() as cursor:
            cursor.execute(query)
            for reference, body, digest in cursor:
                if _digest(body) != bytes(digest):
                    yield reference


def _digest(body: str) -> bytes | None:
    try:
        return digest_of(read_object(body.encode()))
    except Unreadable:
        return None


def grades_that_changed() -> Iterator[str]:
    """Yield every grading whose stored facts, put to its stored edition, no longer give its stored row and grade."""
    yield from _redecide(
        response_grade.TABLE,
        """SELECT c.reference, g.rule_table, g.rule_row, g.rule_grade, g.facts FROM assessment_gradeentry g
           JOIN assessment_assessment a ON a.id = g.assessment_id JOIN contact_contact c ON c.id = a.contact_id""",
    )


def routes_that_changed() -> Iterator[str]:
    """Yield every route decision whose stored facts, put to its stored edition, no longer give its stored row and route."""
    yield from _redecide(
        diversion.TABLE,
        """SELECT c.reference, d.diversion_table, d.diversion_row, d.diversion, d.diversion_facts
           FROM triage_routedecision d JOIN contact_contact c ON c.id = d.contact_id""",
    )
    yield from _redecide(
        route.TABLE,
        """SELECT c.reference, d.rule_table, d.rule_row, d.rule_route, d.rule_facts FROM triage_routedecision d
           JOIN contact_contact c ON c.id = d.contact_id""",
    )


def _redecide(table: DecisionTable[Any, Any], query: str) -> Iterator[str]:
    import json

    from standfast.foundation.kernel.tables.facts import read_facts

    editions = {str(edition): edition for edition in table.editions.all}
    with connection.cursor() as cursor:
        cursor.execute(query)
        for reference, edition, row, outcome, stored in cursor.fetchall():
            facts = read_facts(table.facts, json.loads(stored) if isinstance(stored, str) else stored)
            known = editions.get(edition)
            again = known.decide(facts, table.values(facts)) if known else None
            if again is None or (again.row, again.outcome) != (row, outcome):
                yield reference
