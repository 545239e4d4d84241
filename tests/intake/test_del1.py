"""
Is anything that was acknowledged lost, doubled or altered, whatever is killed while it is sent?

Two controls run each time and must fail: without the unique keys doubles are seen, without waiting for the disk losses are.
"""

import json
import random
import time
from functools import partial

import pytest

from tests.intake.chaos import Run, Site, made_up, site, until

pytestmark = pytest.mark.database

SUBMISSIONS = 2_000
KILLS = 10
SYNCHRONOUS_OFF = "-c synchronous_commit=off"


def kill_and_restart(place: Site, chance: random.Random) -> str:
    """Kill the database or one of the intake processes, and start it again."""
    if chance.random() < 0.5:
        place.postgres.kill()
        place.postgres.start()
        return "database"
    web = chance.choice(place.webs)
    web.kill()
    web.start()
    return "intake"


def kill_while(run: Run, place: Site, *, kills: int, chance: random.Random) -> list[str]:
    """Kill at random moments, each while contacts are being committed: the outage before it is over by then."""
    killed = []
    share = len(run.submissions) // (kills + 1)
    for _ in range(kills):
        until(lambda: not any(web.journals() for web in place.webs), what="return to the database")
        goal = len(run.acknowledged) + int(share * chance.uniform(0.2, 0.8))
        run.release(share)
        until(partial(run.has_acknowledged, goal), seconds=120, what=f"acknowledgement number {goal}")
        killed.append(kill_and_restart(place, chance))
    return killed


def stored_contacts(place: Site) -> list[tuple[str, str, bytes, str]]:
    rows = place.ask("SELECT idempotency_key, reference, digest, body FROM intake_submission")
    return [(key, reference, bytes(digest), body) for key, reference, digest, body in rows]


def test_nothing_acknowledged_is_lost_doubled_or_altered(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    with site() as place:
        webs = [place.web(), place.web()]
        for web in webs:
            web.start()
        run = Run(ports=[web.port for web in webs], key=place.key, submissions=made_up(SUBMISSIONS, seed=11))
        sending = time.monotonic()
        run.start()
        killed = kill_while(run, place, kills=KILLS, chance=random.Random(12))
        run.wait()
        until(place.journal_is_in, what="journal in the database")
        sent = time.monotonic()

        assert len(run.acknowledged) == SUBMISSIONS
        contacts = [each for each in run.submissions if each.key.startswith("contact")]
        rows = stored_contacts(place)
        by_key = {key: (reference, digest, body) for key, reference, digest, body in rows}
        lost = [each.key for each in contacts if each.key not in by_key]
        altered = [each.key for each in contacts if by_key[each.key][1:] != (each.digest, each.body.decode())]
        assert (len(lost), len(rows) - len(contacts), len(altered)) == (0, 0, 0)
        assert {each.key: {by_key[each.key][0]} for each in contacts} == {
            each.key: run.references[each.key] for each in contacts
        }
        assert place.one("SELECT count(*) FROM intake_call_event") == SUBMISSIONS - len(contacts)
        once = "SELECT count(*) FROM intake_submission s WHERE 1 <> (SELECT count(*) FROM {} WHERE {})"
        assert place.one(once.format("intake_filing f", "f.submission_id = s.id")) == 0
        collected = "e.about = s.reference AND e.kind = 'intake.submission.stored'"
        assert place.one(once.format("eventlog_entry e", collected)) == 0
        journalled = place.one("SELECT count(*) FROM intake_submission WHERE journalled_at IS NOT NULL")
        with capsys.disabled():
            print(  # noqa: T201 - what was measured is shown
                f"\nDEL1: {SUBMISSIONS} submissions, {run.attempts} attempts, killed {killed}, {journalled} came through"
                f" the journal, 0 lost, 0 doubled, 0 altered; sending {sent - sending:.1f} s, all {time.monotonic() - began:.1f} s"
            )


def test_without_the_unique_keys_doubles_are_seen() -> None:
    with site() as place:
        web = place.web()
        web.start()
        for constraint in ("intake_a_key_names_one_submission", "intake_a_reference_names_one_submission"):
            place.change(f"ALTER TABLE intake_submission DROP CONSTRAINT {constraint}")
        run = Run(ports=[web.port], key=place.key, submissions=made_up(300, seed=21, calls=0), dropped=0.1)
        run.start()
        run.wait()
        assert len(stored_contacts(place)) > len(run.submissions)


def test_without_waiting_for_the_disk_losses_are_seen() -> None:
    with site(wal_writer_delay="10s") as place:
        web = place.web(options=SYNCHRONOUS_OFF)
        web.start()
        run = Run(ports=[web.port], key=place.key, submissions=made_up(300, seed=31, calls=0), dropped=0)
        run.start()
        run.wait()
        place.postgres.kill()
        place.postgres.start()
        until(lambda: not web.journals() and place.journal_is_in(), what="journal in the database")
        kept = {key for key, *_ in stored_contacts(place)}
        acknowledged = {key for key, reply in run.acknowledged.items() if reply.body["state"] == "stored"}
        assert acknowledged - kept, json.dumps(sorted(kept))
