"""How do persons, numbers, places, warnings and history get on record? Two records are one person only when somebody says so."""

from standfast.foundation.parties.operations.corrections import CorrectedPerson, NotCorrected, correct_person
from standfast.foundation.parties.operations.history import HappenedBefore, note_history
from standfast.foundation.parties.operations.loading import LoadedPerson, load_persons
from standfast.foundation.parties.operations.looking import consult_persons, note_person_opened
from standfast.foundation.parties.operations.markers import (
    MarkerIsLifted,
    NewMarker,
    UnownedMarker,
    lift_marker,
    place_marker,
)
from standfast.foundation.parties.operations.merges import (
    AlreadyMerged,
    MergeIsUndone,
    merge_persons,
    undo_merge,
)
from standfast.foundation.parties.operations.persons import NamelessPerson, NewPerson, add_person, add_phone
from standfast.foundation.parties.operations.places import (
    NewAddress,
    NoResidence,
    NoSuchPlace,
    end_residence,
    record_residence,
)

__all__ = [
    "AlreadyMerged",
    "CorrectedPerson",
    "HappenedBefore",
    "LoadedPerson",
    "MarkerIsLifted",
    "MergeIsUndone",
    "NamelessPerson",
    "NewAddress",
    "NewMarker",
    "NewPerson",
    "NoResidence",
    "NoSuchPlace",
    "NotCorrected",
    "UnownedMarker",
    "add_person",
    "add_phone",
    "consult_persons",
    "correct_person",
    "end_residence",
    "lift_marker",
    "load_persons",
    "merge_persons",
    "note_history",
    "note_person_opened",
    "place_marker",
    "record_residence",
    "undo_merge",
]
