"""What has happened, and is the record of it whole?"""

from standfast.foundation.eventlog.queries.chain import Fault, find_faults, seal_lag_seconds
from standfast.foundation.eventlog.queries.horizon import Position, changed_since, current_position, newest_transaction
from standfast.foundation.eventlog.queries.searching import EventLine, EventSearch, EventsFound, search_events
from standfast.foundation.eventlog.queries.timeline import TimelineLine, last_doers, last_time, timeline

__all__ = [
    "EventLine",
    "EventSearch",
    "EventsFound",
    "Fault",
    "Position",
    "TimelineLine",
    "changed_since",
    "current_position",
    "find_faults",
    "last_doers",
    "last_time",
    "newest_transaction",
    "seal_lag_seconds",
    "search_events",
    "timeline",
]
