"""Which states can a referral be in?"""

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.lifecycle import Lifecycle, Move
from standfast.foundation.people.permissions import Permission as P


class ReferralState(Choice):
    """The states of a referral to a partner agency."""

    SENT = "sent", "Sent, waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    TIMED_OUT = "timed_out", "Not answered in time"
    WITHDRAWN = "withdrawn", "Withdrawn"
    COMPLETED = "completed", "Completed"


S = ReferralState
RUNNING = frozenset({S.SENT, S.ACCEPTED})
"""While a referral is in one of these, the agency owns the contact."""

REFERRAL = Lifecycle(
    "referral",
    start=S.SENT,
    moves={
        "accept": Move({S.SENT}, S.ACCEPTED, needs=P.REFERRAL_ANSWER),
        "decline": Move({S.SENT}, S.DECLINED, needs=P.REFERRAL_ANSWER),
        # Apart from declining: whoever declines has seen an unanswered referral, and must not undo a colleague's yes unawares.
        "give_back": Move({S.ACCEPTED}, S.DECLINED, needs=P.REFERRAL_ANSWER),
        "complete": Move({S.ACCEPTED}, S.COMPLETED, needs=P.REFERRAL_ANSWER),
        "withdraw": Move({S.SENT, S.ACCEPTED}, S.WITHDRAWN, needs=P.REFERRAL_SEND),
        "time_out": Move({S.SENT}, S.TIMED_OUT, needs=P.REFERRAL_EXPIRE),
    },
)
