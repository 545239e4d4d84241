"""By which ways does a person get in touch, and when was the first contact?"""

from datetime import datetime

from standfast.foundation.kernel.choices import Choice


class Channel(Choice):
    """The ways a contact can arrive."""

    CALL_999 = "999", "999"
    CALL_101 = "101", "101"
    CHAT = "chat", "Chat"
    ONLINE = "online", "Online report"
    COUNTER = "counter", "Front counter"
    OFFICER = "officer", "Reported by an officer"


VOICE = frozenset({Channel.CALL_999, Channel.CALL_101})


def first_contact_at(
    channel: Channel,
    *,
    answered_at: datetime | None,
    received_at: datetime,
    stored_at: datetime | None = None,
) -> datetime:
    """
    Return the instant every later clock counts from: the answer for voice, the first stored message for chat, else the receipt.

    A call that reached us without its answer time counts from its receipt, which is earlier or the same.
    """
    if channel in VOICE and answered_at is not None:
        return answered_at
    if channel == Channel.CHAT and stored_at is not None:
        return stored_at
    return received_at
