"""Which states can a conversation be in?"""

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.lifecycle import Lifecycle, Move
from standfast.foundation.people.permissions import Permission as P


class ChatState(Choice):
    """The states of a conversation."""

    WAITING = "waiting", "Waiting for somebody to answer"
    IN_HAND = "in_hand", "In hand"
    TRANSFERRED = "transferred", "Offered to a colleague"
    ABANDONED = "abandoned", "Broke off: a person decides"
    CLOSED = "closed", "Closed"


S = ChatState
OPEN = frozenset({S.WAITING, S.IN_HAND, S.TRANSFERRED, S.ABANDONED})
HELD = frozenset({S.IN_HAND, S.TRANSFERRED})
"""In these somebody owns the conversation; in `abandoned` somebody may."""

CHAT = Lifecycle(
    "chat",
    start=S.WAITING,
    moves={
        "claim": Move({S.WAITING}, S.IN_HAND, needs=P.CHAT_ANSWER),
        "take_up": Move({S.ABANDONED}, S.ABANDONED, needs=P.CHAT_ANSWER),
        "offer": Move({S.IN_HAND}, S.TRANSFERRED, needs=P.CHAT_ANSWER),
        "accept": Move({S.TRANSFERRED}, S.IN_HAND, needs=P.CHAT_ANSWER),
        "refuse": Move({S.TRANSFERRED}, S.IN_HAND, needs=P.CHAT_ANSWER),
        "hand_back": Move({S.IN_HAND, S.TRANSFERRED, S.ABANDONED}, S.WAITING, needs=P.CHAT_ANSWER),
        "take_over": Move({S.IN_HAND, S.TRANSFERRED}, S.IN_HAND, needs=P.CHAT_SUPERVISE),
        "return": Move({S.IN_HAND, S.TRANSFERRED}, S.WAITING, needs=P.CHAT_FILE),
        "break_off": Move({S.WAITING, S.IN_HAND, S.TRANSFERRED}, S.ABANDONED, needs=P.CHAT_FILE),
        "come_back": Move({S.ABANDONED}, S.WAITING, needs=P.CHAT_FILE),
        "come_back_to_owner": Move({S.ABANDONED}, S.IN_HAND, needs=P.CHAT_FILE),
        "resume": Move({S.ABANDONED}, S.IN_HAND, needs=P.CHAT_ANSWER),
        "close": Move({S.IN_HAND, S.ABANDONED}, S.CLOSED, needs=P.CHAT_ANSWER),
    },
)


class Break(Choice):
    """How a conversation broke off: three different things, and the words that announce one."""

    LEFT = "left", "The visitor left by “Exit this page”"
    SILENCE = "silence", "The visitor has gone quiet"
    LOST_LINK = "lost_link", "The connection to the visitor was lost"
    END_PHRASE = "end_phrase", "The visitor wrote that they had to stop"


class Told(Choice):
    """What the visitor's page is told of how the chat stands; the page has the words."""

    WAITING = "waiting", "Waiting"
    WITH_US = "with_us", "Somebody is here"
    BACK_IN_QUEUE = "back_in_queue", "Waiting again"
    NOBODY = "nobody", "Nobody can answer now"
    CLOSED = "closed", "Ended"


class AbandonedDecision(Choice):
    """What a person may decide after a chat broke off. None of these calls anybody back by itself."""

    LISTEN = "listen", "Go on listening"
    SEND_HELP = "send_help", "Send officers, and go on listening"
    SAFE_CONTACT = "safe_contact", "Make contact in the way agreed as safe, and go on listening"
    CLOSE = "close", "Close the chat; the contact goes on"


class TranscriptWay(Choice):
    """How the words of a chat may reach whoever wrote them."""

    IN_PERSON = "in_person", "Handed over in person"
    EMAIL = "email", "By e-mail"
    POST = "post", "By post"
