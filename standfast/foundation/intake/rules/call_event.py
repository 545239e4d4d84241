"""What can happen to a call in the queue, and on which line did it come?"""

from standfast.foundation.kernel.choices import Choice


class CallEventKind(Choice):
    """The queue events telephony reports."""

    PRESENTED = "presented"
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    ENDED = "ended"


class CallLine(Choice):
    """The lines on which a call can come; their codes are those of the channels."""

    CALL_999 = "999", "999"
    CALL_101 = "101", "101"
