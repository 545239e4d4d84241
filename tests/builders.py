"""How does a test reach a state? By the operations people use; never by writing rows."""

from datetime import datetime, timedelta

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.people.access import WORKER
from standfast.foundation.people.models import StaffMember, Team
from standfast.foundation.people.roles import Role
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.rules.thrive import Limb
from standfast.journey.contact import operations as contact
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk

NAMES = {
    "asha": ("Asha Handler", Role.CONTACT_OFFICER),
    "amir": ("Amir Handler", Role.CONTACT_OFFICER),
    "sana": ("Sana Supervisor", Role.CONTACT_SUPERVISOR),
    "ben": ("Ben Dispatcher", Role.DISPATCHER),
    "chidi": ("Chidi Investigator", Role.INVESTIGATOR),
    "dee": ("Dee Sergeant", Role.SERGEANT),
    "efa": ("Efa Care", Role.VICTIM_CARE),
    "farid": ("Farid Inspector", Role.INSPECTOR),
    "petra": ("Petra Partner", Role.PARTNER),
    "adam": ("Adam Administrator", Role.ADMINISTRATOR),
    "zed": ("Zed Nothing", None),
}
SAFE_ANSWERS = {
    "danger_to_life": Answer.NO,
    "happening_now": Answer.NO,
    "offender_near": Answer.NO,
    "weapon": Answer.NO,
    "injured": Answer.NO,
}
_count = iter(range(10**9))


def staff(username: str = "asha", *, partner: str = "") -> Actor:
    """Return one of the known people with an account; their name says what they may do."""
    name, role = NAMES[username]
    team, _ = Team.objects.get_or_create(code="C", defaults={"name": "Team C"})
    if role == Role.PARTNER:
        partner = partner or "adult_social_care"
    member, _ = StaffMember.objects.get_or_create(
        username=f"{username}-{partner}" if partner else username,
        defaults={
            "name": name,
            "roles": [role] if role else [],
            "team": team,
            "partner": partner,
        },
    )
    return member.as_actor()


def filed_contact(
    *,
    now: datetime,
    words: str = "My bike was taken from the shed last week",
    channel: Channel = Channel.ONLINE,
    phone: str = "",
    place: dict[str, object] | None = None,
    ago: timedelta = timedelta(0),
) -> Contact:
    """Return a contact filed by the worker as intake received it."""
    new = contact.NewContact(
        channel=channel,
        received_at=now - ago,
        source="website",
        source_ref=f"ref-{next(_count)}",
        words=words,
        caller={"phone": phone} if phone else {},
        place=place or {},
    )
    return contact.file_intake(new=new, by=WORKER, now=now)


def claimed_contact(*, by: Actor, now: datetime, **given: object) -> Contact:
    """Return a filed contact that somebody has claimed."""
    filed = filed_contact(now=now, **given)  # type: ignore[arg-type]
    return contact.claim_contact(reference=filed.reference, by=by, now=now)


def write_thrive(reference: str, *, by: Actor, now: datetime, level: Risk = Risk.STANDARD) -> None:
    """Write every limb of THRIVE."""
    for limb in Limb:
        assessment.write_limb(
            reference=reference,
            limb=limb,
            text=f"Asked about {limb.label}; said so",
            level=level,
            by=by,
            now=now,
        )


def answer(reference: str, *, by: Actor, now: datetime, **answers: Answer) -> None:
    """Answer questions of the grade table; those of SAFE_ANSWERS not given are answered no."""
    for question, given in {**SAFE_ANSWERS, **answers}.items():
        assessment.answer_question(reference=reference, question=question, answer=given, by=by, now=now)


def graded_contact(
    *,
    by: Actor,
    now: datetime,
    answers: dict[str, Answer] | None = None,
    **given: object,
) -> Contact:
    """Return a claimed contact with THRIVE written, questions answered and the rule's grade confirmed."""
    mine = claimed_contact(by=by, now=now, **given)
    write_thrive(mine.reference, by=by, now=now)
    answer(mine.reference, by=by, now=now, **(answers or {}))
    assessment.confirm_grade(reference=mine.reference, by=by, now=now)
    mine.refresh_from_db()
    return mine
