"""What can happen at the intake? The SQL functions write the first two kinds; a test holds their names and facts to these."""

from dataclasses import dataclass

from standfast.foundation.eventlog.happening import Happening, Retention


@dataclass(frozen=True, kw_only=True)
class SubmissionStored(Happening):
    """A source's contact was stored: the record that it was collected."""

    kind = "intake.submission.stored"
    sentence = "Received from {source} by {channel}"
    retention = Retention.WITH_RECORD

    about: str
    source: str
    channel: str
    journalled: bool


@dataclass(frozen=True, kw_only=True)
class SubmissionConflicted(Happening):
    """Other words came under a key that was used before."""

    kind = "intake.submission.conflicted"
    sentence = "{source} sent other words under the same key: both are kept"
    retention = Retention.WITH_RECORD

    about: str
    source: str
    conflict: int


@dataclass(frozen=True, kw_only=True)
class ConflictResolved(Happening):
    """A person said what to make of two submissions under one key."""

    kind = "intake.conflict.resolved"
    sentence = "Decided between two submissions under one key: {resolution}"
    retention = Retention.WITH_RECORD

    about: str
    conflict: int
    resolution: str


@dataclass(frozen=True, kw_only=True)
class FilingParked(Happening):
    """What was received could not be filed and is tried no more until a person says so."""

    kind = "intake.filing.parked"
    sentence = "Could not be filed after {attempts} tries: a person must look"
    retention = Retention.WITH_RECORD

    about: str
    filing: int
    attempts: int


@dataclass(frozen=True, kw_only=True)
class FilingRetried(Happening):
    """A person let a parked filing be tried again."""

    kind = "intake.filing.retried"
    sentence = "To be filed again: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    filing: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class SourceRegistered(Happening):
    """A sender was given a key."""

    kind = "intake.source.registered"
    sentence = "Source {about} registered for {channels}, {rate_per_minute} contacts a minute"
    retention = Retention.SIX_YEARS

    about: str
    channels: str
    rate_per_minute: int


@dataclass(frozen=True, kw_only=True)
class SourceKeyRenewed(Happening):
    """A sender was given a new key; the old one is refused from now on."""

    kind = "intake.source.key_renewed"
    sentence = "Source {about} was given a new key: {reason}"
    retention = Retention.SIX_YEARS

    about: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SourceStopped(Happening):
    """A sender's key is refused from now on."""

    kind = "intake.source.stopped"
    sentence = "Source {about} stopped: {reason}"
    retention = Retention.SIX_YEARS

    about: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChatStored(Happening):
    """A line of a chat was stored: the record that it was collected, or that it was sent."""

    kind = "intake.chat.stored"
    sentence = "Line {seq} of the chat, from the {side}"
    retention = Retention.WITH_RECORD

    about: str
    side: str
    seq: int


@dataclass(frozen=True, kw_only=True)
class ChatConflicted(Happening):
    """Other words came under the id of a line of a chat."""

    kind = "intake.chat.conflicted"
    sentence = "Other words came for line {seq} of the chat: both are kept"
    retention = Retention.WITH_RECORD

    about: str
    seq: int


@dataclass(frozen=True, kw_only=True)
class ChatFilingParked(Happening):
    """Lines of a chat could not be filed; the words are there, but nothing follows from them until a person says so."""

    kind = "intake.chat.parked"
    sentence = "Lines of the chat could not be filed after {attempts} tries: a person must look"
    retention = Retention.WITH_RECORD

    about: str
    attempts: int
