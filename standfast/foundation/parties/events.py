"""What can happen to the record of a person or a place? No name, number or address is ever in an event."""

from dataclasses import dataclass

from standfast.foundation.eventlog.happening import Happening, Retention


@dataclass(frozen=True, kw_only=True)
class PersonAdded(Happening):
    """A person was put on record."""

    kind = "parties.person.added"
    sentence = "Put person {about} on record"
    retention = Retention.WITH_RECORD


@dataclass(frozen=True, kw_only=True)
class PersonCorrected(Happening):
    """A person's name, birth date or sex was put right."""

    kind = "parties.person.corrected"
    sentence = "Corrected {what} of person {about}: {reason}"
    retention = Retention.WITH_RECORD

    what: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PersonOpened(Happening):
    """Somebody looked at a person's record."""

    kind = "parties.person.opened"
    sentence = "Opened the record of person {about}"
    retention = Retention.SIX_YEARS


@dataclass(frozen=True, kw_only=True)
class PersonsConsulted(Happening):
    """Somebody looked up who is meant, outside a contact."""

    kind = "parties.persons.consulted"
    sentence = "Looked a person up by {searched}; on record: {found}"
    retention = Retention.SIX_YEARS

    searched: str
    found: int


@dataclass(frozen=True, kw_only=True)
class PhoneAdded(Happening):
    """A number was added to a person."""

    kind = "parties.phone.added"
    sentence = "Added a number to person {about}; safe to call: {safe_to_call}"
    retention = Retention.WITH_RECORD

    safe_to_call: str


@dataclass(frozen=True, kw_only=True)
class ResidenceRecorded(Happening):
    """Somebody was recorded as living at an address."""

    kind = "parties.residence.recorded"
    sentence = "Recorded that person {about} lives at address {address}"
    retention = Retention.WITH_RECORD

    address: str


@dataclass(frozen=True, kw_only=True)
class ResidenceEnded(Happening):
    """Somebody was recorded as no longer living at an address."""

    kind = "parties.residence.ended"
    sentence = "Recorded that person {about} has left address {address}"
    retention = Retention.WITH_RECORD

    address: str


@dataclass(frozen=True, kw_only=True)
class PersonsMerged(Happening):
    """Two records were found to be one person."""

    kind = "parties.persons.merged"
    sentence = "Merged person {merged} into {about}: {reason}"
    retention = Retention.WITH_RECORD

    merged: str
    reason: str
    merge: str


@dataclass(frozen=True, kw_only=True)
class MergeUndone(Happening):
    """Two records were found not to be one person after all."""

    kind = "parties.merge.undone"
    sentence = "Parted person {merged} from {about} again: {reason}"
    retention = Retention.WITH_RECORD

    merged: str
    reason: str
    merge: str


@dataclass(frozen=True, kw_only=True)
class HistoryNoted(Happening):
    """Something that happened was noted in the history of a person, a place or a number."""

    kind = "parties.history.noted"
    sentence = "Noted {what} in the history of {about}"
    retention = Retention.WITH_RECORD

    what: str


@dataclass(frozen=True, kw_only=True)
class MarkerPlaced(Happening):
    """A warning marker was placed."""

    kind = "parties.marker.placed"
    sentence = "Placed the marker {marker_kind} on {about}, owned by {owner}, to be reviewed by {review_on}"
    retention = Retention.WITH_RECORD

    marker_kind: str
    owner: str
    review_on: str


@dataclass(frozen=True, kw_only=True)
class MarkerLifted(Happening):
    """A warning marker was lifted."""

    kind = "parties.marker.lifted"
    sentence = "Lifted the marker {marker_kind} from {about}: {reason}"
    retention = Retention.WITH_RECORD

    marker_kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PersonsLoaded(Happening):
    """Many persons were put on record at once, from another system's extract."""

    kind = "parties.persons.loaded"
    sentence = "Put {persons} persons on record from {about}"
    retention = Retention.SIX_YEARS

    persons: int
