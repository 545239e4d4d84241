"""When is a session over? Idle for 15 minutes or 12 hours old; every process that answers people asks the same."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
# What a session notes of itself: whether it is a one-click one of a demonstration, when it began, when the person last did something.
DEMO_KEY = "demo"
STARTED_KEY = "started_at"
SEEN_KEY = "seen_at"


def why_over(session: Mapping[str, Any], *, now: datetime) -> str:
    """Return `idle`, `old` or nothing."""
    if now.timestamp() - session.get(STARTED_KEY, 0) > ABSOLUTE.total_seconds():
        return "old"
    if now.timestamp() - session.get(SEEN_KEY, 0) > IDLE.total_seconds():
        return "idle"
    return ""
