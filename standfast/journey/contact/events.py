"""What can happen to a contact?"""

from dataclasses import dataclass

from standfast.foundation.eventlog.happening import Happening, Retention


@dataclass(frozen=True, kw_only=True)
class ContactRecorded(Happening):
    """A contact was recorded: the crime recording clock starts here."""

    kind = "contact.contact.recorded"
    sentence = "Contact recorded from {channel}, {words_length} characters"
    retention = Retention.WITH_RECORD

    about: str
    channel: str
    source: str
    words_length: int


@dataclass(frozen=True, kw_only=True)
class ContactFilledIn(Happening):
    """Facts of a contact were added or changed; the facts themselves stay in the record."""

    kind = "contact.contact.filled_in"
    sentence = "Filled in: {fields}"
    retention = Retention.WITH_RECORD

    about: str
    fields: str


@dataclass(frozen=True, kw_only=True)
class ContactOpened(Happening):
    """Somebody opened the record of a contact (a consultation in the sense of DPA 2018 s.62)."""

    kind = "contact.contact.opened"
    sentence = "Record opened"
    retention = Retention.SIX_YEARS

    about: str


@dataclass(frozen=True, kw_only=True)
class ContactClaimed(Happening):
    """A contact has an owner."""

    kind = "contact.contact.claimed"
    sentence = "Claimed by {owner}"
    retention = Retention.WITH_RECORD

    about: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class ContactTakenOver(Happening):
    """A supervisor took a contact over."""

    kind = "contact.contact.taken_over"
    sentence = "Taken over from {before} by {owner}: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    before: str
    owner: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ContactHandedBack(Happening):
    """The owner gave a contact back to the queue."""

    kind = "contact.contact.handed_back"
    sentence = "Handed back to the queue"
    retention = Retention.WITH_RECORD

    about: str


@dataclass(frozen=True, kw_only=True)
class ContactReferred(Happening):
    """A contact went to a partner agency, which owns it until it answers."""

    kind = "contact.contact.referred"
    sentence = "With {partner} until it answers"
    retention = Retention.WITH_RECORD

    about: str
    partner: str


@dataclass(frozen=True, kw_only=True)
class ContactReturned(Happening):
    """A contact came back to the force with its original clock."""

    kind = "contact.contact.returned"
    sentence = "Came back: {because}"
    retention = Retention.WITH_RECORD

    about: str
    because: str


@dataclass(frozen=True, kw_only=True)
class ContactClosed(Happening):
    """A contact ended."""

    kind = "contact.contact.closed"
    sentence = "Closed: {ending}"
    retention = Retention.WITH_RECORD

    about: str
    ending: str


@dataclass(frozen=True, kw_only=True)
class ContactReopened(Happening):
    """A closed contact is open again, with its original first contact."""

    kind = "contact.contact.reopened"
    sentence = "Reopened: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RiskChanged(Happening):
    """The risk of a contact changed."""

    kind = "contact.risk.changed"
    sentence = "Risk changed from {before} to {after}: {because}"
    retention = Retention.WITH_RECORD

    about: str
    before: str
    after: str
    because: str


@dataclass(frozen=True, kw_only=True)
class PersonLinked(Happening):
    """A person of the register was linked to a contact, or unlinked."""

    kind = "contact.person.linked"
    sentence = "Linked to person {person}, match {level}"
    retention = Retention.WITH_RECORD

    about: str
    person: str
    level: str


@dataclass(frozen=True, kw_only=True)
class CallEventFiled(Happening):
    """A queue event of a call was filed."""

    kind = "contact.call.event_filed"
    sentence = "Call {event}"
    retention = Retention.WITH_RECORD

    about: str
    event: str


@dataclass(frozen=True, kw_only=True)
class NoteAdded(Happening):
    """Somebody added a line to the contact's log; the line itself stays in the record."""

    kind = "contact.note.added"
    sentence = "Note added"
    retention = Retention.WITH_RECORD

    about: str
