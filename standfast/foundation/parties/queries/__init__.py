"""Who is known, who might this be, and what has happened to them?"""

from standfast.foundation.parties.models import HistoryKind, MarkerKind, Sex
from standfast.foundation.parties.queries.history import (
    HistoryLine,
    HistorySummary,
    history_of_numbers,
    history_of_persons,
)
from standfast.foundation.parties.queries.identity import Candidate, LookUp, LookUpFacts, PlaceFound, look_up, recognise
from standfast.foundation.parties.queries.records import (
    MarkerShown,
    Resident,
    count_persons,
    find_address,
    get_address,
    get_marker,
    get_person,
    lock_merge,
    lock_person,
    same_person_refs,
)
from standfast.foundation.parties.queries.sheets import (
    Before,
    Home,
    MergeShown,
    PersonSheet,
    get_merge_shown,
    get_person_sheet,
)

__all__ = [
    "Before",
    "Candidate",
    "HistoryKind",
    "HistoryLine",
    "HistorySummary",
    "Home",
    "LookUp",
    "LookUpFacts",
    "MarkerKind",
    "MarkerShown",
    "MergeShown",
    "PersonSheet",
    "PlaceFound",
    "Resident",
    "Sex",
    "count_persons",
    "find_address",
    "get_address",
    "get_marker",
    "get_merge_shown",
    "get_person",
    "get_person_sheet",
    "history_of_numbers",
    "history_of_persons",
    "lock_merge",
    "lock_person",
    "look_up",
    "recognise",
    "same_person_refs",
]
