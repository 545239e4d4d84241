"""Which states can a contact be in?"""

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.lifecycle import Lifecycle, Move
from standfast.foundation.people.permissions import Permission as P


class ContactState(Choice):
    """The states of a contact."""

    WAITING = "waiting", "Waiting"
    IN_HAND = "in_hand", "In hand"
    WITH_PARTNER = "with_partner", "With a partner agency"
    CLOSED = "closed", "Closed"


S = ContactState
OPEN = frozenset({S.WAITING, S.IN_HAND, S.WITH_PARTNER})

CONTACT = Lifecycle(
    "contact",
    start=S.WAITING,
    moves={
        "claim": Move({S.WAITING}, S.IN_HAND, needs=P.CONTACT_CLAIM),
        "take_over": Move({S.IN_HAND}, S.IN_HAND, needs=P.CONTACT_TAKE_OVER),
        "hand_back": Move({S.IN_HAND}, S.WAITING, needs=P.CONTACT_CLAIM),
        "pass_on": Move({S.IN_HAND}, S.IN_HAND, needs=P.CONTACT_CLAIM),
        "release": Move({S.IN_HAND}, S.WAITING, needs=P.CONTACT_FILE),
        "refer": Move({S.IN_HAND}, S.WITH_PARTNER, needs=P.REFERRAL_SEND),
        "return": Move({S.WITH_PARTNER}, S.WAITING, needs=P.REFERRAL_EXPIRE),
        "close": Move({S.IN_HAND, S.WITH_PARTNER}, S.CLOSED, needs=P.CONTACT_CLOSE),
        "reopen": Move({S.CLOSED}, S.WAITING, needs=P.CONTACT_CLAIM),
    },
)


class Ending(Choice):
    """How a contact ended: the contact itself, not the matter it was about."""

    INCIDENT_OPENED = "incident_opened", "An incident was opened"
    APPOINTMENT_MADE = "appointment_made", "An appointment was made"
    DESK = "desk", "Passed to the desk"
    PARTNER_COMPLETED = "partner_completed", "A partner agency dealt with it"
    NO_POLICE_ROLE = (
        "no_police_role",
        "No police role; the caller was told who can help",
    )
    ADVICE_GIVEN = "advice_given", "Advice given, nothing more needed"
    BROKEN_OFF = "broken_off", "The contact broke off and a person decided what to do"
    DUPLICATE = "duplicate", "The same matter as another contact"
    TEST = "test", "A test"


PLAIN_ENDINGS = frozenset({Ending.ADVICE_GIVEN, Ending.BROKEN_OFF, Ending.DUPLICATE, Ending.TEST})
"""Endings a person gives without a route; every other follows from one."""
