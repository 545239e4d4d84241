"""What time is it? Read at the edges only (web, public, api, live, cli, demo, bench): everywhere else `now` is an argument."""

import os
from datetime import UTC, datetime, timedelta

OFFSET_VARIABLE = "STANDFAST_CLOCK_OFFSET_SECONDS"


def now() -> datetime:
    """
    Return the present instant in UTC, moved by the test offset in seconds when one is set.

    :raises ValueError: if the offset is not a number
    """
    return datetime.now(UTC) + timedelta(seconds=float(os.environ.get(OFFSET_VARIABLE) or 0))
