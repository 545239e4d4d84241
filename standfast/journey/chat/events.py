"""What can happen to a conversation? Its words are events of the intake; none of these quotes any."""

from dataclasses import dataclass

from standfast.foundation.eventlog.happening import Happening, Retention


@dataclass(frozen=True, kw_only=True)
class ChatOpened(Happening):
    """A conversation was opened by its first line."""

    kind = "chat.conversation.opened"
    sentence = "Chat opened"
    retention = Retention.WITH_RECORD

    about: str


@dataclass(frozen=True, kw_only=True)
class ChatRead(Happening):
    """Somebody opened the conversation (a consultation in the sense of DPA 2018 s.62)."""

    kind = "chat.conversation.read"
    sentence = "Chat opened on screen"
    retention = Retention.SIX_YEARS

    about: str


@dataclass(frozen=True, kw_only=True)
class ChatClaimed(Happening):
    """Somebody took a conversation."""

    kind = "chat.conversation.claimed"
    sentence = "Chat taken by {owner}"
    retention = Retention.WITH_RECORD

    about: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class ChatAnswered(Happening):
    """Somebody wrote to the visitor; `canned` names the canned text that was used, if one was."""

    kind = "chat.conversation.answered"
    sentence = "Wrote line {seq} to the visitor"
    retention = Retention.WITH_RECORD

    about: str
    seq: int
    canned: str


@dataclass(frozen=True, kw_only=True)
class ChatOffered(Happening):
    """The owner offered a conversation to a colleague, who may refuse."""

    kind = "chat.conversation.offered"
    sentence = "Offered to {to}"
    retention = Retention.WITH_RECORD

    about: str
    to: str


@dataclass(frozen=True, kw_only=True)
class ChatAccepted(Happening):
    """The colleague took the conversation."""

    kind = "chat.conversation.accepted"
    sentence = "{owner} accepted it from {before}"
    retention = Retention.WITH_RECORD

    about: str
    owner: str
    before: str


@dataclass(frozen=True, kw_only=True)
class ChatRefused(Happening):
    """An offer came to nothing: the conversation stays with its owner."""

    kind = "chat.conversation.refused"
    sentence = "Offer came to nothing: {because}"
    retention = Retention.WITH_RECORD

    about: str
    because: str


@dataclass(frozen=True, kw_only=True)
class ChatHandedBack(Happening):
    """The owner gave a conversation back to the queue."""

    kind = "chat.conversation.handed_back"
    sentence = "Chat handed back to the queue"
    retention = Retention.WITH_RECORD

    about: str


@dataclass(frozen=True, kw_only=True)
class ChatReturned(Happening):
    """A conversation went back to the queue because its owner did not answer, or was gone."""

    kind = "chat.conversation.returned"
    sentence = "Returned from {owner} to the queue: {because}"
    retention = Retention.WITH_RECORD

    about: str
    owner: str
    because: str


@dataclass(frozen=True, kw_only=True)
class ChatTakenOver(Happening):
    """A supervisor took a conversation over."""

    kind = "chat.conversation.taken_over"
    sentence = "Chat taken over from {before} by {owner}: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    before: str
    owner: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class VisitorLeft(Happening):
    """The visitor left by the exit control."""

    kind = "chat.visitor.left"
    sentence = "The visitor left by “Exit this page”"
    retention = Retention.WITH_RECORD

    about: str


@dataclass(frozen=True, kw_only=True)
class VisitorSilent(Happening):
    """The visitor has not written, typed or tapped for too long while it was their turn."""

    kind = "chat.visitor.silent"
    sentence = "The visitor has been quiet for {seconds} seconds"
    retention = Retention.WITH_RECORD

    about: str
    seconds: int


@dataclass(frozen=True, kw_only=True)
class LinkLost(Happening):
    """The visitor's page stopped saying that it is there."""

    kind = "chat.visitor.link_lost"
    sentence = "Nothing has been heard from the visitor's page for {seconds} seconds"
    retention = Retention.WITH_RECORD

    about: str
    seconds: int


