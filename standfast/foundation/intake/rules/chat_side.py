"""Who is a line of a chat from?"""

from standfast.foundation.kernel.choices import Choice


class ChatSide(Choice):
    """The sides of a chat. A signal is no words: it says that the visitor left or came back, in order with the words."""

    VISITOR = "visitor", "Visitor"
    STAFF = "staff", "Us"
    NOTICE = "notice", "Said by itself"
    SIGNAL = "signal", "Signal"
