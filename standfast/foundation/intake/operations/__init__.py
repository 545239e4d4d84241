"""How is a contact taken, kept, brought in and filed? Import the modules below for the parts a process needs."""

from standfast.foundation.intake.operations.accepting import Intake, Outcome, Receipt
from standfast.foundation.intake.operations.conflicts import resolve_conflict
from standfast.foundation.intake.operations.filing import (
    Filers,
    file_waiting,
    retry_parked,
)
from standfast.foundation.intake.operations.journal import (
    JournalUnwritable,
    Replayed,
    ReplayIsRunning,
    prepare_folder,
    shares_device,
)
from standfast.foundation.intake.operations.key_ring import KnownSource
from standfast.foundation.intake.operations.replaying import TimeIsUp, replay_folder
from standfast.foundation.intake.operations.sources import (
    NewSource,
    SourceIsRegistered,
    register_source,
    renew_key,
    stop_source,
)
from standfast.foundation.intake.operations.store import NotCommitted, Unacceptable

__all__ = [
    "Filers",
    "Intake",
    "JournalUnwritable",
    "KnownSource",
    "NewSource",
    "NotCommitted",
    "Outcome",
    "Receipt",
    "ReplayIsRunning",
    "Replayed",
    "SourceIsRegistered",
    "TimeIsUp",
    "Unacceptable",
    "file_waiting",
    "prepare_folder",
    "register_source",
    "renew_key",
    "replay_folder",
    "resolve_conflict",
    "retry_parked",
    "shares_device",
    "stop_source",
]