@dataclass(frozen=True, kw_only=True)
class EndAnnounced(Happening):
    """The visitor wrote that they must stop."""

    kind = "chat.visitor.end_announced"
    sentence = "The visitor wrote that they must stop (phrase {phrase})"
    retention = Retention.WITH_RECORD

    about: str
    phrase: str


@dataclass(frozen=True, kw_only=True)
class VisitorCameBack(Happening):
    """A conversation that had broken off goes on."""

    kind = "chat.visitor.came_back"
    sentence = "The visitor is back: {how}"
    retention = Retention.WITH_RECORD

    about: str
    how: str


@dataclass(frozen=True, kw_only=True)
class AbandonedDecided(Happening):
    """A person decided what follows from a conversation that broke off."""

    kind = "chat.abandoned.decided"
    sentence = "Decided after it broke off: {decision}"
    retention = Retention.WITH_RECORD

    about: str
    decision: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChatClosed(Happening):
    """A conversation was closed; its contact goes on by its own rules."""

    kind = "chat.conversation.closed"
    sentence = "Chat closed: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PrivateNoteAdded(Happening):
    """A line among staff was added; the line itself stays in the record."""

    kind = "chat.note.added"
    sentence = "Private note added"
    retention = Retention.WITH_RECORD

    about: str
    is_whisper: bool


@dataclass(frozen=True, kw_only=True)
class ChatWatched(Happening):
    """A supervisor looked into a conversation without the operator being told."""

    kind = "chat.conversation.watched"
    sentence = "Watched by a supervisor"
    retention = Retention.SIX_YEARS

    about: str


@dataclass(frozen=True, kw_only=True)
class FactTaken(Happening):
    """Somebody took words of a visitor's line as a fact."""

    kind = "chat.fact.taken"
    sentence = "Words of line {seq} taken as: {fact}"
    retention = Retention.WITH_RECORD

    about: str
    seq: int
    fact: str


@dataclass(frozen=True, kw_only=True)
class FactDropped(Happening):
    """Somebody dropped a fact that was taken wrongly."""

    kind = "chat.fact.dropped"
    sentence = "No longer taken as {fact}: words of line {seq}"
    retention = Retention.WITH_RECORD

    about: str
    seq: int
    fact: str


@dataclass(frozen=True, kw_only=True)
class MaskLifted(Happening):
    """Somebody had a masked text shown, and said why."""

    kind = "chat.mask.lifted"
    sentence = "Masked text of line {seq} shown: {reason}"
    retention = Retention.SIX_YEARS

    about: str
    seq: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class OperatorStarted(Happening):
    """Somebody began to take chats."""

    kind = "chat.operator.started"
    sentence = "{about} takes chats, up to {points} load points"
    retention = Retention.SIX_YEARS

    about: str
    points: int


@dataclass(frozen=True, kw_only=True)
class OperatorStopped(Happening):
    """Somebody takes no more chats."""

    kind = "chat.operator.stopped"
    sentence = "{about} takes no more chats: {because}"
    retention = Retention.SIX_YEARS

    about: str
    because: str


@dataclass(frozen=True, kw_only=True)
class CallerInvited(Happening):
    """A caller was given a code by which they go on in writing."""

    kind = "chat.caller.invited"
    sentence = "Given a code to go on in writing, good until {until}"
    retention = Retention.WITH_RECORD

    about: str
    until: str


@dataclass(frozen=True, kw_only=True)
class MovedToPhone(Happening):
    """A chat goes on by telephone, on the number and in the way agreed as safe."""

    kind = "chat.conversation.moved_to_phone"
    sentence = "Goes on by telephone: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TranscriptReleased(Happening):
    """The words of a chat were released to their writer, masked, in a way they agreed to in writing."""

    kind = "chat.transcript.released"
    sentence = "Words of the chat released ({way}), as agreed in line {seq}"
    retention = Retention.SIX_YEARS

    about: str
    way: str
    seq: int


@dataclass(frozen=True, kw_only=True)
class TapsNoted(Happening):
    """It was noted whether the visitor can only tap."""

    kind = "chat.visitor.taps_noted"
    sentence = "The visitor can only tap: {only}"
    retention = Retention.WITH_RECORD

    about: str
    only: str
