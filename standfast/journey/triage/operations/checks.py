"""What is asked before a contact goes anywhere: is it in hand, was the caller told, is a second look needed, why?"""

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotAllowed, Refusal
from standfast.foundation.people.access import may
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.risk import Risk, risk_rank
from standfast.journey.contact.states import ContactState
from standfast.journey.triage.rules.promise import Promise


class NotInHand(Refusal):
    """The contact is nobody's, with an agency or closed: whoever decides has it in hand."""


class CallerNotTold(Refusal):
    """The caller was not told what happens next, by whom and when."""


class ReasonMissing(Refusal):
    """A decision without a reason."""


def check_in_hand(contact: Contact) -> None:
    """
    Refuse unless somebody has the contact in hand.

    :raises NotInHand: if not
    """
    if contact.state != ContactState.IN_HAND:
        label = ContactState(contact.state).label.lower()
        raise NotInHand(f"This contact is {label}: claim it before you decide where it goes.")


def check_told(told: Promise | None) -> Promise:
    """
    Return what the caller was told.

    :raises CallerNotTold: if it is not said what happens next, by whom and when
    """
    if told is None or not told.is_complete():
        raise CallerNotTold("Write what you told the caller: what happens next, who does it, and by when.")
    return told


def check_reason(reason: str, sentence: str) -> str:
    """
    Return the reason without blanks around it.

    :raises ReasonMissing: if there is none
    """
    if not reason.strip():
        raise ReasonMissing(sentence)
    return reason.strip()[:400]


def check_may_end(contact: Contact, *, by: Actor) -> None:
    """
    Refuse to end a contact of high risk without the police, unless a supervisor does it.

    :raises NotAllowed: if the risk is high and the person is no supervisor
    """
    is_high = risk_rank(Risk(contact.risk)) <= risk_rank(Risk.HIGH)
    if is_high and not may(by, Permission.TRIAGE_END_AT_RISK):
        raise NotAllowed(
            f"The risk of this contact is {Risk(contact.risk).label.lower()}: only a supervisor may end it without a visit."
        )
