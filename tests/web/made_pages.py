"""What lies in the database behind the pages that browser tests open? Run as a program against a database; prints what it made, as JSON."""

import json

import django

CRASH = {"text": "Crash Corner"}


def main() -> None:
    """Make one of everything, by the operations people use."""
    from datetime import timedelta

    from standfast.foundation.kernel import clock
    from standfast.journey.contact import operations as contacts
    from standfast.journey.incidents import operations as incidents
    from standfast.journey.triage import operations as triage
    from tests.builders import claimed_contact, filed_contact, staff
    from tests.dispatch.steps import BEN
    from tests.entering import A_MONDAY_NOON
    from tests.incidents.steps import IMMEDIATE, opened_incident
    from tests.triage.steps import routed_to_partner, sent_referral
    from tests.web.intake_steps import conflict, parked, registered_source

    now, officer = clock.now(), staff("asha")
    referral = sent_referral(by=officer, now=A_MONDAY_NOON)
    ended = sent_referral(by=officer, now=A_MONDAY_NOON)
    triage.withdraw_referral(reference=ended.reference, reason="Her son is there now", by=officer, now=A_MONDAY_NOON)
    routed = routed_to_partner(by=officer, now=now - timedelta(minutes=4))
    kept, merged = (opened_incident(by=officer, now=now, place=dict(CRASH)) for _ in range(2))
    merging = incidents.Merging(incident=kept.reference, other=merged.reference, reason="One crash, two callers")
    incidents.merge_incidents(merging=merging, by=BEN, now=now)
    incident = opened_incident(
        by=officer,
        now=now,
        words="He hit me and the children are crying, he is outside now",
        answers=IMMEDIATE,
        ago=timedelta(minutes=3),
    )
    for minutes in (2, 15, 70):
        filed_contact(now=now, ago=timedelta(minutes=minutes))
    filed_contact(now=now, words="He has a knife and says he will kill her")
    mine = claimed_contact(by=officer, now=now)
    contacts.note_opened(reference=mine.reference, by=officer, now=now)
    made = {
        "referral": referral.reference,
        "routed": routed.reference,
        "contact": mine.reference,
        "incident": incident.reference,
        "kept": kept.reference,
        "merged": merged.reference,
        "conflict": conflict(now=now),
        "filing": parked(now=now),
        "source": registered_source(now=now),
    }
    print(json.dumps(made))  # noqa: T201 - read by the tests


if __name__ == "__main__":
    django.setup()
    main()
