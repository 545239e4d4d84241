"""What may be done with a contact."""

from standfast.journey.contact.operations.calls import CallStamp, file_call_event
from standfast.journey.contact.operations.ending import close_completed, close_contact, end_contact, reopen_contact
from standfast.journey.contact.operations.filling import (
    EditedMeanwhile,
    RiskRead,
    add_note,
    add_words,
    fill_in_contact,
    link_person,
    note_opened,
    set_first_risk,
    set_risk,
)
from standfast.journey.contact.operations.owning import (
    AlreadyClaimed,
    NobodyWaits,
    NothingRecorded,
    claim_contact,
    claim_next,
    hand_back,
    pass_on,
    refer_contact,
    release_contact,
    return_contact,
    take_over,
)
from standfast.journey.contact.operations.recording import (
    NewContact,
    file_intake,
    record_contact,
)

__all__ = [
    "AlreadyClaimed",
    "CallStamp",
    "EditedMeanwhile",
    "NewContact",
    "NobodyWaits",
    "NothingRecorded",
    "RiskRead",
    "add_note",
    "add_words",
    "claim_contact",
    "claim_next",
    "close_completed",
    "close_contact",
    "end_contact",
    "file_call_event",
    "file_intake",
    "fill_in_contact",
    "hand_back",
    "link_person",
    "note_opened",
    "pass_on",
    "record_contact",
    "refer_contact",
    "release_contact",
    "reopen_contact",
    "return_contact",
    "set_first_risk",
    "set_risk",
    "take_over",
]
