"""By which channels may a source send contacts?"""

from standfast.foundation.kernel.choices import Choice


class IntakeChannel(Choice):
    """The channel codes of the intake contract."""

    CALL_999 = "999", "999"
    CALL_101 = "101", "101"
    CHAT = "chat", "Chat"
    ONLINE = "online", "Online report"
    COUNTER = "counter", "Front counter"
    OFFICER = "officer", "Reported by an officer"


NEVER_REFUSED = frozenset({IntakeChannel.CALL_999})
