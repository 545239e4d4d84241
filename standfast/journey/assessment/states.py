"""Which states can a structured assessment be in?"""

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.lifecycle import Lifecycle, Move
from standfast.foundation.people.permissions import Permission as P


class InstrumentState(Choice):
    """The states of a structured assessment."""

    STARTED = "started", "Begun"
    REFUSED = "refused", "Declined"
    COMPLETED = "completed", "Completed"


S = InstrumentState

INSTRUMENT = Lifecycle(
    "structured assessment",
    start=S.STARTED,
    moves={
        "reply": Move({S.STARTED, S.REFUSED, S.COMPLETED}, S.STARTED, needs=P.ASSESSMENT_RECORD),
        "refuse": Move({S.STARTED, S.REFUSED}, S.REFUSED, needs=P.ASSESSMENT_RECORD),
        "complete": Move({S.STARTED, S.REFUSED}, S.COMPLETED, needs=P.ASSESSMENT_RECORD),
    },
)


class Refused(Choice):
    """Why somebody did not answer."""

    DECLINED = "declined", "Does not want to"
    NOT_SAFE = "not_safe", "Not safe to answer now"
    NOT_ABLE = "not_able", "Not able to now: hurt, distressed, ill or drunk"
    LANGUAGE = "language", "Needs an interpreter or other help first"
    BROKEN_OFF = "broken_off", "The contact broke off"
